"""Records typed into a template's entry form, one at a time, into a draft of whoever types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.templates import draft_queries, queries
from backend.templates.definition import Definition
from backend.templates.definition_views import VersionView
from backend.templates.errors import CellNotThere, RecordRefused
from backend.templates.ids import ImportId, ImportState
from backend.templates.models import ImportRow, SampleImport
from backend.templates.plain import column_in, finding_in
from backend.templates.reading.batch import RowState, make_batch
from backend.templates.reading.clean import clean
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.headings import fold
from backend.templates.reading.values import Finding, RawTable, Severity
from backend.templates.service import imports, stamped
from backend.templates.service.editing import LONGEST_CELL, MOST_ROWS_OF_A_GRID
from backend.templates.service.registering import open_import
from backend.templates.service.settling import settle
from backend.templates.views import FormDraft

_NEWEST = 12
"""Records shown beside a form."""
_FORM = "form"
"""The dialect of a draft in ``details``, so that a form never writes into a pasted one."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A record that was taken: its draft, its row, how many rows there are, and doubts about it."""

    import_id: ImportId
    number: int
    rows: int
    doubts: tuple[str, ...]


def enter_record(
    session: WriteSession,
    principal: Principal,
    *,
    project_code: str,
    key: str,
    texts: Mapping[str, str],
) -> Entered:
    """Add a record to the principal's draft of the form, which the first one begins.

    ``texts`` go by heading; an empty one takes its column's default. The record is read and
    checked as a row of an imported list is, against the rows entered before it too.

    Raises:
        RecordRefused: it has errors; nothing was written.
        TemplateNotFound: nothing of the template is published.
        ProjectNotFound: no such project, or not one of the principal's.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    version = stamped.chosen(session, key).version
    assert version is not None  # noqa: S101 -- chosen raises where there is none
    _allow(version.definition, texts)
    record = _draft(session, principal, project_code, version)
    row = _row_of(
        record, version.definition, texts, queries.last_number(session, ImportId(record.id)) + 1
    )
    session.add(row)
    record.row_count += 1
    session.flush()
    new = {f"row {row.number} {name}": text for name, text in (row.cells | row.extras).items()}
    settle(session, principal, record, old={}, new=new)
    findings = [finding_in(stored) for stored in row.findings]
    if row.state is RowState.ERROR:
        raise _refusal(version.definition, findings)
    doubts = tuple(f.message for f in findings if f.severity is Severity.WARNING)
    return Entered(ImportId(record.id), row.number, record.row_count, doubts)


def find_form_draft(
    session: ReadSession, principal: Principal, *, project_code: str, key: str
) -> FormDraft | None:
    """Return the draft that the principal's next record goes into; None when it begins one.

    Its newest records come along.

    Raises:
        TemplateNotFound, ProjectNotFound: as `enter_record`.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    project = queries.get_project(session, principal, project_code)
    version = stamped.chosen(session, key).version
    found = _find(session, principal, project.id, version) if version else None
    if found is None:
        return None
    return draft_queries.get_form_draft(session, principal, found, newest=_NEWEST)


def _allow(definition: Definition, texts: Mapping[str, str]) -> None:
    unknown = [heading for heading in texts if definition.column(heading) is None]
    if unknown:
        raise CellNotThere(f"The form has no {', '.join(unknown)}. Load the page again.")
    if not any(clean(text) for text in texts.values()):
        first = definition.columns[0].heading
        raise RecordRefused("The record is empty.", fields={first: "Fill at least one field."})
    long = [heading for heading, text in texts.items() if len(text) > LONGEST_CELL]
    if long:
        said = f"A field holds {LONGEST_CELL:,} characters or fewer."
        raise RecordRefused(said, fields=dict.fromkeys(long, said))


def _draft(
    session: WriteSession, principal: Principal, project_code: str, version: VersionView
) -> SampleImport:
    project = queries.get_project(session, principal, project_code)
    here = _find(session, principal, project.id, version)
    if here is None:
        here = imports.start_empty(
            session, principal, project_code=project_code, template=version.template_key
        )
        record = open_import(session, principal, here)
        record.file_name = f"form {version.template_name}"
        record.details = {_FORM: version.template_key}
        return record
    record = open_import(session, principal, here)
    if record.row_count >= MOST_ROWS_OF_A_GRID:
        raise CellNotThere(
            f"A draft holds {MOST_ROWS_OF_A_GRID:,} rows. Register those that are there first."
        )
    return record


def _find(
    session: ReadSession, principal: Principal, project_id: object, version: VersionView
) -> ImportId | None:
    found = session.scalar(
        select(SampleImport.id)
        .where(
            SampleImport.project_id == project_id,
            SampleImport.template_version_id == version.id,
            SampleImport.created_by == principal.user_id,
            SampleImport.created_by_name == principal.name,
            SampleImport.state.in_([ImportState.DRAFT, ImportState.PARTLY]),
            SampleImport.details[_FORM].as_string() == version.template_key,
        )
        .order_by(SampleImport.created_at.desc())
        .limit(1)
    )
    return None if found is None else ImportId(found)


def _row_of(
    record: SampleImport, definition: Definition, texts: Mapping[str, str], number: int
) -> ImportRow:
    by_heading = {fold(heading): clean(text) for heading, text in texts.items()}
    table = RawTable(
        headings=tuple(column.title for column in definition.columns),
        heading_row=0,
        columns=[[by_heading.get(fold(column.heading), "")] for column in definition.columns],
        numbers=[number],
    )
    filled = stamped.filled_in(table, definition)
    if not filled.numbers:
        raise RecordRefused("This is the workbook's example row. Write a sample's own values.")
    batch = make_batch(filled, [column_in(column) for column in record.columns])
    return ImportRow(
        import_id=record.id,
        number=number,
        state=RowState.READY,
        cells={key.value: cells[0] for key, cells in batch.texts.items() if cells[0]},
        extras={heading: cells[0] for heading, cells in batch.extras.items() if cells[0]},
        lines={},
        findings=[],
    )


def _refusal(definition: Definition, findings: Sequence[Finding]) -> RecordRefused:
    """Return the row's errors by the headings of the form, the first of each."""
    headings = {stamped.place_of(column): column.heading for column in definition.columns}
    # A sample may be named by its sender's ID alone, so a missing name is asked for there.
    elsewhere = headings.get(FieldKey.EXTERNAL_ID.value, definition.columns[0].heading)
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
    placed = [(headings.get(f.field or f.header or ""), f.message) for f in wrong]
    fields = {heading: said for heading, said in reversed(placed) if heading is not None}
    for heading, said in placed:
        if heading is None:
            fields.setdefault(elsewhere, said)
    return RecordRefused("The record was not taken. Change the marked fields.", fields=fields)
