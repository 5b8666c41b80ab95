"""Writing what web processes have counted, and reading how much comes and how fast it is answered.

requests.store(session, tally.take())       a web process, with its sign of life
requests.traffic(session, principal)        the page
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Interval, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.gateway import request_rules as rules
from backend.gateway.ids import RouteClass
from backend.gateway.request_models import RequestMinute
from backend.gateway.views import Counted, Rate, Traffic, TrafficPoint

_FORGET_AT_ONCE = 20_000


def store(session: WriteSession, counted: Sequence[Counted]) -> None:
    """Add a process's counts to the rows of their minutes.

    Without a principal, as a sign of life: a process speaks for itself. Rows are taken in the order
    of their keys, so that two processes never wait for each other in a ring.
    """
    if not counted:
        return
    rows = insert(RequestMinute).values(
        [
            {
                "minute": each.minute,
                "route_class": each.route_class,
                "up_to_ms": each.up_to_ms,
                "requests": each.requests,
                "errors": each.errors,
            }
            for each in sorted(counted, key=lambda c: (c.minute, c.route_class, c.up_to_ms))
        ]
    )
    session.execute(
        rows.on_conflict_do_update(
            index_elements=["minute", "route_class", "up_to_ms"],
            set_={
                "requests": RequestMinute.requests + rows.excluded.requests,
                "errors": RequestMinute.errors + rows.excluded.errors,
            },
        )
    )


def forget(session: WriteSession) -> int:
    """Delete counts that are shown no longer, some thousands at once; return how many rows."""
    old = (
        select(RequestMinute.minute)
        .where(RequestMinute.minute < func.clock_timestamp() - rules.KEEP)
        .order_by(RequestMinute.minute)
        .limit(_FORGET_AT_ONCE)
        .subquery()
    )
    newest_old = select(func.max(old.c.minute)).scalar_subquery()
    gone = session.execute(
        delete(RequestMinute)
        .where(RequestMinute.minute <= newest_old)
        .returning(RequestMinute.minute)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def traffic(session: ReadSession, principal: Principal) -> Traffic:
    """Return what came in the last whole minutes, by kind and in all, and the hours before.

    Three queries. Minutes that no process has counted are left out, not taken as quiet.
    """
    principal.require(Permission.HEALTH_VIEW)
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    until = now.replace(second=0, microsecond=0)
    minutes, rows = _of_window(session, until)
    return Traffic(
        minutes=minutes,
        whole=_rate(None, rows, minutes),
        kinds=tuple(
            _rate(kind, [row for row in rows if row[0] is kind], minutes) for kind in RouteClass
        ),
        points=_points(session, until),
    )


_Row = tuple[RouteClass, int, int, int]


def _of_window(session: Session, until: datetime) -> tuple[int, list[_Row]]:
    inside = (
        RequestMinute.minute >= until - rules.WINDOW,
        RequestMinute.minute < until,
    )
    minutes = session.scalars(
        select(func.count(RequestMinute.minute.distinct())).where(*inside)
    ).one()
    summed = session.execute(
        select(
            RequestMinute.route_class,
            RequestMinute.up_to_ms,
            cast(func.sum(RequestMinute.requests), BigInteger),
            cast(func.sum(RequestMinute.errors), BigInteger),
        )
        .where(*inside)
        .group_by(RequestMinute.route_class, RequestMinute.up_to_ms)
    )
    return minutes, [(kind, bound, number, errors) for kind, bound, number, errors in summed]


def _rate(kind: RouteClass | None, rows: Iterable[_Row], minutes: int) -> Rate:
    requests, errors, histogram = 0, 0, dict[int, int]()
    for _, bound, number, failed in rows:
        requests, errors = requests + number, errors + failed
        histogram[bound] = histogram.get(bound, 0) + number
    return Rate(
        kind=kind,
        per_minute=requests / minutes if minutes else None,
        error_share=errors / requests if requests else None,
        p50_ms=rules.quantile_ms(histogram, 0.5),
        p95_ms=rules.quantile_ms(histogram, 0.95),
    )


def _points(session: Session, until: datetime) -> tuple[TrafficPoint, ...]:
    """Return the hours before ``until`` in steps, oldest first; a step without a count is empty."""
    seconds = int(rules.CHART_STEP.total_seconds())
    end = datetime.fromtimestamp(int(until.timestamp()) // seconds * seconds, tz=until.tzinfo)
    starts = [end - rules.CHART_STEP * back for back in range(rules.CHART // rules.CHART_STEP)]
    starts.reverse()
    step = func.date_bin(literal(rules.CHART_STEP, Interval), RequestMinute.minute, starts[0])
    found = session.execute(
        select(
            step.label("start"),
            func.count(RequestMinute.minute.distinct()),
            cast(func.sum(RequestMinute.requests), BigInteger),
            cast(func.sum(RequestMinute.errors), BigInteger),
        )
        .where(RequestMinute.minute >= starts[0], RequestMinute.minute < until)
        .group_by("start")
    )
    by_start = {start: (minutes, number, errors) for start, minutes, number, errors in found}
    return tuple(_point(start, by_start.get(start)) for start in starts)


def _point(start: datetime, summed: tuple[int, int, int] | None) -> TrafficPoint:
    if summed is None:
        return TrafficPoint(start=start, per_minute=None, errors=0)
    minutes, requests, errors = summed
    return TrafficPoint(start=start, per_minute=requests / minutes, errors=errors)
