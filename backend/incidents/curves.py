"""What a unit's probe said over a window, from readings or, where they are gone, from their sums.

Raw readings are kept for months, sums of 5 minutes for years, those of hours for ever
(telemetry.keeping). Of a sum the value farthest from the set point counts: whoever judges an old
incident sees it rather worse than it was.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from backend.core.sessions import ReadSession
from backend.incidents.exposure import usual_interval
from backend.incidents.ids import ReadingsFrom
from backend.telemetry.ids import TEMPERATURES, SensorKind
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.newest import newest_reading
from backend.telemetry.peaks import HOUR
from backend.telemetry.rollup_models import ReadingFine, ReadingHour
from backend.telemetry.stay_rules import Turn
from backend.telemetry.views import ReadingPoint

MARGIN = timedelta(hours=1)
"""Readings around a window, so that its ends lie between two."""
_LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Temperatures, oldest first, with the distance that is usual among them."""

    points: Sequence[ReadingPoint]
    interval: timedelta
    readings_from: ReadingsFrom


def curve_of(
    session: ReadSession,
    sensor_id: UUID,
    start: datetime,
    end: datetime,
    *,
    setpoint_c: float,
    has_low: bool,
) -> Curve:
    """Return a probe's temperatures from ``start`` to ``end`` and MARGIN beyond."""
    since, until = start - MARGIN, end + MARGIN
    raw = [
        ReadingPoint(at=at, temperature_c=value)
        for at, value in session.execute(
            select(Reading.at, Reading.value)
            .where(Reading.sensor_id == sensor_id, Reading.at >= since, Reading.at <= until)
            .order_by(Reading.at)
        )
    ]
    for sums, source, late in (
        (ReadingFine, ReadingsFrom.FIVE_MINUTES, _LATE),
        # An hour stands at its beginning: it may be the one that the first reading lies in.
        (ReadingHour, ReadingsFrom.HOURS, HOUR),
    ):
        if raw and raw[0].at <= start + _LATE:
            break
        summed = _summed(
            session, sums, sensor_id, since, until, setpoint_c=setpoint_c, has_low=has_low
        )
        if summed and (not raw or summed[0].at < raw[0].at - late):
            return Curve(points=summed, interval=usual_interval(summed), readings_from=source)
    return Curve(
        points=raw,
        interval=usual_interval(raw),
        readings_from=ReadingsFrom.READINGS if raw else ReadingsFrom.NOTHING,
    )


def curve_in_turn(
    session: ReadSession,
    turns: Sequence[Turn],
    start: datetime,
    end: datetime,
    *,
    setpoint_c: float,
    has_low: bool,
) -> Curve:
    """Return what a unit's probes said one after the other, each in its turn (stay_rules)."""
    parts = []
    for turn in turns:
        part = curve_of(
            session, turn.sensor_id, turn.start, turn.end, setpoint_c=setpoint_c, has_low=has_low
        )
        # Only at the ends of the whole there is nobody else whose turn it is beyond.
        low = turn.start if turn.start > start else turn.start - MARGIN
        high = turn.end if turn.end < end else turn.end + MARGIN
        points = [point for point in part.points if low <= point.at <= high]
        parts.append(replace(part, points=points))
    joined = [point for part in parts for point in part.points]
    # The coarsest of what it was read from is said of all.
    coarsest = max((part.readings_from for part in parts), key=_FINENESS.index, default=None)
    return Curve(
        points=joined,
        interval=max((part.interval for part in parts), default=usual_interval(())),
        readings_from=coarsest or ReadingsFrom.NOTHING,
    )


_FINENESS = (
    ReadingsFrom.NOTHING,
    ReadingsFrom.READINGS,
    ReadingsFrom.FIVE_MINUTES,
    ReadingsFrom.HOURS,
)


def count_readings(session: ReadSession, sensor_id: UUID, start: datetime, end: datetime) -> int:
    """Return how many readings there are from ``start`` to ``end`` and MARGIN beyond."""
    return session.scalars(
        select(func.count())
        .select_from(Reading)
        .where(
            Reading.sensor_id == sensor_id,
            Reading.at >= start - MARGIN,
            Reading.at <= end + MARGIN,
        )
    ).one()


def heard_at(session: ReadSession, sensor_id: UUID) -> datetime | None:
    """Return when a sensor reported last; None if it never did."""
    return session.scalars(newest_reading(sensor_id)).one_or_none()


def governing_sensors(
    session: ReadSession, unit_ids: Sequence[UUID], alarmed: Sequence[UUID]
) -> dict[UUID, Sensor]:
    """Return the probe that counts for each unit that has one.

    One in the product or a buffer before one in the air, for samples warm as slowly; among those
    one that is in alarm, then the first by its code.
    """
    found: dict[UUID, list[Sensor]] = {}
    for sensor in session.scalars(
        select(Sensor).where(
            Sensor.unit_id.in_(unit_ids),
            Sensor.kind.in_(TEMPERATURES),
            Sensor.disconnected_at.is_(None),
        )
    ):
        found.setdefault(sensor.unit_id, []).append(sensor)

    def turn(sensor: Sensor) -> tuple[bool, bool, str]:
        is_air = sensor.kind is not SensorKind.TEMPERATURE_PROBE
        return is_air, sensor.id not in alarmed, sensor.code

    return {unit_id: min(sensors, key=turn) for unit_id, sensors in found.items()}


def thermometers_of(session: ReadSession, unit_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return the keys of the thermometers of each unit that has any."""
    found: dict[UUID, set[UUID]] = {}
    for unit_id, sensor_id in session.execute(
        select(Sensor.unit_id, Sensor.id).where(
            Sensor.unit_id.in_(unit_ids),
            Sensor.kind.in_(TEMPERATURES),
            Sensor.disconnected_at.is_(None),
        )
    ):
        found.setdefault(unit_id, set()).add(sensor_id)
    return found


def _summed(
    session: ReadSession,
    sums: type[ReadingFine | ReadingHour],
    sensor_id: UUID,
    since: datetime,
    until: datetime,
    *,
    setpoint_c: float,
    has_low: bool,
) -> list[ReadingPoint]:
    rows = session.execute(
        select(sums.start, sums.lowest, sums.highest)
        .where(sums.sensor_id == sensor_id, sums.start >= since, sums.start <= until)
        .order_by(sums.start)
    )
    return [
        ReadingPoint(
            at=at,
            temperature_c=lowest
            if has_low and setpoint_c - lowest > highest - setpoint_c
            else highest,
        )
        for at, lowest, highest in rows
    ]
