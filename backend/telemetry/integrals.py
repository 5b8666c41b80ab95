"""What sensors said, integrated day by day over the time that readings cover. One query.

Sums of 5 minutes, kept for years, are points in the middle of their stretch; hours with readings
that are not summed up yet are read from those.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.telemetry.energy.days import Integral
from backend.telemetry.energy.integral import integrate
from backend.telemetry.stay_rules import Turn

_MARGIN: Final = timedelta(hours=2)
_HOUR_S: Final = 3600.0

# A month of a unit is 8,640 points: packed as big-endian doubles they come as two values.
_POINTS = text("""
WITH wanted AS (
    SELECT unnest(CAST(:sensors AS uuid[])) AS sensor_id
), stale AS MATERIALIZED (
    SELECT DISTINCT s.sensor_id, s.hour FROM reading_stale_hour s JOIN wanted USING (sensor_id)
     WHERE s.hour >= CAST(:since AS timestamptz) - interval '1 hour' AND s.hour < :until
), points AS (
    SELECT f.sensor_id, extract(epoch FROM f.start)::float8 + 150 AS at_s, f.mean AS value
      FROM wanted JOIN reading_5min f USING (sensor_id)
      LEFT JOIN stale ON stale.sensor_id = f.sensor_id
       AND stale.hour = date_bin('1 hour', f.start, timestamptz '2000-01-01 00:00:00+00')
     WHERE f.start >= :since AND f.start < :until AND stale.hour IS NULL
    UNION ALL
    SELECT r.sensor_id, floor(extract(epoch FROM r.at)::float8 / 300) * 300 + 150, avg(r.value)
      FROM stale JOIN reading r ON r.sensor_id = stale.sensor_id
       AND r.at >= stale.hour AND r.at < stale.hour + interval '1 hour'
     WHERE r.at >= :since AND r.at < :until GROUP BY 1, 2
)
SELECT sensor_id, string_agg(float8send(at_s), ''::bytea ORDER BY at_s) AS at_s,
       string_agg(float8send(value), ''::bytea ORDER BY at_s) AS values
  FROM points GROUP BY sensor_id
""")


Key = TypeVar("Key", bound=Hashable)


def daily(
    session: Session,
    turns: Mapping[Key, Sequence[Turn]],
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
) -> dict[Key, list[Integral]]:
    """Return what was measured on each day from ``first`` to ``last`` there, oldest first.

    ``turns`` are, by what is asked for, the sensors that said it and when; no day is left out.
    """
    sensor_ids = {turn.sensor_id for each in turns.values() for turn in each}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    edges_s = np.array([_midnight(day, zone).timestamp() for day in (*days, _after(last))])
    if not sensor_ids:
        return {key: _days(days, edges_s, np.empty(0), np.empty(0)) for key in turns}
    rows = session.execute(
        _POINTS,
        {
            "sensors": sorted(sensor_ids),
            "since": _midnight(first, zone) - _MARGIN,
            "until": _midnight(_after(last), zone) + _MARGIN,
        },
    )
    points = {row.sensor_id: (_unpacked(row.at_s), _unpacked(row[2])) for row in rows}
    return {key: _days(days, edges_s, *_joined(points, each)) for key, each in turns.items()}


def _joined(
    points: Mapping[UUID, tuple[NDArray[np.float64], NDArray[np.float64]]], turns: Sequence[Turn]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what was said in turns, instants and values.

    A sum in which a turn ends is in it where its middle is: a sensor that was taken out has said
    nothing since, so that no sum holds anything of another unit.
    """
    at_s, values = [np.empty(0)], [np.empty(0)]
    for turn in turns:
        if turn.sensor_id in points:
            instants, said = points[turn.sensor_id]
            counts = (instants >= turn.start.timestamp()) & (instants < turn.end.timestamp())
            at_s.append(instants[counts])
            values.append(said[counts])
    return np.concatenate(at_s), np.concatenate(values)


def _days(
    days: Sequence[date],
    edges_s: NDArray[np.float64],
    at_s: NDArray[np.float64],
    values: NDArray[np.float64],
) -> list[Integral]:
    integrals, known_h = integrate(at_s, values, edges_s)
    return [
        Integral(
            on=day,
            value_hours=float(integrals[number]),
            known_h=float(known_h[number]),
            # Two days a year have not 24 hours.
            whole_h=float(edges_s[number + 1] - edges_s[number]) / _HOUR_S,
        )
        for number, day in enumerate(days)
    ]


def _unpacked(packed: bytes) -> NDArray[np.float64]:
    return np.frombuffer(packed, dtype=">f8").astype(np.float64)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _after(day: date) -> date:
    return day + timedelta(days=1)
