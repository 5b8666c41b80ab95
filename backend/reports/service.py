"""Asking for reports, gathering what they say, keeping and handing out their files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.blobs import FileStore
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.incidents import monthly
from backend.incidents.month_views import month_before
from backend.reports import cold_month, content, queries
from backend.reports.content import ReportContent, Section
from backend.reports.definitions import MONTH_OF_COLD, REPORTS, ReportDefinition
from backend.reports.errors import ReportNotFound
from backend.reports.events import ReportBuilt, ReportDownloaded, ReportRequested
from backend.reports.ids import ArtifactId, ReportFormat, ReportRunId
from backend.reports.models import ReportArtifact, ReportRun
from backend.reports.views import ArtifactView
from backend.samples import tally
from backend.storage import queries as storage_queries
from backend.telemetry import electricity, energy_queries
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND = "reports.build"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFile:
    """A file that lies in the file store."""

    format: ReportFormat
    sha256: str
    size_bytes: int


def request_report(
    session: WriteSession, principal: Principal, *, report: str
) -> tuple[ReportRunId, JobId]:
    """Ask for a report to be built now; it says what the person who asked may see.

    Raises:
        ReportNotFound: there is no such report.
    """
    principal.require(Permission.REPORTS_RUN)
    definition = find_definition(report)
    run_id = new_id()
    job_id = work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(run_id),
        arguments={"report": definition.key},
        queue="long",
    )
    session.add(
        ReportRun(
            id=run_id,
            report=definition.key,
            job_id=job_id,
            is_scheduled=False,
            requested_by=principal.user_id,
            requested_by_name=principal.name,
        )
    )
    session.flush()
    requested = ReportRequested(aggregate_id=run_id, report=definition.key)
    events_service.record(session, principal, requested)
    return ReportRunId(run_id), job_id


def find_definition(report: str) -> ReportDefinition:
    """Return a report by its key.

    Raises:
        ReportNotFound: there is no such report.
    """
    if report not in REPORTS:
        raise ReportNotFound
    return REPORTS[report]


def gather(
    session: ReadSession, principal: Principal, *, report: str, time_zone: str
) -> ReportContent:
    """Return what a report says now, of what the principal may see."""
    principal.require(Permission.REPORTS_RUN)
    definition = find_definition(report)
    laboratory = auth_service.get_laboratory(session)
    zone = ZoneInfo(laboratory.time_zone if laboratory is not None else time_zone)
    now = clock.utc_now()
    return ReportContent(
        title=definition.name,
        site=laboratory.name if laboratory is not None else "No laboratory is set up",
        made_by=principal.name,
        data_as_of=now,
        zone=zone,
        sections=_sections(session, principal, definition, now, zone),
    )


def _sections(
    session: ReadSession,
    principal: Principal,
    definition: ReportDefinition,
    now: datetime,
    zone: ZoneInfo,
) -> Sequence[Section]:
    if definition is MONTH_OF_COLD:
        month = month_before(now, zone)
        days = [begins.astimezone(zone).date() for begins, _ in month.days]
        energy = energy_queries.between(session, principal, zone=zone, first=days[0], last=days[-1])
        return cold_month.sections(
            month,
            monthly.units_of_month(session, principal, month),
            list(energy.values()),
            electricity.price_now(session),
        )
    return [
        content.samples_by_status(tally.status_counts(session, principal)),
        content.occupancy_by_zone(storage_queries.occupancy_by_zone(session, principal)),
    ]


def begin_run(session: WriteSession, principal: Principal, *, job_id: JobId, report: str) -> None:
    """Note that an attempt has begun, so that one which fails stands in the history, too."""
    principal.require(Permission.REPORTS_RUN)
    run = _run_of(session, principal, job_id, find_definition(report))
    run.started_at = clock.utc_now()
    session.flush()


def store_artifacts(
    session: WriteSession,
    principal: Principal,
    *,
    job_id: JobId,
    report: str,
    data_as_of: datetime,
    files: Sequence[BuiltFile],
) -> ReportRunId:
    """Keep the files of a run that has begun."""
    principal.require(Permission.REPORTS_RUN)
    definition = find_definition(report)
    run = _run_of(session, principal, job_id, definition)
    run.data_as_of, run.built_at = data_as_of, clock.utc_now()
    session.add_all(
        ReportArtifact(
            run_id=run.id,
            format=file.format,
            filename=f"{definition.key}-{data_as_of:%Y-%m-%d}.{file.format.value}",
            sha256=file.sha256,
            size_bytes=file.size_bytes,
        )
        for file in files
    )
    names = " and ".join(file.format.value.upper() for file in files)
    built = ReportBuilt(
        aggregate_id=run.id, title=definition.name, detail=f"{names} wait in the list of reports."
    )
    events_service.record(session, principal, built)
    return ReportRunId(run.id)


def download(
    session: WriteSession, principal: Principal, *, artifact_id: ArtifactId, files: FileStore
) -> tuple[ArtifactView, bytes]:
    """Return a file and its bytes; that it was taken stands in the audit trail.

    Raises:
        ArtifactNotFound: no such file of a report.
        NotFound: its bytes are not in the file store.
    """
    artifact, run_id = queries.get_artifact(session, principal, artifact_id)
    taken = ReportDownloaded(aggregate_id=run_id, filename=artifact.filename)
    events_service.record(session, principal, taken)
    return artifact, files.get(artifact.sha256)


def _run_of(
    session: WriteSession, principal: Principal, job_id: UUID, definition: ReportDefinition
) -> ReportRun:
    run = session.scalars(select(ReportRun).where(ReportRun.job_id == job_id)).one_or_none()
    if run is None:
        run = ReportRun(
            report=definition.key,
            job_id=job_id,
            is_scheduled=True,
            requested_by=principal.user_id,
            requested_by_name=principal.name,
        )
        session.add(run)
        session.flush()
    return run
