"""Reports: which there are, building one, and its files."""

from datetime import datetime
from uuid import UUID

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiOutput, Call, Route, file_answer
from backend.core.blobs import DiskStore
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.reports import queries, service
from backend.reports.adapters import pages, workbook
from backend.reports.ids import ArtifactId, ReportFormat

MEDIA_TYPES = {ReportFormat.PDF: pages.MEDIA_TYPE, ReportFormat.XLSX: workbook.MEDIA_TYPE}


class ReportFileOut(ApiOutput):
    """A file of a report, to be fetched at /api/v1/reports/files/{id}."""

    id: UUID
    format: ReportFormat
    filename: str
    sha256: str
    size_bytes: int


class ReportRunOut(ApiOutput):
    """One building of a report."""

    id: UUID
    report: str
    state: str
    error: str | None
    is_scheduled: bool
    requested_by_name: str
    requested_at: datetime
    duration_s: float | None
    artifacts: list[ReportFileOut]


class ReportOut(ApiOutput):
    """A report, when it comes by itself, and its last run."""

    key: str
    name: str
    about: str
    schedule_in_words: str | None
    next_at: list[datetime]
    last: ReportRunOut | None


class ReportsOut(ApiOutput):
    """Every report that there is."""

    items: list[ReportOut]


class ReportRunsOut(ApiOutput):
    """The newest runs first."""

    items: list[ReportRunOut]


class ReportAskedOut(ApiOutput):
    """A run that was asked for, and the job that builds it: follow /api/v1/jobs/{job_id}."""

    run_id: UUID
    job_id: UUID


def list_reports(call: Call) -> ReportsOut:
    """Return the reports."""
    with reading() as session:
        found = queries.list_reports(session, call.caller)
    return ReportsOut(items=[ReportOut.model_validate(report) for report in found])


def list_runs(call: Call) -> ReportRunsOut:
    """Return what was built lately."""
    with reading() as session:
        found = queries.history(session, call.caller)
    return ReportRunsOut(items=[ReportRunOut.model_validate(run) for run in found])


def build(call: Call) -> object:
    """Ask for a report to be built; it says what the caller may see."""
    with writing() as session:

        def ask() -> ReportAskedOut:
            run_id, job_id = service.request_report(
                session, call.caller, report=call.path["report"]
            )
            return ReportAskedOut(run_id=run_id, job_id=job_id)

        return once(session, call, ask)


def get_file(call: Call) -> Answer:
    """Hand out a file; that it was taken stands in the audit trail."""
    with writing() as session:
        artifact, content = service.download(
            session,
            call.caller,
            artifact_id=ArtifactId(call.key("file_id")),
            files=DiskStore(call.settings.files_dir),
        )
    return file_answer(content, MEDIA_TYPES[artifact.format], artifact.filename)


_TAG = "Reports"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/reports",
        handler=list_reports,
        access=Permission.REPORTS_VIEW,
        summary="The reports, their schedules and last runs",
        tag=_TAG,
        answer=ReportsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/reports/runs",
        handler=list_runs,
        access=Permission.REPORTS_VIEW,
        summary="What was built lately, with its files",
        tag=_TAG,
        answer=ReportRunsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/reports/{report}/runs",
        handler=build,
        access=Permission.REPORTS_RUN,
        summary="Build a report now",
        tag=_TAG,
        answer=ReportAskedOut,
        status=202,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/reports/files/{file_id}",
        handler=get_file,
        access=Permission.REPORTS_VIEW,
        summary="A file of a report",
        tag=_TAG,
        answer=None,
        files=tuple(MEDIA_TYPES.values()),
    ),
)
