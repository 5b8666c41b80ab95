"""What each act changed in a draft, so that whoever did it can take it back or do it again.

A step holds the touched rows as they were and as they became. A row that somebody changed since
is left as it is now and named: taking back never overwrites another person's work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from backend.core.orm import Base
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.templates.ids import ImportId
from backend.templates.models import (
    HeaderMap,
    ImportRow,
    ImportStep,
    ImportStepRow,
    SampleImport,
)
from backend.templates.service import rows as row_store
from backend.templates.service.registering import open_import
from backend.templates.service.settling import settle

MOST_STEPS = 100
"""Steps that a draft remembers; the oldest are forgotten first."""

_ROWS_NAMED = 5
_PARTS = ("cells", "extras", "lines", "sent", "kept")

Content = dict[str, Any] | None
"""A row's parts; None for a row that is not in the draft."""
# Statements over the rows of a step, all at once. Each row is brought from the side that it has to
# be found at to the one that is wanted; a registered row is as good as gone.
_FORWARD = {"found": "before", "wanted": "after"}
_CONTENT = (
    "jsonb_build_object('cells', r.cells, 'extras', r.extras, 'lines', r.lines, 'sent', r.sent, "
    "'kept', r.kept)"
)
_OF_STEP = "s.import_id = :import_id AND s.step = :step"
_SAME_ROW = "r.import_id = s.import_id AND r.number = s.number AND r.state <> 'registered'"
_STANDING = f"""
SELECT s.number, CASE WHEN r.number IS NULL THEN s.{{found}} IS NULL
                      ELSE coalesce({_CONTENT} = s.{{found}}, false) END
FROM import_step_row s LEFT JOIN import_row r ON {_SAME_ROW}
WHERE {_OF_STEP} ORDER BY s.number
"""  # noqa: S608 constants of this module
_CHANGED = f"""
UPDATE import_row r SET cells = s.{{wanted}} -> 'cells', extras = s.{{wanted}} -> 'extras',
    lines = s.{{wanted}} -> 'lines', sent = s.{{wanted}} -> 'sent', kept = s.{{wanted}} -> 'kept'
FROM import_step_row s WHERE {_OF_STEP} AND {_SAME_ROW}
    AND s.{{wanted}} IS NOT NULL AND {_CONTENT} = s.{{found}}
"""  # noqa: S608 constants of this module
_ADDED = f"""
INSERT INTO import_row (import_id, number, state, cells, extras, lines, sent, kept, findings)
SELECT s.import_id, s.number, 'ready', s.{{wanted}} -> 'cells', s.{{wanted}} -> 'extras',
    s.{{wanted}} -> 'lines', s.{{wanted}} -> 'sent', s.{{wanted}} -> 'kept', '[]'
FROM import_step_row s WHERE {_OF_STEP} AND s.{{found}} IS NULL AND s.{{wanted}} IS NOT NULL
ON CONFLICT DO NOTHING
"""  # noqa: S608 constants of this module
_GONE = f"""
DELETE FROM import_row r USING import_step_row s
WHERE {_OF_STEP} AND {_SAME_ROW} AND s.{{wanted}} IS NULL AND {_CONTENT} = s.{{found}}
"""  # noqa: S608 constants of this module


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
) -> None:
    """Remember an act before its changes are flushed; what was taken back before is forgotten.

    ``rows`` are the draft's rows as they stand in the session, ``added`` the numbers of those
    that are new among them, ``removed`` those that are gone.
    """
    new = set(added)
    touched: list[tuple[int, Content, Content]] = [
        (row.number, _content(row), None) for row in removed
    ]
    for row in rows:
        if row.number in new:
            touched.append((row.number, None, _content(row)))
        elif (earlier := _earlier(row)) is not None:
            touched.append((row.number, earlier, _content(row)))
    if not touched:
        return
    number = open_step(session, principal, record)
    key = {"import_id": record.id, "step": number}
    session.execute(
        insert(ImportStepRow),
        [{**key, "number": at, "before": was, "after": now} for at, was, now in touched],
    )


def open_step(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    *,
    columns_after: list[Any] | None = None,
    meaning: Meaning | None = None,
) -> int:
    """Return the number of a new step, its rows still to be noted; none are to be made again now.

    ``columns_after`` is what the draft's columns are about to become.
    """
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
            columns_before=None if columns_after is None else list(record.columns),
            columns_after=columns_after,
            heading=meaning.heading if meaning else None,
            field_before=meaning.before if meaning else None,
            field_after=meaning.after if meaning else None,
        )
    )
    session.flush()
    old = ImportStep.number <= number - MOST_STEPS
    session.execute(delete(ImportStep).where(ImportStep.import_id == record.id, old))
    return number


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
    done, left = _restore(session, record, step, back=back)
    found, wanted = step.columns_after, step.columns_before
    if not back:
        found, wanted = wanted, found
    if wanted is not None and record.columns == found:
        record.columns = wanted
        _remember(session, principal, record, step, back=back)
    word = "taken back" if back else "made again"
    # A column's change is told by its heading's, not row by row.
    named = {} if wanted is not None else {f"row {number}": word for number in done}
    settle(session, principal, record, old={}, new={word: str(len(done)), **named})
    return TakenBack(len(done), left, is_again=not back)


def _restore(
    session: WriteSession, record: SampleImport, step: ImportStep, *, back: bool
) -> tuple[list[int], list[int]]:
    """Bring a step's rows to what is wanted where they are as found; return those done and left."""
    session.flush()
    asked = {"import_id": record.id, "step": step.number}
    sides = {"found": "after", "wanted": "before"} if back else _FORWARD
    stood = session.execute(text(_STANDING.format(**sides)), asked).all()
    done = [number for number, is_found in stood if is_found]
    left = [number for number, is_found in stood if not is_found]
    session.execute(text(_CHANGED.format(**sides)), asked)
    record.row_count += _count(session, _ADDED, sides, asked)
    record.row_count -= _count(session, _GONE, sides, asked)
    row_store.forget_rows(session)
    return done, left


def _count(
    session: WriteSession, statement: str, sides: Mapping[str, str], asked: Mapping[str, object]
) -> int:
    written = session.execute(text(statement.format(**sides)), asked)
    return written.rowcount if isinstance(written, CursorResult) else 0


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
