"""Schedules: rows that the leader turns into jobs when they are due."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.core.principal import Principal, UserId
from backend.core.sessions import WriteSession
from backend.work import cron, service
from backend.work.ids import ScheduleId
from backend.work.models import Schedule, ScheduleFire


def fire_due(
    session: WriteSession, as_whom: Mapping[UserId | None, Principal], queues: Mapping[str, str]
) -> int:
    """Turn due times of schedules into jobs and return how many were asked for.

    ``as_whom`` maps a schedule's ``run_as`` to its principal, ``queues`` a job kind to its queue.
    The key (schedule, due time) makes a second leader's firing of the same time do nothing.
    """
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    due = session.scalars(
        select(Schedule)
        .where(Schedule.enabled, Schedule.next_at <= now)
        .order_by(Schedule.next_at)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_fire(session, schedule, now, as_whom, queues) for schedule in due)


def runners_of_due(session: WriteSession) -> set[UserId]:
    """Return the people as whom due schedules run."""
    due = select(Schedule.run_as).where(
        Schedule.enabled, Schedule.next_at <= func.clock_timestamp(), Schedule.run_as.is_not(None)
    )
    return {UserId(person) for person in session.scalars(due) if person is not None}


def bring_forward(session: WriteSession, schedule_id: ScheduleId) -> None:
    """Make a schedule due now; the time that it waited for goes with that."""
    session.execute(
        update(Schedule)
        .where(Schedule.id == schedule_id, Schedule.next_at > func.clock_timestamp())
        .values(next_at=func.clock_timestamp())
    )


def _fire(
    session: WriteSession,
    schedule: Schedule,
    now: datetime,
    as_whom: Mapping[UserId | None, Principal],
    queues: Mapping[str, str],
) -> int:
    if schedule.next_at is None:
        return 0
    times, schedule.next_at = cron.due_times(
        schedule.cron, schedule.time_zone, schedule.next_at, now, schedule.missed_runs
    )
    runner = UserId(schedule.run_as) if schedule.run_as is not None else None
    principal = as_whom.get(runner)
    if principal is None:
        # The person may no longer sign in: what they scheduled stops with them, visibly.
        schedule.enabled = False
        return 0
    for due_at in times:
        job_id = service.request_job(
            session,
            principal,
            kind=schedule.job_kind,
            key=f"{schedule.name}@{due_at.isoformat()}",
            arguments={**schedule.arguments, "due_at": due_at},
            queue=queues.get(schedule.job_kind, "default"),
        )
        fired = insert(ScheduleFire).values(schedule_id=schedule.id, due_at=due_at, job_id=job_id)
        session.execute(fired.on_conflict_do_nothing())
        schedule.last_fired_at = now
    session.flush()
    return len(times)
