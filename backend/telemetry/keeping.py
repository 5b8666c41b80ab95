"""How long readings are kept and how they are summed up. Jobs call it; so does the seed.

Raw readings lie in partitions of a month (db/migrations/sql/19_readings.sql). A month goes when all
of it is older than the laboratory keeps; the sums of 5 minutes go later, those of hours never.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry.rollup_models import ReadingFine, StaleHour

MONTHS_AHEAD: Final = 2
SHORTEST_DAYS: Final = 90
"""The pages show ninety days of single readings."""
FINE_KEPT: Final = timedelta(days=3 * 365)
_HOURS_AT_ONCE: Final = 20_000
_FINE_AT_ONCE: Final = 50_000

_MAKE = text("SELECT reading_month(:month)")
_FORGET = text("SELECT forget_readings(:before)")
_ROLL_UP = text("SELECT roll_up_readings(:most)")
_WAITING = text(
    "SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC')::date FROM reading_default "
    "WHERE at >= :since AND at < :until"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeping house has done."""

    months_made: int
    months_forgotten: int


def keep_readings(session: WriteSession, principal: Principal, *, days: int) -> Kept:
    """Make the partitions of the months to come and forget readings older than ``days``.

    Readings that came before their month had a partition move into it.
    """
    principal.require(Permission.HEALTH_OPERATE)
    now = clock.utc_now()
    before = kept_from(now, days)
    until = _months_on(_month(now), MONTHS_AHEAD + 1)
    waiting = session.scalars(_WAITING, {"since": before, "until": until}).all()
    ahead = [_months_on(_month(now), number) for number in range(MONTHS_AHEAD + 1)]
    made = sum(_make(session, month) for month in sorted({*waiting, *ahead}))
    forgotten = session.execute(_FORGET, {"before": before}).scalar_one()
    session.execute(delete(StaleHour).where(StaleHour.hour < before))
    old = (
        select(ReadingFine.sensor_id, ReadingFine.start)
        .where(ReadingFine.start < now - FINE_KEPT)
        .limit(_FINE_AT_ONCE)
        .subquery()
    )
    session.execute(
        delete(ReadingFine).where(
            ReadingFine.sensor_id == old.c.sensor_id, ReadingFine.start == old.c.start
        )
    )
    return Kept(months_made=made, months_forgotten=forgotten)


def make_months(session: Session, since: datetime, until: datetime) -> int:
    """Make the partitions of the months from ``since`` to ``until``; return how many are new."""
    month, made = _month(since), 0
    while month <= _month(until):
        made += _make(session, month)
        month = _months_on(month, 1)
    return made


def roll_up(session: WriteSession, principal: Principal) -> int:
    """Sum up the hours that have new readings, late ones too; return how many were taken.

    At most 20,000 at once, seconds of work; zero says that nothing is left.
    """
    principal.require(Permission.HEALTH_OPERATE)
    taken: int = session.execute(_ROLL_UP, {"most": _HOURS_AT_ONCE}).scalar_one()
    return taken


def waiting_hours(session: Session) -> int:
    """Return how many hours are to be summed up again."""
    return session.scalars(select(func.count()).select_from(StaleHour)).one()


def kept_from(now: datetime, days: int) -> date:
    """Return the first day whose readings are kept: whole months, in UTC, never fewer days."""
    return _month(now - timedelta(days=max(days, SHORTEST_DAYS)))


def _make(session: Session, month: date) -> bool:
    made: bool = session.execute(_MAKE, {"month": month}).scalar_one()
    return made


def _month(instant: datetime) -> date:
    return instant.astimezone(UTC).date().replace(day=1)


def _months_on(month: date, number: int) -> date:
    years, zero_based = divmod(month.month - 1 + number, 12)
    return date(month.year + years, zero_based + 1, 1)
