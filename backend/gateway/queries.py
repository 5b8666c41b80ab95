"""Reading the program's health. Anyone signed in may see states; details stand behind pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Interval, cast, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.core.sessions import ReadSession
from backend.gateway import rules
from backend.gateway.ids import Health
from backend.gateway.models import (
    ComponentHealth,
    HealthBucket,
    HealthChange,
    HealthProbe,
    ServiceInstance,
)
from backend.gateway.views import (
    Bucket,
    ChangeView,
    ComponentNow,
    ComponentState,
    LeaseView,
    ProbePoint,
)

_DAY = timedelta(days=1)
_P95_WINDOW = timedelta(hours=1)


class Range(StrEnum):
    """Stretches of history that the page offers."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    QUARTER = "90d"


@dataclass(frozen=True, slots=True)
class Grain:
    """How many bars a range has and how long each is."""

    bars: int
    length: timedelta


GRAINS = {
    Range.HOUR: Grain(60, timedelta(minutes=1)),
    Range.DAY: Grain(48, timedelta(minutes=30)),
    Range.WEEK: Grain(56, timedelta(hours=3)),
    Range.QUARTER: Grain(90, timedelta(days=1)),
}


def states_now(session: ReadSession) -> list[ComponentNow]:
    """Return every part's state, the worst first. Two small queries.

    A process is judged by its lease at this moment, so that one that dies is seen within the lease
    also when it is the one that would have probed; everything else by its newest probe.
    """
    now = _now(session)
    found = {
        row.component: _component_now(row, now) for row in session.scalars(select(ComponentHealth))
    }
    found.update(
        {
            component: _process_now(component, lease, found.get(component), now)
            for component, lease in _newest_leases(session).items()
        }
    )
    return sorted(found.values(), key=lambda part: _by_severity(part.status, part.component))


def component_states(session: ReadSession, span: Range = Range.DAY) -> list[ComponentState]:
    """Return every part with its history over ``span``, the worst first."""
    now = _now(session)
    grain = GRAINS[span]
    history = _history(session, grain, now)
    latencies = _latencies_p95(session, now)
    uptime_24h, uptime_30d = _uptime(session, now - _DAY), _uptime(session, now - 30 * _DAY)
    starts = _starts(grain, now)
    states = []
    for part in states_now(session):
        sums = history.get(part.component, {})
        states.append(
            ComponentState(
                component=part.component,
                label=part.label,
                status=part.status,
                since=part.since,
                checked_at=part.checked_at,
                latency_ms=part.latency_ms,
                latency_p95_ms=latencies.get(part.component),
                uptime_24h=uptime_24h.get(part.component),
                uptime_30d=uptime_30d.get(part.component),
                history=tuple(_bucket(start, sums.get(start)) for start in starts),
                trend_ms=_trend(sums, starts),
                detail=part.detail,
            )
        )
    return states


def changes(
    session: ReadSession, *, component: str | None = None, limit: int = 20
) -> list[ChangeView]:
    """Return the incident log, newest first."""
    statement = select(HealthChange).order_by(HealthChange.at.desc()).limit(limit)
    if component is not None:
        statement = statement.where(HealthChange.component == component)
    return [
        ChangeView(
            at=row.at,
            component=row.component,
            label=rules.label_of(row.component),
            old=row.old,
            new=row.new,
            detail=row.detail,
        )
        for row in session.scalars(statement)
    ]


def probes_of(
    session: ReadSession, component: str, *, since: datetime, limit: int = 500
) -> list[ProbePoint]:
    """Return the raw measurements of one part, newest first."""
    rows = session.execute(
        select(HealthProbe.at, HealthProbe.status, HealthProbe.latency_ms)
        .where(HealthProbe.component == component, HealthProbe.at >= since)
        .order_by(HealthProbe.at.desc())
        .limit(limit)
    )
    return [ProbePoint(at=row.at, status=row.status, latency_ms=row.latency_ms) for row in rows]


