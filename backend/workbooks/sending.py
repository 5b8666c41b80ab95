"""Sending rows to registration: as a draft at once, or by a worker when they are very many."""

from collections.abc import Sequence
from uuid import UUID

from backend.core.blobs import FileStore
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.templates.ids import ImportId
from backend.templates.service import imports
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from backend.workbooks import queries, service
from backend.workbooks.errors import RowsRefused
from backend.workbooks.events import RowsSent
from backend.workbooks.ids import SheetId
from backend.workbooks.plain import as_text
from backend.workbooks.views import Sent

SEND_KIND = "workbooks.send"
LARGE_ROWS = 10_000
"""Rows from which on a worker makes the draft; a page waits a few seconds for fewer."""


def send_or_ask(
    session: WriteSession,
    principal: Principal,
    *,
    sheet_id: SheetId,
    rows: Sequence[int] | None,
    project_id: UUID,
    files: FileStore,
) -> Sent:
    """Make a draft of rows, or ask a worker for it when they are many.

    Raises:
        RowsRefused, SheetNotFound, WorkbookRefused, AlreadyImported, FileRefused: see send_rows.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    sheet = queries.get_sheet(session, principal, sheet_id)[0]
    many = sheet.row_count if rows is None else len(set(rows))
    if many < LARGE_ROWS:
        draft = send_rows(
            session, principal, sheet_id=sheet_id, rows=rows, project_id=project_id, files=files
        )
        return Sent(draft=draft)
    service.require_project(session, principal, project_id)
    job = work_service.request_job(
        session,
        principal,
        kind=SEND_KIND,
        key=f"{sheet_id}:{project_id}:{new_id()}",
        arguments={
            "sheet_id": str(sheet_id),
            "project_id": str(project_id),
            "rows": None if rows is None else sorted(set(rows)),
        },
        queue="long",
        max_attempts=1,
    )
    return Sent(job=job)


def draft_sent_by(session: ReadSession, principal: Principal, job_id: JobId) -> ImportId | None:
    """Return the draft that a job has made of rows, None while it has not."""
    job = work_queries.get_job(session, principal, job_id)
    made = (job.result or {}).get("import_id")
    is_made = job.kind == SEND_KIND and job.state == JobState.DONE
    return ImportId(UUID(str(made))) if is_made and made else None


def send_rows(
    session: WriteSession,
    principal: Principal,
    *,
    sheet_id: SheetId,
    rows: Sequence[int] | None,
    project_id: UUID,
    files: FileStore,
) -> ImportId:
    """Make a draft of a sheet's rows, all of them or those of the given lines; return its key.

    The same rows sent into the same project again lead back to their draft.

    Raises:
        SheetNotFound: absent, or not of a visible workbook.
        RowsRefused: no rows were chosen, or some are not there.
        WorkbookRefused: no such project.
        AlreadyImported: the same rows have been registered into this project.
        FileRefused: the sheet is no list of samples.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    sheet, version, book = queries.get_sheet(session, principal, sheet_id)
    project = service.require_project(session, principal, project_id)
    wanted = None if rows is None else sorted(set(rows))
    chosen = queries.whole_sheet(session, sheet, wanted)
    if not chosen.rows:
        raise RowsRefused("There are no rows to send. Choose at least one below the headings.")
    if wanted is not None and len(chosen.rows) < len(wanted):
        raise RowsRefused(
            f"{len(wanted) - len(chosen.rows)} of {len(wanted)} rows are not in sheet "
            f"“{sheet.name}”. Choose them again."
        )
    draft = imports.start_import(
        session,
        principal,
        file_name=f"{book.name} version {version.number} {sheet.name}.csv".replace("/", " "),
        content=as_text(chosen, ";" if version.decimal_comma else ","),
        project_code=project,
        files=files,
    )
    sent = RowsSent(
        aggregate_id=book.id,
        number=version.number,
        sheet=sheet.name,
        rows=len(chosen.rows),
        import_id=draft.id,
    )
    events_service.record(session, principal, sent)
    return draft.id
