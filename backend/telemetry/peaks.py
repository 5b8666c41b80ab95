"""Lowest and highest values over time, from the sums where they hold and from readings elsewhere.

A sum holds until its hour has new readings; then that hour is read from the readings themselves, so
what is drawn is never behind the last summing up.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Interval,
    Subquery,
    func,
    literal,
    select,
    union_all,
)

from backend.telemetry.ids import SensorId
from backend.telemetry.models import Reading
from backend.telemetry.rollup_models import ReadingFine, ReadingHour, StaleHour

FINE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def peaks(since: datetime, every: timedelta, sensor_id: SensorId | None = None) -> Subquery:
    """Return (sensor_id, at, lowest, highest) from ``since`` on, each for no longer than ``every``.

    ``every`` is at least 5 minutes. A sum stands at the beginning of its stretch.
    """
    sums = ReadingHour if every >= HOUR else ReadingFine
    stale = select(StaleHour.sensor_id, StaleHour.hour).distinct()
    if sensor_id is not None:
        stale = stale.where(StaleHour.sensor_id == sensor_id)
    hours = stale.where(StaleHour.hour > since - HOUR).subquery("stale")
    rolled = (
        select(sums.sensor_id, sums.start.label("at"), sums.lowest, sums.highest)
        .outerjoin(
            hours,
            (hours.c.sensor_id == sums.sensor_id)
            & (hours.c.hour == binned(sums.start.expression, HOUR)),
        )
        .where(sums.start >= since, hours.c.hour.is_(None))
    )
    single = (
        select(
            Reading.sensor_id,
            Reading.at,
            Reading.value.label("lowest"),
            Reading.value.label("highest"),
        )
        .join(
            hours,
            (hours.c.sensor_id == Reading.sensor_id)
            & (Reading.at >= hours.c.hour)
            & (Reading.at < hours.c.hour + literal(HOUR, Interval)),
        )
        .where(Reading.at >= since)
    )
    if sensor_id is not None:
        rolled = rolled.where(sums.sensor_id == sensor_id)
        single = single.where(Reading.sensor_id == sensor_id)
    return union_all(rolled, single).subquery("peaks")


def binned(
    at: ColumnElement[datetime], every: timedelta, origin: datetime = _EPOCH
) -> ColumnElement[datetime]:
    """Return the start of the stretch that an instant lies in."""
    return func.date_bin(literal(every, Interval), at, literal(origin, DateTime(timezone=True)))
