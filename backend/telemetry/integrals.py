"""What sensors said, integrated day by day over the time that readings cover. One query.

Sums of 5 minutes, kept for years, are points in the middle of their stretch; hours with readings
that are not summed up yet are read from those. Between two points values change evenly, unless
they lie farther apart than a gap: what happened there is not known, and nothing is made up for it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.telemetry.energy.days import Integral

GAP: Final = timedelta(minutes=20)
"""Two points farther apart are a gap, unless three times the usual distance is more (DOMAIN 2h)."""
_MARGIN: Final = timedelta(hours=2)

_DAYS = text("""
WITH wanted AS (
    SELECT unnest(CAST(:sensors AS uuid[])) AS sensor_id
), stale AS MATERIALIZED (
    SELECT DISTINCT s.sensor_id, s.hour FROM reading_stale_hour s JOIN wanted USING (sensor_id)
     WHERE s.hour >= :since - interval '1 hour' AND s.hour < :until
), points AS (
    SELECT f.sensor_id, f.start + interval '150 seconds' AS at, f.mean AS value
      FROM wanted JOIN reading_5min f USING (sensor_id)
      LEFT JOIN stale ON stale.sensor_id = f.sensor_id
       AND stale.hour = date_bin('1 hour', f.start, timestamptz '2000-01-01 00:00:00+00')
     WHERE f.start >= :since AND f.start < :until AND stale.hour IS NULL
    UNION ALL
    SELECT r.sensor_id,
           date_bin('5 minutes', r.at, timestamptz '2000-01-01 00:00:00+00')
               + interval '150 seconds',
           avg(r.value)
      FROM stale JOIN reading r ON r.sensor_id = stale.sensor_id
       AND r.at >= stale.hour AND r.at < stale.hour + interval '1 hour'
     WHERE r.at >= :since AND r.at < :until GROUP BY 1, 2
), pairs AS MATERIALIZED (
    SELECT sensor_id, at, value, lead(at) OVER run AS next_at, lead(value) OVER run AS next_value
      FROM points WINDOW run AS (PARTITION BY sensor_id ORDER BY at)
), gaps AS (
    SELECT sensor_id,
           greatest(3 * percentile_disc(0.5) WITHIN GROUP (ORDER BY next_at - at),
                    CAST(:gap AS interval)) AS gap
      FROM pairs WHERE next_at IS NOT NULL GROUP BY sensor_id
), parts AS (
    SELECT p.sensor_id, day.midnight::date AS on_day,
           p.at, p.value, (p.next_value - p.value) / extract(epoch FROM p.next_at - p.at) AS slope,
           greatest(p.at, day.midnight AT TIME ZONE :zone) AS starts,
           least(p.next_at, (day.midnight + interval '1 day') AT TIME ZONE :zone) AS ends
      FROM pairs p JOIN gaps USING (sensor_id)
     CROSS JOIN LATERAL generate_series(date_trunc('day', p.at AT TIME ZONE :zone),
                                        p.next_at AT TIME ZONE :zone, '1 day') AS day(midnight)
     WHERE p.next_at - p.at <= gaps.gap
), measured AS (
    SELECT sensor_id, on_day, extract(epoch FROM ends - starts)::float8 / 3600 AS hours,
           value + slope * extract(epoch FROM starts - at + (ends - starts) / 2) AS middle
      FROM parts WHERE ends > starts
)
SELECT sensor_id, on_day, sum(middle * hours)::float8 AS value_hours, sum(hours) AS known_h
  FROM measured WHERE on_day >= :first AND on_day <= :last GROUP BY sensor_id, on_day
""")


def daily(
    session: Session, sensor_ids: Sequence[UUID], *, first: date, last: date, zone: ZoneInfo
) -> dict[UUID, list[Integral]]:
    """Return each sensor's days from ``first`` to ``last`` there, oldest first, none left out."""
    if not sensor_ids:
        return {}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    rows = session.execute(
        _DAYS,
        {
            "sensors": list(sensor_ids),
            "since": midnight(first, zone) - _MARGIN,
            "until": midnight(last + timedelta(days=1), zone) + _MARGIN,
            "gap": GAP,
            "zone": zone.key,
            "first": first,
            "last": last,
        },
    )
    found = {(row.sensor_id, row.on_day): row for row in rows}
    return {
        sensor_id: [
            Integral(
                on=day,
                value_hours=0.0
                if (row := found.get((sensor_id, day))) is None
                else row.value_hours,
                known_h=0.0 if row is None else row.known_h,
                whole_h=_hours(day, zone),
            )
            for day in days
        ]
        for sensor_id in sensor_ids
    }


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins there."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _hours(day: date, zone: ZoneInfo) -> float:
    """Return how long a day is there: two a year have not 24 hours."""
    begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    return (ends.timestamp() - begins.timestamp()) / 3600
