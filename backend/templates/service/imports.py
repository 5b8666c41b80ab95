"""A file on its way in: looked at, made a draft, or registered at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.blobs import FileStore, key_of
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.documents import service as documents_service
from backend.events import service as events_service
from backend.templates import queries
from backend.templates.adapters.files import read_file
from backend.templates.errors import AlreadyImported, FileRefused
from backend.templates.events import ImportStarted
from backend.templates.ids import UPDATING, CommitMode, ImportId, ImportState, RowMode
from backend.templates.models import SampleImport
from backend.templates.plain import column_out, finding_out, note_out
from backend.templates.queries import ProjectChoice
from backend.templates.reading.batch import (
    REGISTRABLE,
    WRITABLE,
    Batch,
    Checked,
    RowState,
    make_batch,
)
from backend.templates.reading.dates import show
from backend.templates.reading.headings import ColumnMatch, match_columns
from backend.templates.reading.values import FORM, FileReading, Finding, Note, RawTable
from backend.templates.service import stamped
from backend.templates.service.checking import check_batch, options_for
from backend.templates.service.registering import (
    allow_commit,
    checked_reason,
    register_batch_rows,
)
from backend.templates.service.rows import FreshRows, parts_of
from backend.templates.views import Examined, ImportHead, Registered

PASTED = "pasted rows"
_EMPTY = RawTable(headings=(), heading_row=0, columns=[], numbers=[])


@dataclass(slots=True)
class _Looked:
    """A file as read and checked, nothing of it written."""

    reading: FileReading
    matches: tuple[ColumnMatch, ...]
    batch: Batch
    checked: Checked
    known: stamped.Recognised

    @property
    def findings(self) -> list[Finding]:
        """What is said about the file and its columns."""
        return [
            *self.known.findings,
            *self.reading.findings,
            *self.checked.column_findings,
        ]


def examine_file(
    session: ReadSession | None,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    project_code: str | None = None,
    row_mode: RowMode = RowMode.CREATE,
    template: str | None = None,
) -> Examined:
    """Return what importing a file would do; nothing is written.

    Without a session the questions that only the laboratory can answer (is the code taken?) are
    not asked. ``template`` is KEY or KEY@VERSION; see `import_file`.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    project = (
        queries.get_project(session, principal, project_code) if session and project_code else None
    )
    looked = _look(session, content, project, row_mode, template)
    already = None
    if session is not None and project is not None:
        earlier = queries.find_import_of_file(session, project.id, key_of(content))
        already = _already(earlier) if earlier else None
    return Examined(
        file_name=file_name,
        dialect=looked.reading.dialect,
        details=looked.reading.details,
        rows=len(looked.batch.numbers),
        ready_rows=0 if already else looked.checked.count(*REGISTRABLE),
        warning_rows=looked.checked.count(RowState.WARNING),
        error_rows=looked.checked.count(RowState.ERROR),
        skipped_rows=looked.checked.count(RowState.SKIPPED),
        columns=looked.matches,
        findings=looked.findings,
        row_findings=looked.checked.findings,
        already=already,
        update_rows=0 if already else looked.checked.count(RowState.UPDATE),
        row_mode=row_mode,
        template=looked.known.used,
    )