def leases(session: ReadSession) -> list[LeaseView]:
    """Return the processes that have said they live, by service, the newest first."""
    now = _now(session)
    rows = session.scalars(
        select(ServiceInstance).order_by(
            ServiceInstance.service, ServiceInstance.lease_until.desc()
        )
    )
    return [
        LeaseView(
            service=row.service,
            instance=row.instance,
            url=row.url,
            version=row.version,
            started_at=row.started_at,
            lease_until=row.lease_until,
            is_live=row.lease_until >= now,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class _Sums:
    total: int
    degraded: int
    down: int
    mean_ms: float | None


def _history(session: Session, grain: Grain, now: datetime) -> dict[str, dict[datetime, _Sums]]:
    first = _starts(grain, now)[0]
    rows = (
        _raw_history(session, grain, first)
        if grain.length < rules.BUCKET
        else _summed_history(session, grain, first)
    )
    found: dict[str, dict[datetime, _Sums]] = {}
    for component, start, *sums in rows:
        found.setdefault(component, {})[start] = _Sums(*sums)
    return found


def _raw_history(session: Session, grain: Grain, first: datetime) -> Sequence[Any]:
    start = _binned(HealthProbe.at, grain, first)
    known = HealthProbe.status.not_in((Health.OFF, Health.UNKNOWN))
    return session.execute(
        select(
            HealthProbe.component,
            start,
            func.count().filter(known),
            func.count().filter(HealthProbe.status == Health.DEGRADED),
            func.count().filter(HealthProbe.status == Health.DOWN),
            func.avg(HealthProbe.latency_ms),
        )
        .where(HealthProbe.at >= first)
        .group_by(HealthProbe.component, start)
    ).all()


def _summed_history(session: Session, grain: Grain, first: datetime) -> Sequence[Any]:
    start = _binned(HealthBucket.start_at, grain, first)
    return session.execute(
        select(
            HealthBucket.component,
            start,
            _summed(HealthBucket.total),
            _summed(HealthBucket.degraded),
            _summed(HealthBucket.down),
            func.sum(HealthBucket.latency_sum_ms) / func.nullif(_summed(HealthBucket.measured), 0),
        )
        .where(HealthBucket.start_at >= first)
        .group_by(HealthBucket.component, start)
    ).all()


def _latencies_p95(session: Session, now: datetime) -> dict[str, float]:
    rows = session.execute(
        select(
            HealthProbe.component,
            func.percentile_cont(0.95).within_group(HealthProbe.latency_ms),
        )
        .where(HealthProbe.at >= now - _P95_WINDOW, HealthProbe.latency_ms.is_not(None))
        .group_by(HealthProbe.component)
    )
    return {component: float(latency) for component, latency in rows}


def _uptime(session: Session, since: datetime) -> dict[str, float]:
    rows = session.execute(
        select(HealthBucket.component, _summed(HealthBucket.total), _summed(HealthBucket.down))
        .where(HealthBucket.start_at >= since)
        .group_by(HealthBucket.component)
    )
    return {component: 1 - down / total for component, total, down in rows if total}


def _starts(grain: Grain, now: datetime) -> list[datetime]:
    """Return the starts of the bars, oldest first; the last one holds this moment."""
    seconds = int(grain.length.total_seconds())
    last = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
    return [last - grain.length * back for back in reversed(range(grain.bars))]


def _binned(at: Any, grain: Grain, first: datetime) -> Any:
    return func.date_bin(
        literal(grain.length, Interval), at, literal(first, DateTime(timezone=True))
    )


def _summed(column: Any) -> Any:
    # PostgreSQL sums bigint as numeric; counts are whole numbers.
    return cast(func.sum(column), BigInteger)


def _trend(sums: Mapping[datetime, _Sums], starts: Sequence[datetime]) -> tuple[float, ...]:
    means = (sums[start].mean_ms for start in starts if start in sums)
    return tuple(float(mean) for mean in means if mean is not None)


def _bucket(start: datetime, sums: _Sums | None) -> Bucket:
    if sums is None:
        return Bucket(start=start, total=0, degraded=0, failed=0)
    return Bucket(start=start, total=sums.total, degraded=sums.degraded, failed=sums.down)


def _component_now(row: ComponentHealth, now: datetime) -> ComponentNow:
    status = rules.current(row.status, row.checked_at, now)
    stale = status is Health.UNKNOWN and row.status is not Health.UNKNOWN
    return ComponentNow(
        component=row.component,
        label=rules.label_of(row.component),
        status=status,
        since=row.checked_at if stale else row.since,
        checked_at=row.checked_at,
        latency_ms=None if stale else row.latency_ms,
        detail=rules.why_unknown(row.component) if stale else row.detail,
    )


def _newest_leases(session: Session) -> dict[str, ServiceInstance]:
    rows = session.scalars(
        select(ServiceInstance)
        .where(ServiceInstance.service != "web")  # asked over HTTP instead
        .ext(distinct_on(ServiceInstance.service))
        .order_by(ServiceInstance.service, ServiceInstance.lease_until.desc())
    )
    return {rules.component_of_service(row.service): row for row in rows}


def _process_now(
    component: str, lease: ServiceInstance, probed: ComponentNow | None, now: datetime
) -> ComponentNow:
    seen = rules.of_lease(component, lease.lease_until, now)
    if probed is not None and probed.status is seen.status:
        since = probed.since
    else:
        since = lease.started_at if lease.lease_until >= now else lease.lease_until
    return ComponentNow(
        component=component,
        label=rules.label_of(component),
        status=seen.status,
        since=since,
        checked_at=now,
        latency_ms=None,
        detail=seen.detail,
    )


def _by_severity(status: Health, component: str) -> tuple[int, tuple[int, str]]:
    return rules.SEVERITY[status], rules.order_of(component)


def _now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
