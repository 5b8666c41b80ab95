"""Reading reports and their history."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.reports.definitions import REPORTS, ReportDefinition
from backend.reports.errors import ArtifactNotFound
from backend.reports.ids import ArtifactId, ReportRunId
from backend.reports.models import ReportArtifact, ReportRun
from backend.reports.views import ArtifactView, ReportRunView, ReportView
from backend.work import cron
from backend.work.ids import JobState
from backend.work.models import Job, Schedule

HISTORY = 25
_DATES_SHOWN = 3


def schedule_name(report: ReportDefinition) -> str:
    """Return the name of a report's row among the schedules."""
    return f"Report: {report.name}"


def list_reports(session: ReadSession, principal: Principal) -> list[ReportView]:
    """Return every report with its next dates and its last run."""
    principal.require(Permission.REPORTS_VIEW)
    schedules = {row.name: row for row in session.scalars(select(Schedule).where(Schedule.enabled))}
    return [
        _report(session, principal, report, schedules.get(schedule_name(report)))
        for report in REPORTS.values()
    ]


def history(session: ReadSession, principal: Principal) -> list[ReportRunView]:
    """Return the newest runs first that the principal may read, how each went and its files."""
    principal.require(Permission.REPORTS_VIEW)
    return _runs(session, principal, None, HISTORY)


def get_artifact(
    session: ReadSession, principal: Principal, artifact_id: ArtifactId
) -> tuple[ArtifactView, ReportRunId]:
    """Return a file's facts and the run it belongs to.

    Raises:
        ArtifactNotFound: no such file, or one of somebody else's own run.
    """
    principal.require(Permission.REPORTS_VIEW)
    row = session.scalars(
        select(ReportArtifact)
        .join(ReportRun, ReportRun.id == ReportArtifact.run_id)
        .where(ReportArtifact.id == artifact_id, _readable(principal))
    ).one_or_none()
    if row is None:
        raise ArtifactNotFound
    return _artifact(row), ReportRunId(row.run_id)


def _readable(principal: Principal) -> ColumnElement[bool]:
    """Select the runs made for everybody, and those that a person asked for by themselves.

    What somebody asks for tells of the projects that they see. One who sees all projects reads all.
    """
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return true()
    return or_(ReportRun.is_scheduled, ReportRun.requested_by == principal.user_id)


def _report(
    session: Session, principal: Principal, report: ReportDefinition, schedule: Schedule | None
) -> ReportView:
    runs = _runs(session, principal, report.key, 1)
    return ReportView(
        key=report.key,
        name=report.name,
        about=report.about,
        schedule_in_words=report.cron_in_words if schedule is not None else None,
        next_at=_next_dates(schedule),
        last=runs[0] if runs else None,
    )


def _next_dates(schedule: Schedule | None) -> list[datetime]:
    if schedule is None:
        return []
    dates = [schedule.next_at] if schedule.next_at is not None else []
    while len(dates) < _DATES_SHOWN:
        after = dates[-1] if dates else clock.utc_now()
        dates.append(cron.next_after(schedule.cron, schedule.time_zone, after))
    return dates


def _runs(
    session: Session, principal: Principal, report: str | None, limit: int
) -> list[ReportRunView]:
    statement = (
        select(ReportRun, Job.state, Job.error, Job.started_at, Job.finished_at)
        .outerjoin(Job, Job.id == ReportRun.job_id)
        .where(_readable(principal))
        .order_by(ReportRun.requested_at.desc(), ReportRun.id.desc())
        .limit(limit)
    )
    if report is not None:
        statement = statement.where(ReportRun.report == report)
    rows = session.execute(statement).all()
    files = _artifacts(session, [row.ReportRun.id for row in rows])
    return [
        ReportRunView(
            id=ReportRunId(run.id),
            report=run.report,
            state=_state(run, state),
            error=None if run.built_at is not None else error,
            is_scheduled=run.is_scheduled,
            requested_by_name=run.requested_by_name,
            requested_at=run.requested_at,
            duration_s=_duration_s(run.started_at or started, run.built_at or finished),
            artifacts=files[run.id],
        )
        for run, state, error, started, finished in rows
    ]


def _state(run: ReportRun, job: JobState | None) -> str:
    if run.built_at is not None:
        return JobState.DONE.value
    # Only ended jobs are forgotten, and of those without a file only cancelled ones.
    return job.value if job is not None else JobState.CANCELLED.value


def _duration_s(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds()


def _artifacts(session: Session, run_ids: Sequence[UUID]) -> defaultdict[UUID, list[ArtifactView]]:
    found: defaultdict[UUID, list[ArtifactView]] = defaultdict(list)
    rows = session.scalars(
        select(ReportArtifact)
        .where(ReportArtifact.run_id.in_(run_ids))
        .order_by(ReportArtifact.format)
    )
    for row in rows:
        found[row.run_id].append(_artifact(row))
    return found


def _artifact(row: ReportArtifact) -> ArtifactView:
    return ArtifactView(
        id=ArtifactId(row.id),
        format=row.format,
        filename=row.filename,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
    )