def start_import(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    project_code: str,
    files: FileStore,
    received_at: datetime | None = None,
    row_mode: RowMode = RowMode.CREATE,
    template: str | None = None,
) -> ImportHead:
    """Make a draft of a file, whatever is wrong with it, and return what is known of it.

    A file that is a draft of the project already leads back to that draft. A list that carries no
    stamp is read by ``template``; a stamp is always heeded.

    Raises:
        TemplateNotFound: nothing of that template is published.
        ProjectNotFound: no such project, or not one of the principal's.
        AlreadyImported: the same bytes have been registered into this project.
        FileRefused: the file is no sample list.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    if row_mode in UPDATING:
        principal.require(Permission.SAMPLES_EDIT)
    project = queries.get_project(session, principal, project_code)
    earlier = queries.find_import_of_file(session, project.id, key_of(content))
    if earlier is not None:
        if earlier.state is not ImportState.REGISTERED:
            return queries.get_head(session, principal, ImportId(earlier.id))
        raise AlreadyImported(_already(earlier), ImportId(earlier.id))
    looked = _readable(_look(session, content, project, row_mode, template), file_name)
    record = _record(
        session, principal, looked, project, file_name=file_name, content=content, files=files
    )
    record.received_at, record.row_mode = received_at, row_mode
    _keep_all(session, record, looked)
    _say_started(session, principal, record, looked)
    return queries.get_head(session, principal, ImportId(record.id))


def import_file(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    project_code: str,
    files: FileStore,
    received_at: datetime | None = None,
    row_mode: RowMode = RowMode.CREATE,
    commit: CommitMode | None = None,
    template: str | None = None,
    reason: str = "",
) -> Registered:
    """Register a file's good rows at once and keep the rest as a draft.

    ``commit`` may be left out only where no row has an error, ``reason`` where no row changes a
    sample. A list that carries no stamp is read
    by ``template`` (KEY or KEY@VERSION): its synonyms, defaults and rules hold.

    Raises:
        TemplateNotFound, TemplateNotInUse: no such template, or it is not to be used.
        CommitNotChosen: rows have errors, and what is to become of the others was not said.
        ReasonNeeded: rows change samples, and nobody said why.
        NotAllRows, RowsExist: some rows cannot be registered, so nothing was saved.
        ProjectNotFound: no such project, or not one of the principal's.
        AlreadyImported: the same bytes are in this project already, as samples or as a draft.
        FileRefused: the file is no sample list.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    if row_mode in UPDATING:
        principal.require(Permission.SAMPLES_EDIT)
    project = queries.get_project(session, principal, project_code)
    earlier = queries.find_import_of_file(session, project.id, key_of(content))
    if earlier is not None:
        raise AlreadyImported(_already(earlier), ImportId(earlier.id))
    looked = _readable(_look(session, content, project, row_mode, template), file_name)
    allow_commit(file_name, row_mode, looked.checked, commit)
    why = checked_reason(file_name, looked.checked, reason)
    record = _record(
        session, principal, looked, project, file_name=file_name, content=content, files=files
    )
    record.received_at, record.row_mode = received_at or clock.utc_now(), row_mode
    _say_started(session, principal, record, looked)
    if not looked.checked.count(*WRITABLE):
        if not looked.checked.count(RowState.ERROR):
            record.state, record.registered_at = ImportState.REGISTERED, clock.utc_now()
        _keep_all(session, record, looked)
        return _nothing_registered(record, looked.checked)
    fresh = FreshRows(looked.batch, looked.checked)
    return register_batch_rows(
        session, principal, record, project.code, fresh, commit=commit, reason=why
    )


