"""What the database itself tells about the program's parts, judged."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.core.sessions import ReadSession
from backend.gateway import rules
from backend.gateway.models import ServiceInstance
from backend.gateway.views import Observation
from backend.work import queries as work_queries


def from_database(session: ReadSession) -> list[Observation]:
    """Return the database's own state and that of everything that lives in its tables."""
    started = time.perf_counter()
    now = database_now(session)
    latency_ms = (time.perf_counter() - started) * 1000
    size = session.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    return [
        rules.of_answer("database", latency_ms, f"{size / 1e6:,.1f} MB."),
        *_processes(session, now),
        _outbox(session),
        _schedules(session, now),
        _queues(session),
    ]


def database_now(session: ReadSession) -> datetime:
    """Return the database's clock, by which leases end."""
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now


def lease_of(session: ReadSession, service: str) -> datetime | None:
    """Return until when a process of a service has said that it lives; None for never."""
    return session.scalar(
        select(func.max(ServiceInstance.lease_until)).where(ServiceInstance.service == service)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What the leases say of a service's processes."""

    since: datetime | None
    """When the first of its living processes began; None where none lives."""
    seen_at: datetime
    """The newest sign of life of any."""


def lives(session: Session, services: Collection[str]) -> dict[str, Life]:
    """Return how each of the services lives; one of which nothing is known is left out.

    A process that ends in good order leaves nothing, one that dies is known of for a day.
    """
    living = ServiceInstance.lease_until >= func.clock_timestamp()
    rows = session.execute(
        select(
            ServiceInstance.service,
            func.min(ServiceInstance.started_at).filter(living),
            func.max(ServiceInstance.lease_until),
        )
        .where(ServiceInstance.service.in_(services))
        .group_by(ServiceInstance.service)
    )
    return {
        service: Life(since=since, seen_at=until - rules.LEASE) for service, since, until in rows
    }


def up_since(session: Session, *, besides: Collection[str]) -> datetime | None:
    """Return since when some process lives, ``besides`` those services; None where none does.

    Before that instant nothing of the program ran, as far as is known.
    """
    return session.scalar(
        select(func.min(ServiceInstance.started_at)).where(
            ServiceInstance.lease_until >= func.clock_timestamp(),
            ServiceInstance.service.not_in(besides),
        )
    )


def _processes(session: Session, now: datetime) -> list[Observation]:
    rows = session.execute(
        select(ServiceInstance.service, func.max(ServiceInstance.lease_until)).group_by(
            ServiceInstance.service
        )
    )
    leases: dict[str, datetime | None] = dict.fromkeys(rules.PROCESSES)
    leases.update(
        {service: until for service, until in rows if service not in rules.JUDGED_BY_THEIR_WORK}
    )
    return [
        rules.of_lease(rules.component_of_service(service), until, now)
        for service, until in leases.items()
    ]


def _outbox(session: ReadSession) -> Observation:
    lag = work_queries.outbox_lag(session)
    ages = [lag.oldest_unsequenced_s, *(consumer.oldest_s for consumer in lag.consumers)]
    return rules.of_outbox(
        max((age for age in ages if age is not None), default=None),
        waiting=lag.unsequenced + max((each.behind for each in lag.consumers), default=0),
        dead_letters=lag.dead_letters,
    )


def _schedules(session: ReadSession, now: datetime) -> Observation:
    late = {
        state.name: (now - state.next_at).total_seconds()
        for state in work_queries.schedule_states(session)
        if state.enabled and state.next_at is not None
    }
    if not late:
        return rules.of_schedules(None, name="")
    name = max(late, key=lambda each: late[each])
    return rules.of_schedules(max(0.0, late[name]), name=name)


def _queues(session: ReadSession) -> Observation:
    waits = {
        state.queue: state.oldest_queued_s
        for state in work_queries.queue_states(session)
        if state.oldest_queued_s is not None
    }
    if not waits:
        return rules.of_queues(None, queue="")
    queue = max(waits, key=lambda each: waits[each])
    return rules.of_queues(waits[queue], queue=queue)
