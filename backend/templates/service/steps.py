"""What each act changed in a draft, so that whoever did it can take it back or do it again.

A step holds the touched rows as they were and as they became. A row that somebody changed since
is left as it is now and named: taking back never overwrites another person's work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from backend.core.orm import Base
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.templates.ids import ImportId
from backend.templates.models import HeaderMap, ImportRow, ImportStep, SampleImport
from backend.templates.reading.batch import RowState
from backend.templates.service import rows as row_store
from backend.templates.service.registering import open_import
from backend.templates.service.settling import settle

MOST_STEPS = 100
"""Steps that a draft remembers; the oldest are forgotten first."""

_ROWS_NAMED = 5
_PARTS = ("cells", "extras", "lines", "sent", "kept")

Content = dict[str, Any] | None
"""A row's parts; None for a row that is not in the draft."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the project remembered of a heading before and after a column was read anew."""

    heading: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking a step back (or doing it again) came to, for the person who asked."""

    rows: int
    left: Sequence[int]
    """Numbers of the rows that were changed since and stay as they are."""
    is_again: bool

    @property
    def sentence(self) -> str:
        """Say what was done, and what was not."""
        done = "The change was made again" if self.is_again else "The last change was taken back"
        if not self.left:
            return f"{done}."
        more = " and more" if len(self.left) > _ROWS_NAMED else ""
        word = "row" if len(self.left) == 1 else "rows"
        named = f"{word} {', '.join(map(str, self.left[:_ROWS_NAMED]))}{more}"
        if not self.rows:
            return f"Nothing was changed: {named} became something else since."
        return f"{done}, but not in {named}, which became something else since."


def note_step(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    *,
    rows: Iterable[ImportRow],
    added: Sequence[int] = (),
    removed: Sequence[ImportRow] = (),
    meaning: Meaning | None = None,
) -> None:
    """Remember an act before its changes are flushed; what was taken back before is forgotten.

    ``rows`` are the draft's rows as they stand in the session, ``added`` the numbers of those
    that are new among them, ``removed`` those that are gone.
    """
    new = set(added)
    before: dict[str, Content] = {str(row.number): _content(row) for row in removed}
    after: dict[str, Content] = {str(row.number): None for row in removed}
    for row in rows:
        if row.number in new:
            before[str(row.number)], after[str(row.number)] = None, _content(row)
        elif (earlier := _earlier(row)) is not None:
            before[str(row.number)], after[str(row.number)] = earlier, _content(row)
    old_columns = _replaced(record, "columns")
    mapped = old_columns is not None and old_columns != record.columns
    if not before and not mapped:
        return
    session.execute(
        delete(ImportStep).where(
            ImportStep.import_id == record.id,
            ImportStep.made_by == principal.user_id,
            ImportStep.is_undone,
        )
    )
    number = _last(session, record.id) + 1
    session.add(
        ImportStep(
            import_id=record.id,
            number=number,
            made_by=principal.user_id,
            before={"rows": before, **({"columns": old_columns} if mapped else {})},
            after={"rows": after, **({"columns": list(record.columns)} if mapped else {})},
            heading=meaning.heading if meaning else None,
            field_before=meaning.before if meaning else None,
            field_after=meaning.after if meaning else None,
        )
    )
    old = ImportStep.number <= number - MOST_STEPS
    session.execute(delete(ImportStep).where(ImportStep.import_id == record.id, old))


def take_back(
    session: WriteSession, principal: Principal, *, import_id: ImportId
) -> TakenBack | None:
    """Undo a person's own last step in a draft; None when there is none.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    return _turn(session, principal, import_id, back=True)


def do_again(
    session: WriteSession, principal: Principal, *, import_id: ImportId
) -> TakenBack | None:
    """Redo the step that a person took back last; None when there is none.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    return _turn(session, principal, import_id, back=False)


def _turn(
    session: WriteSession, principal: Principal, import_id: ImportId, *, back: bool
) -> TakenBack | None:
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    step = session.scalars(
        select(ImportStep)
        .where(
            ImportStep.import_id == record.id,
            ImportStep.made_by == principal.user_id,
            ImportStep.is_undone.is_(not back),
        )
        .order_by(ImportStep.number.desc() if back else ImportStep.number)
        .limit(1)
    ).one_or_none()
    if step is None:
        return None
    step.is_undone = back
    found, wanted = (step.after, step.before) if back else (step.before, step.after)
    touched = row_store.numbered([int(number) for number in wanted["rows"]])
    rows = {row.number: row for row in row_store.load_rows(session, record.id, touched)}
    done, left = _restore(session, record, rows, found["rows"], wanted["rows"])
    if "columns" in wanted and record.columns == found["columns"]:
        record.columns = wanted["columns"]
        _remember(session, principal, record, step, back=back)
    word = "taken back" if back else "made again"
    settle(
        session,
        principal,
        record,
        old={},
        new={word: str(len(done)), **{f"row {number}": word for number in done}},
    )
    return TakenBack(len(done), left, is_again=not back)


def _restore(
    session: WriteSession,
    record: SampleImport,
    rows: dict[int, ImportRow],
    found: Mapping[str, Content],
    wanted: Mapping[str, Content],
) -> tuple[list[int], list[int]]:
    """Bring rows to what is wanted where they are as found; return those done and those left."""
    done: list[int] = []
    left: list[int] = []
    for name, content in wanted.items():
        number = int(name)
        row = rows.get(number)
        if (None if row is None else _content(row)) != found[name]:
            left.append(number)
            continue
        done.append(number)
        if row is None and content is not None:
            rows[number] = ImportRow(
                import_id=record.id, number=number, state=RowState.READY, findings=[], **content
            )
            session.add(rows[number])
            record.row_count += 1
        elif row is not None and content is None:
            session.delete(rows.pop(number))
            record.row_count -= 1
        elif row is not None and content is not None:
            for part in _PARTS:
                setattr(row, part, content[part])
    return done, left


def _remember(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    step: ImportStep,
    *,
    back: bool,
) -> None:
    """Let the project remember of the heading what it did at that side of the step."""
    if step.heading is None:
        return
    known = session.get(HeaderMap, (record.project_id, step.heading))
    field = step.field_before if back else step.field_after
    if field is None:
        if known is not None:
            session.delete(known)
    elif known is not None:
        known.field = field
        known.chosen_by = principal.user_id
    else:
        session.add(
            HeaderMap(
                project_id=record.project_id,
                heading=step.heading,
                field=field,
                chosen_by=principal.user_id,
            )
        )


def _content(row: ImportRow) -> dict[str, Any]:
    return {part: dict(getattr(row, part)) for part in _PARTS}


def _earlier(row: ImportRow) -> Content:
    """Return a row's parts before the changes that are not flushed; None without one."""
    changed = {part: old for part in _PARTS if (old := _replaced(row, part)) is not None}
    if not any(old != getattr(row, part) for part, old in changed.items()):
        return None
    return {**_content(row), **{part: dict(old) for part, old in changed.items()}}


def _replaced(record: Base, attribute: str) -> Any:
    """Return what an attribute held in the database, if it was set to something since."""
    replaced: Sequence[Any] = inspect(record).attrs[attribute].history.deleted
    return replaced[0] if replaced else None


def _last(session: Session, import_id: UUID) -> int:
    highest = select(func.max(ImportStep.number)).where(ImportStep.import_id == import_id)
    return session.scalar(highest) or 0
