"""Reading the program's health. Anyone signed in may see states; details stand behind pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Interval,
    Row,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
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
    PartToday,
    ProbePoint,
    StatesNow,
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
    """Return every part's state, the worst first. Two small queries."""
    return list(look(session).parts)


def look(session: ReadSession) -> StatesNow:
    """Return every part's state and when that was.

    A process is judged by its lease at this moment, so that one that dies is seen within the lease
    also when it is the one that would have probed; everything else by its newest probe.
    """
    now, leases_of = _newest_leases(session)
    found = {row.component: _component_now(row, now) for row in session.execute(_HEALTH)}
    found.update(
        {
            component: _process_now(component, lease, found.get(component), now)
            for component, lease in leases_of.items()
        }
    )
    worst_first = sorted(found.values(), key=lambda part: _by_severity(part.status, part.component))
    return StatesNow(at=now, parts=tuple(worst_first))


def worst_today(session: ReadSession, seen: StatesNow, limit: int) -> list[PartToday]:
    """Return the last 24 hours of the first ``limit`` parts that `look` has seen.

    The two queries read these parts' rows only, and no month of them as `component_states` does.
    """
    shown = seen.parts[:limit]
    grain = GRAINS[Range.DAY]
    starts = _starts(grain, seen.at)
    of_these = {"parts": [part.component for part in shown]}
    history = _sums_of(
        session.execute(_HISTORY_OF, {"length": grain.length, "first": starts[0], **of_these})
    )
    rows = session.execute(_LATENCIES_OF, {"since": seen.at - _P95_WINDOW, **of_these})
    latencies = {component: float(latency) for component, latency in rows}
    return [
        PartToday(
            label=part.label,
            status=part.status,
            latency_p95_ms=latencies.get(part.component),
            history=tuple(
                _bucket(start, history.get(part.component, {}).get(start)) for start in starts
            ),
        )
        for part in shown
    ]


def component_states(session: ReadSession, span: Range = Range.DAY) -> list[ComponentState]:
    """Return every part with its history over ``span``, the worst first."""
    seen = look(session)
    now, grain = seen.at, GRAINS[span]
    history = _history(session, grain, now)
    latencies = _latencies_p95(session, now)
    uptimes = _uptimes(session, now)
    starts = _starts(grain, now)
    states = []
    for part in seen.parts:
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
                uptime_24h=uptimes.get(part.component, _NEVER).day,
                uptime_30d=uptimes.get(part.component, _NEVER).month,
                measured_30d=uptimes.get(part.component, _NEVER).measured,
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
            label=row.label or rules.label_of(row.component),
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
    rows = session.execute(
        select(ServiceInstance, ServiceInstance.lease_until >= func.clock_timestamp()).order_by(
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
            is_live=is_live,
        )
        for row, is_live in rows
    ]


def _binned(at: Any) -> Any:
    return func.date_bin(
        bindparam("length", type_=Interval), at, bindparam("first", type_=DateTime(timezone=True))
    )


def _summed(column: Any) -> Any:
    # PostgreSQL sums bigint as numeric; counts are whole numbers.
    return cast(func.sum(column), BigInteger)


