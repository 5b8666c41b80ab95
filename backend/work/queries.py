"""Reading background work: jobs, queues, lag and schedules."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, literal, or_, select, tuple_

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.events.models import Consumer, DeadLetter, OutboxEvent
from backend.work import leases
from backend.work.errors import JobNotFound
from backend.work.ids import JobId, JobState
from backend.work.models import Job, Schedule
from backend.work.rules import QUEUES
from backend.work.views import (
    ConsumerLag,
    DueJob,
    JobView,
    OutboxLag,
    QueueState,
    ScheduleState,
)

_DAY = timedelta(days=1)


def visible_jobs(principal: Principal) -> Select[Job]:
    """Return the jobs a principal may see: their own, or all of them."""
    if principal.may(Permission.WORK_VIEW):
        return select(Job)
    return select(Job).where(Job.requested_by == principal.user_id)


def get_job(session: ReadSession, principal: Principal, job_id: JobId) -> JobView:
    """Return one job.

    Raises:
        JobNotFound: no such job, or somebody else's.
    """
    job = session.scalars(visible_jobs(principal).where(Job.id == job_id)).one_or_none()
    if job is None:
        raise JobNotFound(f"There is no job {job_id} that you may see.")
    return _view(job)


def list_jobs(
    session: ReadSession,
    principal: Principal,
    *,
    states: tuple[JobState, ...] = (),
    kind: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[JobView]:
    """Return the newest jobs first, older than ``before``: a job's creation and key."""
    statement = visible_jobs(principal).order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(tuple_(Job.created_at, Job.id) < before)
    if states:
        statement = statement.where(Job.state.in_(states))
    if kind is not None:
        statement = statement.where(Job.kind == kind)
    return [_view(job) for job in session.scalars(statement)]


def queue_states(session: ReadSession) -> list[QueueState]:
    """Return every queue in the order in which workers look, idle ones included."""
    found = {queue: counts for queue, *counts in session.execute(_QUEUES)}
    names = (*QUEUES, *(queue for queue in found if queue not in QUEUES))
    return [_queue_state(name, found.get(name, [0, 0, 0, None])) for name in names]


def outbox_lag(session: ReadSession) -> OutboxLag:
    """Return how far the leader and each consumer are behind the last commit. One query."""
    (unsequenced, oldest, dead, *_), *_ = rows = session.execute(_LAG).all()
    return OutboxLag(
        unsequenced=unsequenced,
        oldest_unsequenced_s=_seconds(oldest),
        consumers=tuple(
            ConsumerLag(name=name, behind=count, oldest_s=_seconds(age))
            for _, _, _, name, count, age in rows
            if name is not None
        ),
        dead_letters=dead,
    )


def schedule_states(session: ReadSession) -> list[ScheduleState]:
    """Return every schedule by name."""
    return [
        ScheduleState(
            name=schedule.name,
            job_kind=schedule.job_kind,
            cron=schedule.cron,
            time_zone=schedule.time_zone,
            next_at=schedule.next_at,
            last_fired_at=schedule.last_fired_at,
            enabled=schedule.enabled,
        )
        for schedule in session.scalars(select(Schedule).order_by(Schedule.name))
    ]


def due_jobs(session: ReadSession, limit: int) -> list[DueJob]:
    """Return jobs that a worker may take now, most urgent queue first, then longest due."""
    urgency = case({name: rank for rank, name in enumerate(QUEUES)}, value=Job.queue, else_=9)
    rows = session.execute(
        select(Job.id, Job.kind, Job.queue, Job.fence)
        .where(leases.is_due(), Job.attempt < Job.max_attempts, Job.cancel_requested_at.is_(None))
        .order_by(urgency, Job.run_after)
        .limit(limit)
    )
    return [
        DueJob(id=JobId(row.id), kind=row.kind, queue=row.queue, fence=row.fence) for row in rows
    ]


def next_due_in_s(session: ReadSession) -> float | None:
    """Return the seconds until the next waiting job or lease comes due; None when none will."""
    soonest = select(
        func.least(
            select(func.min(Job.run_after)).where(Job.state == JobState.QUEUED).scalar_subquery(),
            select(func.min(Job.lease_until))
            .where(Job.state == JobState.RUNNING)
            .scalar_subquery(),
        )
        - func.clock_timestamp()
    )
    left = session.scalar(soonest)
    return None if left is None else left.total_seconds()


def _age_s(instant: Any) -> Any:
    return func.extract("epoch", func.clock_timestamp() - instant)


_NOW = func.now()
_WAITS = Job.state == JobState.QUEUED
_QUEUES = (
    select(
        Job.queue,
        func.count().filter(_WAITS),
        func.count().filter(Job.state == JobState.RUNNING),
        func.count().filter(Job.state == JobState.FAILED),
        func.extract(
            "epoch", _NOW - func.min(case((_WAITS & (Job.run_after <= _NOW), Job.run_after)))
        ),
    )
    .where(
        or_(
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
            (Job.state == JobState.FAILED) & (Job.finished_at > _NOW - _DAY),
        )
    )
    .group_by(Job.queue)
)
_UNSEQUENCED = (
    select(func.count().label("waiting"), _age_s(func.min(OutboxEvent.at)).label("oldest_s"))
    .where(OutboxEvent.pos.is_(None))
    .subquery("unsequenced")
)
_DEAD = (
    select(func.count().label("dead"))
    .where(DeadLetter.resolved_at.is_(None), DeadLetter.attempts > 0, DeadLetter.retry_at.is_(None))
    .subquery("dead")
)
_BEHIND = (
    select(
        Consumer.name,
        func.count(OutboxEvent.id).label("behind"),
        _age_s(func.min(OutboxEvent.at)).label("oldest_s"),
    )
    .outerjoin(OutboxEvent, OutboxEvent.pos > Consumer.pos)
    .group_by(Consumer.name)
    .subquery("consumers")
)
# A row per consumer, one at least; the leader's and the letters' figures stand in each.
_LAG = (
    select(_UNSEQUENCED, _DEAD, _BEHIND)
    .select_from(_UNSEQUENCED)
    .join(_DEAD, literal(value=True))
    .outerjoin(_BEHIND, literal(value=True))
    .order_by(_BEHIND.c.name)
)


def _queue_state(name: str, counts: list[Any]) -> QueueState:
    queued, running, failed, oldest = counts
    return QueueState(
        queue=name,
        queued=queued,
        running=running,
        failed_24h=failed,
        oldest_queued_s=_seconds(oldest),
    )


def _seconds(age: Any) -> float | None:
    return None if age is None else max(0.0, float(age))


def _view(job: Job) -> JobView:
    return JobView(
        id=JobId(job.id),
        kind=job.kind,
        queue=job.queue,
        state=job.state.value,
        progress=job.progress,
        progress_note=job.progress_note,
        result=job.result,
        error=job.error,
        attempt=job.attempt,
        max_attempts=job.max_attempts,
        requested_by_name=job.requested_by_name,
        cancel_requested=job.cancel_requested_at is not None,
        worker=job.worker,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
