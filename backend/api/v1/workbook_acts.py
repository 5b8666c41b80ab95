"""Workbooks, once they are kept: versions, names, rows to registration, long comparisons."""

from pathlib import PurePath
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.workbooks import AddedOut, CellChangeOut, WorkbookOut
from backend.core.blobs import DiskStore
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.templates import queries as templates_queries
from backend.work.ids import JobId
from backend.workbooks import comparing, queries, sending, service
from backend.workbooks.ids import Mark, SheetId, WorkbookId


class VersionQuery(ApiInput):
    """The file's name and what is to be known about it."""

    file_name: str = Field(min_length=1, max_length=200)
    note: str = Field(default="", max_length=500)


class NameIn(ApiInput):
    """What the workbook is called from now on."""

    name: str = Field(min_length=1, max_length=200)


class SendIn(ApiInput):
    """Which rows become a draft, and of which project."""

    project: str = Field(max_length=40, description="Code.")
    rows: list[int] | None = Field(
        default=None, min_length=1, description="Lines of the file; all rows when left out."
    )


class SentOut(ApiOutput):
    """The draft; or the job that makes it of very many rows, whose result is ``import_id``."""

    import_id: UUID | None
    job_id: UUID | None


class ComparisonIn(ApiInput):
    """Two sheets; ``key`` is the column that names rows in both, guessed when left out."""

    old: UUID
    new: UUID
    key: str | None = Field(default=None, max_length=500)


class ComparisonAskedOut(ApiOutput):
    """The job that compares: follow /api/v1/jobs/{job_id}, then read the pages."""

    job_id: UUID


class ComparisonQuery(ApiInput):
    """Which page."""

    page: int = Field(default=1, ge=1)


class DifferingRowOut(ApiOutput):
    """A row that differs; ``line`` is of the newer file, of a removed row of the older one."""

    mark: Mark
    line: int
    cells: list[str]
    changes: list[CellChangeOut]


class SummaryOut(ApiOutput):
    """What was found, counted; cells of a column that one sheet lacks are not."""

    key: str | None
    headings: list[str]
    old_headings: list[str]
    added_columns: list[str]
    removed_columns: list[str]
    changed_cells: int
    changed_rows: int
    added_rows: int
    removed_rows: int


class ComparisonOut(ApiOutput):
    """A page of the rows that differ, from 1."""

    summary: SummaryOut
    rows: list[DifferingRowOut]
    page: int
    pages: int


def add_version(call: Call) -> object:
    """Keep the file that is the body as a workbook's next version."""
    asked = call.asked(VersionQuery)
    with writing() as session:
        return once(
            session,
            call,
            lambda: AddedOut.model_validate(
                service.add_version(
                    session,
                    call.caller,
                    WorkbookId(call.key("workbook_id")),
                    file_name=PurePath(asked.file_name).name,
                    content=call.content,
                    files=DiskStore(call.settings.files_dir),
                    note=asked.note,
                )
            ),
        )


def rename(call: Call) -> WorkbookOut:
    """Give a workbook another name."""
    key, sent = WorkbookId(call.key("workbook_id")), call.sent(NameIn)
    with writing() as session:
        service.rename(session, call.caller, key, sent.name)
        return WorkbookOut.model_validate(queries.workbook(session, call.caller, key))


def send_rows(call: Call) -> object:
    """Make a draft of a sheet's rows."""
    sent = call.sent(SendIn)
    with writing() as session:

        def act() -> SentOut:
            project = templates_queries.get_project(session, call.caller, sent.project)
            made = sending.send_or_ask(
                session,
                call.caller,
                sheet_id=SheetId(call.key("sheet_id")),
                rows=sent.rows,
                project_id=project.id,
                files=DiskStore(call.settings.files_dir),
            )
            return SentOut(import_id=made.draft, job_id=made.job)

        return once(session, call, act)


def compare(call: Call) -> object:
    """Ask for a comparison; one's own of the same sheets is not made twice."""
    sent = call.sent(ComparisonIn)
    with writing() as session:
        return once(
            session,
            call,
            lambda: ComparisonAskedOut(
                job_id=comparing.request_comparison(
                    session,
                    call.caller,
                    old=SheetId(sent.old),
                    new=SheetId(sent.new),
                    key=sent.key,
                )
            ),
        )


def comparison(call: Call) -> ComparisonOut:
    """Return a page of what a finished comparison found."""
    with reading() as session:
        found = comparing.difference_page(
            session,
            call.caller,
            JobId(call.key("job_id")),
            files=DiskStore(call.settings.files_dir),
            page=call.asked(ComparisonQuery).page,
        )
    return ComparisonOut.model_validate(found)


_TAG = "Workbooks"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/workbooks/{workbook_id}/versions",
        handler=add_version,
        access=Permission.SAMPLES_REGISTER,
        summary="Keep a spreadsheet as a workbook's next version; a long one is read by a worker",
        tag=_TAG,
        query=VersionQuery,
        answer=AddedOut,
        status=201,
        takes_file=True,
        once=True,
    ),
    Route(
        method="PATCH",
        path="/api/v1/workbooks/{workbook_id}",
        handler=rename,
        access=Permission.SAMPLES_REGISTER,
        summary="Rename a workbook",
        tag=_TAG,
        body=NameIn,
        answer=WorkbookOut,
    ),
    Route(
        method="POST",
        path="/api/v1/workbook-sheets/{sheet_id}/registration",
        handler=send_rows,
        access=Permission.SAMPLES_REGISTER,
        summary="Make a draft of a sheet's rows; of very many a worker makes it",
        tag=_TAG,
        body=SendIn,
        answer=SentOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/workbook-comparisons",
        handler=compare,
        access=Permission.DOCUMENTS_VIEW,
        summary="Have two sheets compared by a worker, however long they are",
        tag=_TAG,
        body=ComparisonIn,
        answer=ComparisonAskedOut,
        status=202,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/workbook-comparisons/{job_id}",
        handler=comparison,
        access=Permission.DOCUMENTS_VIEW,
        summary="What a finished comparison found, a page at a time",
        tag=_TAG,
        query=ComparisonQuery,
        answer=ComparisonOut,
    ),
)
