"""Reading sensors, temperatures and alarms. Whoever may see storage may see how cold it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry import peaks, rules
from backend.telemetry.errors import SensorNotFound
from backend.telemetry.ids import TEMPERATURES, AlarmKind, SensorId, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.views import ReadingPoint, SensorDay, SensorNow, UnitAlarm

_DAY = timedelta(days=1)
_LATEST = timedelta(minutes=30)
_MOST_OF_A_RUN = 20_000
"""Two weeks of readings of a minute."""
_EVER: ColumnElement[datetime] = literal_column("'-infinity'::timestamptz")


def open_alarms(session: ReadSession, principal: Principal) -> list[UnitAlarm]:
    """Return the units in alarm: those nobody has acknowledged first, then the oldest."""
    principal.require(Permission.STORAGE_VIEW)
    sensors = session.scalars(select(Sensor).where(Sensor.alarm_since.is_not(None))).all()
    latest = latest_readings(session, [SensorId(sensor.id) for sensor in sensors])
    now = clock.utc_now()
    alarms = [_alarm(sensor, latest.get(SensorId(sensor.id), []), now) for sensor in sensors]
    return sorted(alarms, key=lambda each: (each.acknowledged_at is not None, each.since))


def sensors_now(session: ReadSession, principal: Principal) -> list[SensorNow]:
    """Return every sensor of a temperature with its newest reading, by unit."""
    principal.require(Permission.STORAGE_VIEW)
    newest = (
        select(Reading.at, Reading.value)
        .where(Reading.sensor_id == Sensor.id)
        .order_by(Reading.at.desc())
        .limit(1)
        .lateral("newest")
    )
    rows = session.execute(
        select(Sensor, newest.c.at, newest.c.value)
        .outerjoin(newest, literal(value=True))
        .where(Sensor.kind.in_(TEMPERATURES))
        .order_by(Sensor.unit_label, Sensor.code)
    )
    now = clock.utc_now()
    return [_sensor_now(sensor, at, temperature_c, now) for sensor, at, temperature_c in rows]


def last_day(session: ReadSession, principal: Principal) -> dict[SensorId, SensorDay]:
    """Return the last 24 hours of every sensor that has reported in them. One query."""
    principal.require(Permission.STORAGE_VIEW)
    since = clock.utc_now() - _DAY
    found = peaks.peaks(since, peaks.FINE)
    half_hour = peaks.binned(found.c.at, _LATEST, since)
    rows = session.execute(
        select(found.c.sensor_id, func.min(found.c.lowest), func.max(found.c.highest))
        .group_by(found.c.sensor_id, half_hour)
        .order_by(found.c.sensor_id, half_hour)
    ).all()
    days = {}
    for sensor_id, stretches in groupby(rows, key=lambda row: row[0]):
        lows, highs = zip(*((low, high) for _, low, high in stretches), strict=True)
        days[SensorId(sensor_id)] = SensorDay(
            low_c=min(lows), high_c=max(highs), warmest_c=tuple(highs)
        )
    return days


def readings(
    session: ReadSession, principal: Principal, sensor_id: SensorId, since: datetime
) -> list[ReadingPoint]:
    """Return a sensor's temperatures from ``since``, oldest first, at most about 480.

    A longer range is thinned to one reading of each stretch, the warmest or, where cold does harm
    too, the one farthest from the set point: a peak is never averaged away.

    Raises:
        SensorNotFound: no such sensor.
    """
    principal.require(Permission.STORAGE_VIEW)
    sensor = session.get(Sensor, sensor_id)
    if sensor is None:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    every = rules.stretch(since, clock.utc_now())
    if every >= peaks.FINE:
        return _peaks(session, sensor, since, every)
    stretch = peaks.binned(Reading.at.expression, every, since)
    worst: ColumnElement[float] = Reading.value.expression
    if sensor.alarm_low_c is not None:
        worst = func.abs(Reading.value - sensor.setpoint_c)
    thinned = (
        select(Reading.at, Reading.value)
        .where(Reading.sensor_id == sensor_id, Reading.at >= since)
        .ext(distinct_on(stretch))
        .order_by(stretch, worst.desc(), Reading.at)
        .subquery()
    )
    rows = session.execute(select(thinned.c.at, thinned.c.value).order_by(thinned.c.at))
    return [ReadingPoint(at=at, temperature_c=value) for at, value in rows]


def _peaks(
    session: ReadSession, sensor: Sensor, since: datetime, every: timedelta
) -> list[ReadingPoint]:
    """Return the worst of each stretch of a long range, from the sums."""
    found = peaks.peaks(since, every, SensorId(sensor.id))
    stretch = peaks.binned(found.c.at, every, since)
    worst: ColumnElement[float] = found.c.highest
    away = worst
    if sensor.alarm_low_c is not None:
        too_cold = sensor.setpoint_c - found.c.lowest > found.c.highest - sensor.setpoint_c
        worst = case((too_cold, found.c.lowest), else_=found.c.highest)
        away = func.abs(worst - sensor.setpoint_c)
    thinned = (
        select(found.c.at, worst.label("worst"))
        .ext(distinct_on(stretch))
        .order_by(stretch, away.desc(), found.c.at)
        .subquery()
    )
    rows = session.execute(select(thinned.c.at, thinned.c.worst).order_by(thinned.c.at))
    return [ReadingPoint(at=at, temperature_c=value) for at, value in rows]


def latest_readings(
    session: Session, sensor_ids: Sequence[SensorId]
) -> dict[SensorId, list[ReadingPoint]]:
    """Return what `rules.judge` needs of each sensor, oldest first.

    That is its last half hour and, as long as there is no alarm, the whole present run outside its
    limits. Sensors without a reading are absent. One query.
    """
    if not sensor_ids:
        return {}
    # An open alarm knows its start; without one the run mostly begins with the newest reading.
    run_from = case(
        (Sensor.kind.not_in(TEMPERATURES), _newest_at()),
        (Sensor.alarm_since.is_(None), func.coalesce(_newest_at(in_range=True), _EVER)),
        else_=_newest_at(),
    )
    start = select(func.least(run_from, _newest_at() - _LATEST).label("at")).lateral("start")
    run = (
        select(Reading.at, Reading.value)
        .where(Reading.sensor_id == Sensor.id, Reading.at >= start.c.at)
        .order_by(Reading.at.desc())
        .limit(_MOST_OF_A_RUN)
        .lateral("run")
    )
    rows = session.execute(
        select(Sensor.id, run.c.at, run.c.value)
        .select_from(Sensor)
        .join(start, literal(value=True))
        .join(run, literal(value=True))
        .where(Sensor.id.in_(sensor_ids))
        .order_by(Sensor.id, run.c.at)
    ).all()
    return {
        SensorId(sensor_id): [
            ReadingPoint(at=at, temperature_c=temperature_c) for _, at, temperature_c in points
        ]
        for sensor_id, points in groupby(rows, key=lambda row: row[0])
    }


def _newest_at(*, in_range: bool = False) -> ScalarSelect[datetime]:
    newest = select(Reading.at).where(Reading.sensor_id == Sensor.id)
    if in_range:
        newest = newest.where(
            Reading.value <= Sensor.alarm_high_c,
            or_(Sensor.alarm_low_c.is_(None), Reading.value >= Sensor.alarm_low_c),
        )
    return newest.order_by(Reading.at.desc()).limit(1).correlate(Sensor).scalar_subquery()


def _alarm(sensor: Sensor, latest: Sequence[ReadingPoint], now: datetime) -> UnitAlarm:
    # Raised by readings, so there are some and it has a start.
    newest = latest[-1]
    assert sensor.alarm_since is not None  # noqa: S101 what the query asked for
    return UnitAlarm(
        sensor_id=SensorId(sensor.id),
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        temperature_c=newest.temperature_c,
        limit_c=_limit_c(sensor),
        is_cold=sensor.is_cold,
        kind=AlarmKind.LOW if sensor.is_cold else AlarmKind.HIGH,
        rate_c_per_min=rules.rate_c_per_min(latest),
        since=sensor.alarm_since,
        acknowledged_at=sensor.acknowledged_at,
        acknowledged_by_name=sensor.acknowledged_by_name,
        back_since=sensor.back_since,
        is_stale=rules.is_silent(newest.at, now),
        is_simulated=sensor.source is SensorSource.SIMULATED,
    )


def _limit_c(sensor: Sensor) -> float:
    low_c = sensor.alarm_low_c if sensor.is_cold else None
    return sensor.alarm_high_c if low_c is None else low_c


def _sensor_now(
    sensor: Sensor, at: datetime | None, temperature_c: float | None, now: datetime
) -> SensorNow:
    return SensorNow(
        sensor_id=SensorId(sensor.id),
        code=sensor.code,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        setpoint_c=sensor.setpoint_c,
        warning_high_c=sensor.warning_high_c,
        alarm_high_c=sensor.alarm_high_c,
        alarm_low_c=sensor.alarm_low_c,
        temperature_c=temperature_c,
        read_at=at,
        is_stale=rules.is_silent(at, now),
        alarm_since=sensor.alarm_since,
        back_since=sensor.back_since,
        acknowledged_at=sensor.acknowledged_at,
        is_simulated=sensor.source is SensorSource.SIMULATED,
    )
