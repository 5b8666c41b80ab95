"""Changing a draft: cells, whole causes of problems, the meaning of a column, rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.templates import definition_queries, draft_queries, queries
from backend.templates.definition import Definition
from backend.templates.errors import CellNotThere
from backend.templates.events import ImportDiscarded, ImportEdited
from backend.templates.ids import ImportId, ImportState
from backend.templates.models import HeaderMap, ImportRow, SampleImport
from backend.templates.own_columns import own_columns
from backend.templates.plain import column_in, column_out
from backend.templates.reading.clean import clean, clean_all
from backend.templates.reading.fields import BY_KEY
from backend.templates.reading.headings import (
    KEEP,
    Match,
    fold,
    match_columns,
)
from backend.templates.reading.paste import Pasted, read_block
from backend.templates.service import moving, stamped
from backend.templates.service import rows as row_store
from backend.templates.service.registering import open_import
from backend.templates.service.settling import settle
from backend.templates.service.steps import Meaning, note_step, open_step
from backend.templates.views import CellEdit

MOST_ROWS_OF_A_GRID = 5_000
LONGEST_CELL = 2_000


def edit_cells(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    edits: Sequence[CellEdit],
) -> None:
    """Set cells to what a person wrote, and check the whole draft again.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
        CellNotThere: an edit names a row or field the draft does not have; nothing is changed.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    touched = row_store.numbered({edit.number for edit in edits})
    rows = row_store.load_rows(session, record.id, touched)
    version = definition_queries.find_version_by_id(session, record.template_version_id)
    own = _own(record, version.definition if version else None)
    old, new = _write_cells(rows, edits, own)
    _settled(session, principal, record, rows, old=old, new=new)


def fix_all(
    session: WriteSession, principal: Principal, *, import_id: ImportId, code: str, field: str
) -> None:
    """Use each cell's own fix wherever a field has the same problem."""
    edits = draft_queries.list_fixes(session, principal, import_id, code=code, field=field)
    edit_cells(session, principal, import_id=import_id, edits=edits)


def keep_warnings(
    session: WriteSession, principal: Principal, *, import_id: ImportId, code: str, field: str
) -> None:
    """Record that a person vouches for the cells with this warning."""
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    rows = row_store.load_rows(session, record.id, row_store.warned(code, field))
    kept: dict[str, str] = {}
    for row in rows:
        for finding in row.findings:
            if (finding["code"], finding.get("field"), finding["severity"]) == (
                code,
                field,
                "warning",
            ):
                text = finding.get("value_seen", "")
                row.kept = {**row.kept, field: text}
                kept[f"row {row.number} {field}"] = text
    _settled(session, principal, record, rows, old={}, new={"kept": code, **kept})


def map_column(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    column: int,
    field: str,
    tell: Callable[[int, int], None] = lambda _done, _rows: None,
) -> None:
    """Say what a column means (a field, or ``keep``), remember it for the project, check again.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
        CellNotThere: no such column or field.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    before = [column_in(stored) for stored in record.columns]
    chosen = next((m for m in before if m.column == column), None)
    if chosen is None or not chosen.heading or (field != KEEP and field not in BY_KEY):
        raise CellNotThere("That column or field is not there. Choose one of the list.")
    before_map = queries.header_map(session, record.project_id)
    meaning = Meaning(fold(chosen.heading)[:200], before_map.get(fold(chosen.heading)[:200]), field)
    _remember(session, principal, record, chosen.heading, field)
    version = definition_queries.find_version_by_id(session, record.template_version_id)
    remembered = {
        **before_map,
        **stamped.remembered(version.definition if version else None),
        fold(chosen.heading): field,
    }
    after = match_columns(tuple(m.heading for m in before), remembered)
    after = tuple(
        replace(m, match=Match.CHOSEN) if m.column == column and m.field else m for m in after
    )
    columns = [column_out(m) for m in after]
    if columns != record.columns:
        number = open_step(session, principal, record, columns_after=columns, meaning=meaning)
        moving.move_cells(session, record.id, before, after, step=number)
        row_store.forget_rows(session)
        record.columns = columns
    settle(
        session,
        principal,
        record,
        old={chosen.heading: chosen.field.value if chosen.field else KEEP},
        new={chosen.heading: field},
        tell=tell,
    )


def add_rows(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    rows: Sequence[Mapping[str, str]],
) -> None:
    """Append rows of texts by field (pasted, scanned or typed).

    The own columns of the draft's template go by their titles; what is empty takes its default.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
        CellNotThere: a field is not known, or the grid would be too long.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    added = _append(session, record, rows)
    stored = row_store.load_rows(session, record.id, ImportRow.number >= added.start)
    new = {"rows added": str(len(rows))}
    _settled(session, principal, record, stored, old={}, new=new, added=added)