def start_empty(
    session: WriteSession,
    principal: Principal,
    *,
    project_code: str,
    received_at: datetime | None = None,
    template: str | None = None,
) -> ImportId:
    """Make an empty draft for rows that are pasted or typed, and return its key.

    Raises:
        ProjectNotFound: no such project, or not one of the principal's.
        TemplateNotFound: nothing of that template is published.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    project = queries.get_project(session, principal, project_code)
    known = stamped.chosen(session, template) if template else stamped.Recognised()
    record = SampleImport(
        project_id=project.id,
        file_id=None,
        file_name=PASTED,
        sha256=None,
        dialect="grid",
        details={},
        columns=[column_out(match) for match in stamped.columns_of(known.definition)],
        findings=[finding_out(finding) for finding in known.findings],
        notes=[],
        template_version_id=known.version.id if known.version else None,
        received_at=received_at,
        created_by=principal.user_id,
        created_by_name=principal.name,
    )
    session.add(record)
    session.flush()
    events_service.record(
        session,
        principal,
        ImportStarted(
            aggregate_id=record.id,
            file_name=PASTED,
            project_id=project.id,
            rows=0,
            ready=0,
            with_errors=0,
        ),
    )
    return ImportId(record.id)


def _look(
    session: ReadSession | None,
    content: bytes,
    project: ProjectChoice | None,
    row_mode: RowMode,
    template: str | None = None,
) -> _Looked:
    known = stamped.read_by(session, content, template)
    reading = read_file(content, stamped.remembered(known.definition))
    if reading.dialect == FORM:
        known = stamped.left_aside(known)
    remembered = queries.header_map(session, project.id) if session and project else {}
    said = remembered | stamped.remembered(known.definition)
    table = stamped.filled_in(reading.table or _EMPTY, known.definition, said)
    matches = match_columns(table.headings, said)
    batch = make_batch(table, matches)
    today = auth_queries.laboratory_day(session) if session else clock.utc_now().date()
    options = options_for(reading.dialect, dict(reading.details), today)
    options = replace(options, row_mode=row_mode, definition=known.definition)
    checked = check_batch(session, batch, options, project_id=project.id if project else None)
    return _Looked(reading, matches, batch, checked, known)


def _readable(looked: _Looked, file_name: str) -> _Looked:
    if looked.reading.table is None or not looked.batch.numbers:
        raise FileRefused(file_name, looked.findings)
    return looked


def _keep_all(session: WriteSession, record: SampleImport, looked: _Looked) -> None:
    fresh = FreshRows(looked.batch, looked.checked)
    for rows in parts_of(len(looked.batch.numbers)):
        fresh.write(session, record.id, rows, fresh.prepared(rows), samples={})


def _nothing_registered(record: SampleImport, checked: Checked) -> Registered:
    return Registered(
        import_id=ImportId(record.id),
        registered=0,
        left=checked.count(RowState.ERROR),
        skipped=checked.count(RowState.SKIPPED),
        barcodes=(),
        refused=(),
    )


def _record(
    session: WriteSession,
    principal: Principal,
    looked: _Looked,
    project: ProjectChoice,
    *,
    file_name: str,
    content: bytes,
    files: FileStore,
) -> SampleImport:
    name = PurePath(file_name.replace("\\", "/")).name or "file"
    file_id = documents_service.store_file(
        session, principal, file_name=name, content=content, files=files, project_id=project.id
    )
    record = SampleImport(
        project_id=project.id,
        file_id=file_id,
        file_name=name,
        sha256=key_of(content),
        dialect=looked.reading.dialect,
        details=dict(looked.reading.details),
        columns=[column_out(match) for match in looked.matches],
        findings=[finding_out(finding) for finding in looked.findings],
        notes=[note_out(note) for note in _notes(looked.reading)],
        row_count=len(looked.batch.numbers),
        template_version_id=looked.known.version.id if looked.known.version else None,
        created_by=principal.user_id,
        created_by_name=principal.name,
    )
    session.add(record)
    _flush_first_of_its_file(session, project.id, record)
    return record


def _flush_first_of_its_file(session: WriteSession, project_id: UUID, record: SampleImport) -> None:
    """Write the import, or say so when somebody else has sent the same file this very moment."""
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        earlier = queries.find_import_of_file(session, project_id, record.sha256 or "")
        if earlier is None:
            raise
        raise AlreadyImported(_already(earlier), ImportId(earlier.id)) from error


def _say_started(
    session: WriteSession, principal: Principal, record: SampleImport, looked: _Looked
) -> None:
    events_service.record(
        session,
        principal,
        ImportStarted(
            aggregate_id=record.id,
            file_name=record.file_name,
            project_id=record.project_id,
            rows=len(looked.batch.numbers),
            ready=looked.checked.count(*REGISTRABLE),
            with_errors=looked.checked.count(RowState.ERROR),
        ),
    )


def _notes(reading: FileReading) -> Sequence[Note]:
    return reading.table.notes if reading.table else ()


def _already(earlier: SampleImport) -> str:
    on = show((earlier.registered_at or earlier.created_at).date())
    if earlier.state is ImportState.DRAFT:
        return (
            f"“{earlier.file_name}” is a draft in this project already, since {on}, by "
            f"{earlier.created_by_name}. Open that draft."
        )
    left = earlier.row_count - earlier.registered_count - earlier.updated_count
    rest = f"; {left:,} rows are still a draft" if earlier.state is ImportState.PARTLY else ""
    return (
        f"“{earlier.file_name}” was already imported on {on} by {earlier.created_by_name}: "
        f"{earlier.registered_count:,} samples{rest}. Nothing was registered again."
    )
