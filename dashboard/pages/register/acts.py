"""What the script reports a person did, as service calls. Pure parsing, then one call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates import draft_queries, queries
from backend.templates.ids import CommitMode, ImportId
from backend.templates.service import choosing, editing, imports, large, registering, steps
from backend.templates.views import CellEdit
from dashboard.pages.register.own_cells import name_of

Action = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of an act: the draft it was done in, if any, and a sentence about it."""

    import_id: ImportId | None
    said: str = ""
    is_done: bool = True
    """False while a worker is still at it."""


def import_id_of(text: str | None) -> ImportId | None:
    """Return the key in an address; None for an empty or mistyped one."""
    try:
        return ImportId(UUID(text)) if text else None
    except ValueError:
        return None


def act(
    session: WriteSession,
    principal: Principal,
    *,
    action: Action,
    draft: ImportId | None,
    project_code: str | None,
    template: str | None = None,
) -> Acted:
    """Do what an action says. Without a draft, pasting, typing and scanning start one.

    Raises:
        InvalidInput: the action is none of ours, or no project is chosen for a new draft.
    """
    doing = _ACTS.get(str(action.get("kind")))
    if doing is None:
        raise InvalidInput("The page and the program disagree. Load the page again.")
    if draft is None and doing in _OF_A_DRAFT:
        return Acted(None, "There is no change to take back.")
    here = draft or _new_draft(session, principal, project_code, template)
    return doing(session, principal, here, action)


def _new_draft(
    session: WriteSession, principal: Principal, project_code: str | None, template: str | None
) -> ImportId:
    if not project_code:
        raise InvalidInput(
            "Choose a project first.", fields={"project": "The samples belong to a project."}
        )
    project = queries.get_project(session, principal, project_code)
    choosing.remember_template(session, principal, project_id=project.id, key=template)
    return imports.start_empty(session, principal, project_code=project.code, template=template)


def _edit(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    edits = [
        CellEdit(number=int(e["number"]), field=name_of(str(e["field"])), text=str(e["text"] or ""))
        for e in action["edits"]
    ]
    editing.edit_cells(session, principal, import_id=here, edits=edits)
    return Acted(here)


def _fix(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    field = name_of(str(action["field"]))
    editing.fix_all(session, principal, import_id=here, code=str(action["code"]), field=field)
    return Acted(here)


def _keep(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    field = name_of(str(action["field"]))
    editing.keep_warnings(session, principal, import_id=here, code=str(action["code"]), field=field)
    return Acted(here)


def _map(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    column, field = int(action["column"]), str(action["field"])
    if queries.row_count(session, principal, here) > large.LARGE_ROWS:
        large.request_mapping(session, principal, import_id=here, column=column, field=field)
        return Acted(here, "The column is read anew in the background.", is_done=False)
    editing.map_column(session, principal, import_id=here, column=column, field=field)
    return Acted(here, "Column read anew. The choice is remembered for this project.")


def _paste(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    number = action.get("number")
    pasted = editing.paste_block(
        session,
        principal,
        import_id=here,
        text=str(action["text"]),
        fields=[name_of(str(field)) for field in action["fields"]],
        from_number=int(number) if number is not None else None,
    )
    said = f"Pasted {len(pasted.rows):,} rows, {pasted.columns:,} columns."
    if pasted.left_out:
        said += f" Left out: {', '.join(pasted.left_out)}."
    return Acted(here, said)


def _add(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    rows: list[dict[str, str]] = [{} for _ in range(min(int(action.get("count", 1)), 100))]
    editing.add_rows(session, principal, import_id=here, rows=rows)
    return Acted(here)


def _remove(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    numbers = [int(number) for number in action["numbers"]]
    editing.remove_rows(session, principal, import_id=here, numbers=numbers)
    return Acted(here, f"{len(numbers):,} rows were taken out.")


def _scan(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    code = str(action["code"])
    number = draft_queries.next_scan_row(session, principal, here)
    if number is None:
        editing.add_rows(session, principal, import_id=here, rows=[{"barcode": code}])
        return Acted(here, f"{code} was added as a new row.")
    edit = CellEdit(number=number, field="barcode", text=code)
    editing.edit_cells(session, principal, import_id=here, edits=[edit])
    return Acted(here, f"{code} fills Barcode, row {number}.")


def _register(session: WriteSession, principal: Principal, here: ImportId, action: Action) -> Acted:
    before = clock.utc_now()
    commit = CommitMode(str(action["commit"])) if action.get("commit") else None
    reason = str(action.get("reason") or "")
    if queries.row_count(session, principal, here) > large.LARGE_ROWS:
        large.request_registering(session, principal, import_id=here, commit=commit, reason=reason)
        return Acted(here, "The rows are registered in the background.", is_done=False)
    done = registering.register_ready_rows(
        session, principal, import_id=here, commit=commit, reason=reason
    )
    took = (clock.utc_now() - before).total_seconds()
    rest = f" {done.left:,} rows stay here as a draft." if done.left else ""
    changed = f", {done.updated:,} changed" if done.updated else ""
    return Acted(here, f"{done.registered:,} samples registered{changed} in {took:.1f} s.{rest}")


def _undo(session: WriteSession, principal: Principal, here: ImportId, _: Action) -> Acted:
    done = steps.take_back(session, principal, import_id=here)
    return Acted(here, done.sentence if done else "There is no change of yours to take back.")


def _redo(session: WriteSession, principal: Principal, here: ImportId, _: Action) -> Acted:
    done = steps.do_again(session, principal, import_id=here)
    return Acted(here, done.sentence if done else "There is no change of yours to make again.")


_OF_A_DRAFT = (_undo, _redo)
_ACTS: dict[str, Callable[[WriteSession, Principal, ImportId, Action], Acted]] = {
    "edit": _edit,
    "fix": _fix,
    "keep": _keep,
    "map": _map,
    "paste": _paste,
    "add": _add,
    "remove": _remove,
    "scan": _scan,
    "register": _register,
    "undo": _undo,
    "redo": _redo,
}