def paste_block(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    text: str,
    fields: Sequence[str],
    from_number: int | None = None,
) -> Pasted:
    """Write a block copied from a spreadsheet over rows from ``from_number`` on, then below them.

    ``fields`` are the grid's fields from the cell that had the focus; a block with its own heading
    row does not need them. Returns what became of the columns.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    version = definition_queries.find_version_by_id(session, record.template_version_id)
    definition = version.definition if version else None
    block = read_block(text, fields, stamped.remembered(definition))
    names = own_columns(definition, [column_in(stored) for stored in record.columns])
    pasted = replace(block, rows=stamped.titled(block.rows, names))
    over = _rows_from(session, record, from_number, most=len(pasted.rows))
    below = pasted.rows[len(over) :]
    added = _append(session, record, below) if below else range(0)
    rows = over + (_rows_from(session, record, added.start, most=len(added)) if added else [])
    edits = [
        CellEdit(number=row.number, field=field, text=cell)
        for row, texts in zip(over, pasted.rows, strict=False)
        for field, cell in texts.items()
    ]
    old, new = _write_cells(rows, edits, _own(record, definition))
    if below:
        new["rows added"] = str(len(below))
    _settled(session, principal, record, rows, old=old, new=new, added=added)
    return pasted


def remove_rows(
    session: WriteSession, principal: Principal, *, import_id: ImportId, numbers: Sequence[int]
) -> None:
    """Take rows out of a draft; rows already registered stay."""
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    gone = row_store.load_rows(session, record.id, row_store.numbered(numbers))
    for row in gone:
        session.delete(row)
    record.row_count -= len(gone)
    old = {f"row {row.number}": str(row.cells) for row in gone}
    _settled(session, principal, record, [], old=old, new={}, removed=gone)


def set_received(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    received_at: datetime | None,
) -> None:
    """Say when the samples of a draft arrived; None means when they are registered."""
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    old = record.received_at
    record.received_at = received_at
    session.flush()
    events_service.record(
        session,
        principal,
        ImportEdited(aggregate_id=record.id, cells=0),
        old={"received_at": old},
        new={"received_at": received_at},
    )


def discard_import(session: WriteSession, principal: Principal, *, import_id: ImportId) -> None:
    """Give up a draft that nothing was registered from; the file itself is kept."""
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    record.state = ImportState.DISCARDED
    session.flush()
    events_service.record(
        session, principal, ImportDiscarded(aggregate_id=record.id, file_name=record.file_name)
    )


def _settled(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    rows: Sequence[ImportRow],
    *,
    old: Mapping[str, str],
    new: Mapping[str, str],
    added: Sequence[int] = (),
    removed: Sequence[ImportRow] = (),
) -> None:
    """Remember what an act changed, so that it can be taken back, and settle the draft.

    ``rows`` are those that the act may have changed, new ones among them.
    """
    note_step(session, principal, record, rows=rows, added=added, removed=removed)
    settle(session, principal, record, old=old, new=new)


def _rows_from(
    session: WriteSession, record: SampleImport, number: int | None, *, most: int
) -> list[ImportRow]:
    """Return the next rows from a number on; none where there is no number."""
    if number is None:
        return []
    return row_store.load_rows(session, record.id, ImportRow.number >= number, most=most)


def _append(
    session: WriteSession, record: SampleImport, rows: Sequence[Mapping[str, str]]
) -> range:
    """Write rows of texts by field below the others, not checked yet; return their numbers."""
    version = definition_queries.find_version_by_id(session, record.template_version_id)
    definition = version.definition if version else None
    unknown = sorted(
        {name for row in rows for name in row} - set(BY_KEY) - _own(record, definition)
    )
    if unknown or record.row_count + len(rows) > MOST_ROWS_OF_A_GRID:
        raise CellNotThere(
            f"These fields are not known: {', '.join(unknown)}."
            if unknown
            else f"A grid holds {MOST_ROWS_OF_A_GRID:,} rows. Import a file for more."
        )
    first = queries.last_number(session, ImportId(record.id)) + 1
    typed = [
        {
            name: tidy[:LONGEST_CELL]
            for name, tidy in zip(texts, clean_all(texts.values()), strict=True)
            if tidy
        }
        for texts in rows
    ]
    filled = [stamped.with_defaults(row, definition) for row in typed]
    row_store.copy_typed(session, record.id, first, filled)
    record.row_count += len(rows)
    return range(first, first + len(rows))


def _write_cells(
    rows: Sequence[ImportRow], edits: Sequence[CellEdit], own: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Set cells of loaded rows; return the old and the new texts by their place."""
    by_number = {row.number: row for row in rows}
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for edit in edits:
        row = _row_of(by_number, edit, own)
        text = clean(edit.text)
        place = f"row {edit.number} {edit.field}"
        old[place], new[place] = (row.cells | row.extras).get(edit.field, ""), text
        _write_cell(row, edit.field, text)
    return old, new


def _own(record: SampleImport, definition: Definition | None) -> set[str]:
    """Return the names of the draft's columns that fill no field, its template's among them."""
    matches = [column_in(stored) for stored in record.columns]
    kept = {match.heading for match in matches if match.match is Match.KEPT}
    return kept | {own.name for own in own_columns(definition, matches)}


def _row_of(by_number: Mapping[int, ImportRow], edit: CellEdit, own: set[str]) -> ImportRow:
    row = by_number.get(edit.number)
    if row is None or edit.field not in BY_KEY.keys() | own:
        raise CellNotThere(
            f"Row {edit.number} of the draft has no cell “{edit.field}”. Load the page again."
        )
    if len(edit.text) > LONGEST_CELL:
        raise CellNotThere(f"A cell holds {LONGEST_CELL:,} characters or fewer.")
    return row


def _write_cell(row: ImportRow, field: str, text: str) -> None:
    if field not in BY_KEY:
        extras = {name: value for name, value in row.extras.items() if name != field}
        row.extras = {**extras, field: text} if text else extras
        return
    row.sent = {field: row.cells.get(field, ""), **row.sent}
    cells = {name: value for name, value in row.cells.items() if name != field}
    row.cells = {**cells, field: text} if text else cells


def _remember(
    session: WriteSession, principal: Principal, record: SampleImport, heading: str, field: str
) -> None:
    values = {"field": field, "chosen_by": principal.user_id}
    session.execute(
        insert(HeaderMap)
        .values(project_id=record.project_id, heading=fold(heading)[:200], **values)
        .on_conflict_do_update(index_elements=["project_id", "heading"], set_=values)
    )
