"""Writing signs of life and what probes found."""

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_DNS, uuid5

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.gateway import rules
from backend.gateway.events import StatusChanged
from backend.gateway.ids import Health
from backend.gateway.models import (
    ComponentHealth,
    HealthBucket,
    HealthChange,
    HealthProbe,
    ServiceInstance,
)
from backend.gateway.views import Observation


def renew_lease(
    session: WriteSession, *, service: str, instance: str, url: str = "", version: str = ""
) -> None:
    """Say that a process lives, for another 30 s by the database's clock.

    One whose lease had ended begins anew: another process of the same name, or one that could not
    write meanwhile.

    The only service without a principal: a process speaks for itself, before anybody signs in.
    """
    until = func.clock_timestamp() + rules.LEASE
    statement = insert(ServiceInstance).values(
        id=new_id(), service=service, instance=instance, url=url, version=version, lease_until=until
    )
    now = func.clock_timestamp()
    started = case((ServiceInstance.lease_until < now, now), else_=ServiceInstance.started_at)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["service", "instance"],
            set_={"lease_until": until, "url": url, "version": version, "started_at": started},
        )
    )


def end_lease(session: WriteSession, *, service: str, instance: str) -> None:
    """Take back a sign of life: the process ends in good order."""
    session.execute(
        delete(ServiceInstance).where(
            ServiceInstance.service == service, ServiceInstance.instance == instance
        )
    )


def store_probes(
    session: WriteSession, principal: Principal, *, observations: Sequence[Observation]
) -> None:
    """Write what one round of probes found, and forget what is too old.

    A state that changed is written into the incident log and recorded as an event; a state that
    stays moves only its clock.
    """
    principal.require(Permission.HEALTH_OPERATE)
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    known = {row.component: row for row in session.scalars(select(ComponentHealth))}
    for observation in sorted(observations, key=lambda seen: seen.component):
        _store_one(session, principal, observation, known.get(observation.component), now)
    session.flush()
    _forget(session, now, kept={observation.component for observation in observations})


def _store_one(
    session: WriteSession,
    principal: Principal,
    seen: Observation,
    before: ComponentHealth | None,
    now: datetime,
) -> None:
    session.add(
        HealthProbe(
            component=seen.component, at=now, status=seen.status, latency_ms=seen.latency_ms
        )
    )
    _add_to_bucket(session, seen, now)
    if before is None:
        session.add(
            ComponentHealth(
                component=seen.component,
                status=seen.status,
                since=now,
                checked_at=now,
                latency_ms=seen.latency_ms,
                detail=seen.detail,
            )
        )
        return
    if before.status is not seen.status:
        _record_change(session, principal, seen, before.status, now)
        before.status, before.since = seen.status, now
    before.checked_at, before.latency_ms, before.detail = now, seen.latency_ms, seen.detail


def _record_change(
    session: WriteSession, principal: Principal, seen: Observation, old: Health, now: datetime
) -> None:
    session.add(
        HealthChange(component=seen.component, at=now, old=old, new=seen.status, detail=seen.detail)
    )
    events_service.record(
        session,
        principal,
        StatusChanged(
            aggregate_id=uuid5(NAMESPACE_DNS, seen.component),
            component=seen.component,
            old=old.value,
            new=seen.status.value,
            detail=seen.detail,
        ),
        old={"status": old},
        new={"status": seen.status, "detail": seen.detail},
    )


def _add_to_bucket(session: Session, seen: Observation, now: datetime) -> None:
    measured = seen.latency_ms is not None
    start = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    row = insert(HealthBucket).values(
        component=seen.component,
        start_at=start,
        total=int(seen.status not in (Health.OFF, Health.UNKNOWN)),
        degraded=int(seen.status is Health.DEGRADED),
        down=int(seen.status is Health.DOWN),
        measured=int(measured),
        latency_sum_ms=seen.latency_ms or 0.0,
    )
    summed = ("total", "degraded", "down", "measured", "latency_sum_ms")
    session.execute(
        row.on_conflict_do_update(
            index_elements=["component", "start_at"],
            set_={name: HealthBucket.__table__.c[name] + row.excluded[name] for name in summed},
        )
    )


def _forget(session: Session, now: datetime, *, kept: set[str]) -> None:
    session.execute(delete(HealthProbe).where(HealthProbe.at < now - rules.KEEP_PROBES))
    session.execute(delete(HealthBucket).where(HealthBucket.start_at < now - rules.KEEP_BUCKETS))
    session.execute(delete(HealthChange).where(HealthChange.at < now - rules.KEEP_BUCKETS))
    session.execute(
        delete(ServiceInstance).where(
            ServiceInstance.lease_until < now - rules.FORGET_INSTANCE_AFTER
        )
    )
    # A worker that the laboratory no longer has leaves the page with its last lease.
    session.execute(
        delete(ComponentHealth).where(
            ComponentHealth.component.not_in(kept),
            ComponentHealth.checked_at < now - rules.FORGET_INSTANCE_AFTER,
        )
    )