# Written once, not at every look: the bell, the sidebar and two pages ask these all day.
_HEALTH = select(*ComponentHealth.__table__.columns)
_MOMENT = select(func.clock_timestamp().label("at")).subquery("moment")
_NEWEST = (
    select(ServiceInstance.service, ServiceInstance.started_at, ServiceInstance.lease_until)
    .where(ServiceInstance.service.not_in(rules.JUDGED_BY_THEIR_WORK))  # asked over HTTP instead
    .ext(distinct_on(ServiceInstance.service))
    .order_by(ServiceInstance.service, ServiceInstance.lease_until.desc())
    .subquery("newest")
)
_NEWEST_LEASES = (
    select(_MOMENT, _NEWEST).select_from(_MOMENT).outerjoin(_NEWEST, literal(value=True))
)
_RAW_BIN = _binned(HealthProbe.at)
_RAW_HISTORY = (
    select(
        HealthProbe.component,
        _RAW_BIN,
        func.count().filter(HealthProbe.status.not_in((Health.OFF, Health.UNKNOWN))),
        func.count().filter(HealthProbe.status == Health.DEGRADED),
        func.count().filter(HealthProbe.status == Health.DOWN),
        func.avg(HealthProbe.latency_ms),
    )
    .where(HealthProbe.at >= bindparam("first"))
    .group_by(HealthProbe.component, _RAW_BIN)
)
_SUMMED_BIN = _binned(HealthBucket.start_at)
_SUMMED_HISTORY = (
    select(
        HealthBucket.component,
        _SUMMED_BIN,
        _summed(HealthBucket.total),
        _summed(HealthBucket.degraded),
        _summed(HealthBucket.down),
        func.sum(HealthBucket.latency_sum_ms) / func.nullif(_summed(HealthBucket.measured), 0),
    )
    .where(HealthBucket.start_at >= bindparam("first"))
    .group_by(HealthBucket.component, _SUMMED_BIN)
)
_LATENCIES = (
    select(HealthProbe.component, func.percentile_cont(0.95).within_group(HealthProbe.latency_ms))
    .where(HealthProbe.at >= bindparam("since"), HealthProbe.latency_ms.is_not(None))
    .group_by(HealthProbe.component)
)
_THESE = bindparam("parts", type_=ARRAY(Text))
_HISTORY_OF = _SUMMED_HISTORY.where(HealthBucket.component == any_(_THESE))
_LATENCIES_OF = _LATENCIES.where(HealthProbe.component == any_(_THESE))
_PROBE_S = int(rules.PROBE_EVERY.total_seconds())
_BUCKET_S = int(rules.BUCKET.total_seconds())
_IN_DAY = HealthBucket.start_at >= bindparam("day")
_UPTIMES = (
    select(
        HealthBucket.component,
        cast(func.sum(HealthBucket.total).filter(_IN_DAY), BigInteger),
        cast(func.sum(HealthBucket.down).filter(_IN_DAY), BigInteger),
        _summed(HealthBucket.total),
        _summed(HealthBucket.down),
        # A bucket cannot vouch for more than its own length, however often it was probed.
        _summed(func.least(HealthBucket.total * _PROBE_S, _BUCKET_S)),
    )
    .where(HealthBucket.start_at >= bindparam("month"))
    .group_by(HealthBucket.component)
)


@dataclass(frozen=True, slots=True)
class _Sums:
    total: int
    degraded: int
    down: int
    mean_ms: float | None


def _history(session: Session, grain: Grain, now: datetime) -> dict[str, dict[datetime, _Sums]]:
    first = _starts(grain, now)[0]
    statement = _RAW_HISTORY if grain.length < rules.BUCKET else _SUMMED_HISTORY
    return _sums_of(session.execute(statement, {"length": grain.length, "first": first}))


def _sums_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[str, dict[datetime, _Sums]]:
    found: dict[str, dict[datetime, _Sums]] = {}
    for component, start, *sums in rows:
        found.setdefault(component, {})[start] = _Sums(*sums)
    return found


def _latencies_p95(session: Session, now: datetime) -> dict[str, float]:
    rows = session.execute(_LATENCIES, {"since": now - _P95_WINDOW})
    return {component: float(latency) for component, latency in rows}


@dataclass(frozen=True, slots=True)
class _Uptime:
    day: float | None
    month: float | None
    measured: timedelta


_NEVER = _Uptime(None, None, timedelta(0))


def _uptimes(session: Session, now: datetime) -> dict[str, _Uptime]:
    """Return the shares of probes that were not down, and how much of the month they speak for."""
    rows = session.execute(_UPTIMES, {"day": now - _DAY, "month": now - rules.MONTH})
    return {
        part: _Uptime(_share(day, day_down), _share(month, month_down), timedelta(seconds=measured))
        for part, day, day_down, month, month_down, measured in rows
    }


def _share(total: int | None, down: int | None) -> float | None:
    return 1 - (down or 0) / total if total else None


def _starts(grain: Grain, now: datetime) -> list[datetime]:
    """Return the starts of the bars, oldest first; the last one holds this moment."""
    seconds = int(grain.length.total_seconds())
    last = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
    return [last - grain.length * back for back in reversed(range(grain.bars))]


def _trend(sums: Mapping[datetime, _Sums], starts: Sequence[datetime]) -> tuple[float, ...]:
    means = (sums[start].mean_ms for start in starts if start in sums)
    return tuple(float(mean) for mean in means if mean is not None)


def _bucket(start: datetime, sums: _Sums | None) -> Bucket:
    if sums is None:
        return Bucket(start=start, total=0, degraded=0, failed=0)
    return Bucket(start=start, total=sums.total, degraded=sums.degraded, failed=sums.down)


def _component_now(row: Row[*tuple[Any, ...]], now: datetime) -> ComponentNow:
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


def _newest_leases(session: Session) -> tuple[datetime, dict[str, Row[*tuple[Any, ...]]]]:
    """Return the moment, and of each service the lease that holds longest."""
    rows = session.execute(_NEWEST_LEASES).all()
    return rows[0].at, {
        rules.component_of_service(row.service): row for row in rows if row.service is not None
    }


def _process_now(
    component: str, lease: Row[*tuple[Any, ...]], probed: ComponentNow | None, now: datetime
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
