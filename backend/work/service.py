"""Asking for background work, and calling it off. The worker's side is in leases.py."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import rules as events_rules
from backend.events import service as events_service
from backend.work import cron as cron_rules
from backend.work import queries, rules
from backend.work.errors import JobAlreadyOver, JobNotFailed, JobNotFound, UnknownQueue
from backend.work.events import JobCancelRequested, JobRequested, JobRetried, JobWasCancelled
from backend.work.ids import JobId, JobState, MissedRunPolicy, ScheduleId
from backend.work.models import Job, Schedule, ScheduleFire

_RING = text("SELECT pg_notify('tracseq_jobs', '')")


def request_job(
    session: WriteSession,
    principal: Principal,
    *,
    kind: str,
    key: str,
    arguments: Mapping[str, object],
    queue: str = "default",
    max_attempts: int = 5,
    run_after: datetime | None = None,
) -> JobId:
    """Ask for a job, once per (kind, key): asking again returns the first one's id.

    Permission is the asking service's business. The job runs with what the principal may do at
    the time it runs. A job of the program itself leaves no trace in the audit trail unless it
    fails; probes every half minute would drown what people did.

    Raises:
        UnknownQueue: no worker listens there.
    """
    if queue not in rules.QUEUES:
        raise UnknownQueue(f"There is no queue “{queue}”. Choose one of {', '.join(rules.QUEUES)}.")
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "key": key,
        "queue": queue,
        "arguments": {name: events_rules.as_json(value) for name, value in arguments.items()},
        "state": JobState.QUEUED,
        "attempt": 0,
        "max_attempts": max_attempts,
        "fence": 0,
        "progress": 0.0,
        "progress_note": "",
        "requested_by": principal.user_id,
        "requested_by_name": principal.name,
        "request_id": principal.request_id,
    }
    if run_after is not None:
        values["run_after"] = run_after
    inserted = session.scalar(
        insert(Job)
        .values(values)
        .on_conflict_do_nothing(index_elements=["kind", "key"])
        .returning(Job.id)
    )
    if inserted is None:
        return JobId(session.scalars(select(Job.id).where(Job.kind == kind, Job.key == key)).one())
    if principal.user_id is not None:
        events_service.record(session, principal, JobRequested(aggregate_id=inserted, kind=kind))
    session.execute(_RING)
    return JobId(inserted)


def request_cancel(session: WriteSession, principal: Principal, *, job_id: JobId) -> None:
    """Ask a job to stop: a waiting one stops at once, a running one when its task looks up.

    Raises:
        JobNotFound: no such job, or not visible.
        PermissionDenied: somebody else's, without the right to operate.
        JobAlreadyOver: nothing is left to stop.
    """
    job = _lock(session, principal, job_id)
    if job.state not in {JobState.QUEUED, JobState.RUNNING}:
        raise JobAlreadyOver(f"The job is already over: it is {job.state.value}.")
    now = _database_now(session)
    job.cancel_requested_at = now
    if job.state is JobState.RUNNING:
        requested = JobCancelRequested(aggregate_id=job.id, kind=job.kind)
        events_service.record(session, principal, requested)
        return
    job.state, job.finished_at = JobState.CANCELLED, now
    events_service.record(session, principal, JobWasCancelled(aggregate_id=job.id, kind=job.kind))


def retry_failed(session: WriteSession, principal: Principal, *, job_id: JobId) -> None:
    """Give a failed or cancelled job a fresh set of attempts.

    Raises:
        JobNotFound: no such job, or not visible.
        PermissionDenied: somebody else's, without the right to operate.
        JobNotFailed: it waits, runs or is done.
    """
    job = _lock(session, principal, job_id)
    if job.state not in {JobState.FAILED, JobState.CANCELLED}:
        raise JobNotFailed(
            f"The job is {job.state.value}. Only a failed or cancelled job can be started again."
        )
    job.state, job.attempt = JobState.QUEUED, 0
    job.run_after = _database_now(session)
    job.cancel_requested_at = job.finished_at = job.worker = None
    events_service.record(session, principal, JobRetried(aggregate_id=job.id, kind=job.kind))
    session.execute(_RING)


def ensure_schedule(
    session: WriteSession,
    principal: Principal,
    *,
    name: str,
    job_kind: str,
    arguments: Mapping[str, object],
    cron: str,
    time_zone: str,
    missed_runs: MissedRunPolicy = MissedRunPolicy.ONCE,
) -> ScheduleId:
    """Make a schedule, or bring the one of that name up to date; its past firings stay.

    Jobs run as the principal: a person's with what that person may do then, the machinery's with
    what the task is granted. A changed line takes effect from now.

    Raises:
        ScheduleUnreadable: nobody can follow the line or the zone.
    """
    cron_rules.check(cron, time_zone)
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    session.execute(
        insert(Schedule)
        .values(
            id=new_id(),
            name=name,
            job_kind=job_kind,
            arguments={},
            cron="",
            time_zone=time_zone,
            missed_runs=missed_runs,
            enabled=True,
            run_as=principal.user_id,
        )
        .on_conflict_do_nothing(index_elements=["name"])
    )
    schedule = session.scalars(
        select(Schedule)
        .where(Schedule.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if (schedule.cron, schedule.time_zone) != (cron, time_zone) or schedule.next_at is None:
        schedule.next_at = cron_rules.next_after(cron, time_zone, now)
    schedule.cron, schedule.time_zone = cron, time_zone
    schedule.job_kind, schedule.missed_runs = job_kind, missed_runs
    schedule.arguments = {key: events_rules.as_json(value) for key, value in arguments.items()}
    session.flush()
    return ScheduleId(schedule.id)


def forget_old_jobs(session: WriteSession, kinds: Collection[str], limit: int = 5000) -> int:
    """Delete the rows of jobs of some kinds that ended long ago, at most ``limit``.

    Returns how many. Failed jobs stay, and so do kinds that other tables point at.
    """
    old = (
        select(Job.id)
        .where(
            Job.kind.in_(kinds),
            Job.finished_at < func.now() - rules.kept_for(),
            Job.state.in_((JobState.DONE, JobState.CANCELLED)),
        )
        .limit(limit)
    )
    ids = list(session.scalars(old))
    session.execute(delete(ScheduleFire).where(ScheduleFire.job_id.in_(ids)))
    session.execute(delete(Job).where(Job.id.in_(ids)))
    return len(ids)


def _lock(session: WriteSession, principal: Principal, job_id: JobId) -> Job:
    visible = queries.visible_jobs(principal).where(Job.id == job_id).with_for_update()
    job = session.scalars(visible).one_or_none()
    if job is None:
        raise JobNotFound(f"There is no job {job_id} that you may see.")
    if job.requested_by is None or job.requested_by != principal.user_id:
        principal.require(Permission.HEALTH_OPERATE)
    return job


def _database_now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
