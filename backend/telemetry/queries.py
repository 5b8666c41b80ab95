"""Reading sensors, temperatures and alarms. Whoever may see storage may see how cold it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry import alarm_judging, alarm_rules, alarm_terms, peaks, rules
from backend.telemetry.alarm_judging import SIDES, Heard
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.alarm_suspecting import Span
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.errors import SensorNotFound
from backend.telemetry.ids import TEMPERATURES, AlarmId, AlarmKind, SensorId, SensorSource
from backend.telemetry.kinds import KINDS
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.newest import newest_reading
from backend.telemetry.views import ReadingPoint, SensorDay, SensorNow, UnitAlarm

_DAY = timedelta(days=1)
_LATEST = timedelta(minutes=30)
_MOST_OF_A_RUN = 20_000
"""Two weeks of readings of a minute."""


def open_alarms(
    session: ReadSession, principal: Principal, *, with_held: bool = False
) -> list[UnitAlarm]:
    """Return the open alarms: those nobody has acknowledged first, then the oldest.

    ``with_held``: also those of units in maintenance, of which nobody has been told.
    """
    principal.require(Permission.STORAGE_VIEW)
    asked = (
        select(Alarm, Sensor)
        .join(Sensor, Sensor.id == Alarm.sensor_id)
        .where(Alarm.closed_at.is_(None))
    )
    if not with_held:
        asked = asked.where(Alarm.told_at.is_not(None))
    rows = session.execute(asked).all()
    latest = newest_readings(session, sorted({SensorId(sensor.id) for _, sensor in rows}))
    now = clock.utc_now()
    alarms = [
        _alarm(alarm, sensor, latest.get(SensorId(sensor.id), []), now) for alarm, sensor in rows
    ]
    return sorted(
        alarms, key=lambda each: (each.acknowledged_at is not None, each.since, each.unit_label)
    )


def unanswered_alarms(session: Session) -> int:
    """Return how many alarms people were told of and nobody has acknowledged."""
    told = select(func.count()).where(Alarm.told_at.is_not(None), Alarm.closed_at.is_(None))
    return session.scalar(told.where(Alarm.acknowledged_at.is_(None))) or 0


def sensors_now(session: ReadSession, principal: Principal) -> list[SensorNow]:
    """Return every sensor of a temperature with its newest reading, by unit.

    Its alarm is the one of being too warm or too cold.
    """
    principal.require(Permission.STORAGE_VIEW)
    newest = newest_reading(Sensor.id).lateral("newest")
    rows = session.execute(
        select(Sensor, newest.c.at, newest.c.value, Alarm)
        .select_from(Sensor)
        .outerjoin(newest, literal(value=True))
        .outerjoin(
            Alarm,
            and_(
                Alarm.sensor_id == Sensor.id,
                Alarm.closed_at.is_(None),
                # One at most: judging lets a sensor be too warm or too cold.
                Alarm.kind.in_(SIDES),
            ),
        )
        .where(Sensor.kind.in_(TEMPERATURES), Sensor.disconnected_at.is_(None))
        .order_by(Sensor.unit_label, Sensor.code)
    ).all()
    standing = alarm_rules.standing(session)
    now = clock.utc_now()
    return [
        _sensor_now(sensor, at, temperature_c, alarm, standing, now)
        for sensor, at, temperature_c, alarm in rows
    ]


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
    if limits_of(session, sensor)[0] is not None:
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
    if limits_of(session, sensor)[0] is not None:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Which readings of a sensor are wanted: the last stretch, or the whole run out of a range."""

    sensor_id: SensorId
    low: float = float("-inf")
    high: float = float("inf")
    is_whole: bool = False


def newest_readings(
    session: Session, sensor_ids: Sequence[SensorId]
) -> dict[SensorId, list[ReadingPoint]]:
    """Return the last half hour of each sensor up to its newest reading, oldest first."""
    return latest_readings(session, [Want(sensor_id=each) for each in sensor_ids])


def latest_readings(
    session: Session, wants: Sequence[Want], *, reach: timedelta = _LATEST
) -> dict[SensorId, list[ReadingPoint]]:
    """Return what the rules need of each sensor, oldest first.

    That is its last half hour, or ``reach`` where that is more, and of those wanted whole the whole
    present run outside their range. Sensors without a reading are absent. One query.
    """
    if not wants:
        return {}
    rows = session.execute(
        _LATEST_OF,
        {
            "sensors": [each.sensor_id for each in wants],
            "lows": [each.low for each in wants],
            "highs": [each.high for each in wants],
            "whole": [each.is_whole for each in wants],
            "reach": max(reach, _LATEST),
            "most": _MOST_OF_A_RUN,
        },
    ).all()
    return {
        SensorId(sensor_id): [
            ReadingPoint(at=at, temperature_c=temperature_c) for _, at, temperature_c in points
        ]
        for sensor_id, points in groupby(rows, key=lambda row: row[0])
    }


def latest_spans(
    session: Session, sensor_ids: Sequence[SensorId], *, reach: timedelta
) -> dict[SensorId, Span]:
    """Return the newest value and the extremes of what `latest_readings` would return of each.

    Sensors without a reading are absent. One query, a row a sensor.
    """
    rows = session.execute(_SPAN_OF, {"sensors": list(sensor_ids), "reach": max(reach, _LATEST)})
    return {SensorId(sensor_id): Span(newest, low, high) for sensor_id, newest, low, high in rows}


# Ranges of one key in the key's order, as in newest.py: the planner may not take the index by time.
_SPAN_OF = text(
    "SELECT w.sensor_id, newest.value, run.low, run.high "
    "FROM unnest(CAST(:sensors AS uuid[])) AS w (sensor_id) "
    "CROSS JOIN LATERAL (SELECT at, value FROM reading "
    "WHERE sensor_id BETWEEN w.sensor_id AND w.sensor_id "
    "ORDER BY sensor_id DESC, at DESC LIMIT 1) AS newest "
    "CROSS JOIN LATERAL (SELECT min(value) AS low, max(value) AS high FROM reading "
    "WHERE sensor_id = w.sensor_id AND (sensor_id, at) >= "
    "(w.sensor_id, newest.at - CAST(:reach AS interval))) AS run"
)

# An open alarm knows its start; without one the run mostly begins with the newest reading.
_LATEST_OF = text(
    "SELECT w.sensor_id, run.at, run.value "
    "FROM unnest(CAST(:sensors AS uuid[]), CAST(:lows AS float8[]), CAST(:highs AS float8[]), "
    "CAST(:whole AS boolean[])) AS w (sensor_id, low, high, is_whole) "
    "CROSS JOIN LATERAL (SELECT at FROM reading "
    "WHERE sensor_id BETWEEN w.sensor_id AND w.sensor_id "
    "ORDER BY sensor_id DESC, at DESC LIMIT 1) AS newest "
    "CROSS JOIN LATERAL (SELECT least(newest.at - CAST(:reach AS interval), CASE WHEN w.is_whole "
    "THEN coalesce((SELECT at FROM reading WHERE sensor_id BETWEEN w.sensor_id AND w.sensor_id "
    "AND value BETWEEN w.low AND w.high ORDER BY sensor_id DESC, at DESC LIMIT 1), '-infinity') "
    "ELSE newest.at END) AS at) AS start "
    "CROSS JOIN LATERAL (SELECT at, value FROM reading "
    "WHERE sensor_id BETWEEN w.sensor_id AND w.sensor_id "
    "AND (sensor_id, at) >= (w.sensor_id, start.at) "
    "ORDER BY sensor_id DESC, at DESC LIMIT :most) AS run "
    "ORDER BY w.sensor_id, run.at"
)


def limits_of(session: Session, sensor: Sensor) -> tuple[float | None, float | None]:
    """Return below and above which a sensor is in alarm now, None where there is no such limit."""
    terms = alarm_terms.terms_for(alarm_rules.traits(sensor), alarm_rules.standing(session))
    return alarm_judging.limits_of(terms)


def _alarm(
    alarm: Alarm, sensor: Sensor, latest: Sequence[ReadingPoint], now: datetime
) -> UnitAlarm:
    heard = Heard(points=latest, awaited_from=sensor.awaited_from)
    is_temperature = sensor.kind in TEMPERATURES
    return UnitAlarm(
        alarm_id=AlarmId(alarm.id),
        sensor_id=SensorId(sensor.id),
        code=sensor.code,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        temperature_c=latest[-1].temperature_c if latest else None,
        measured_in=KINDS[sensor.kind].unit,
        limit_c=alarm.limit_value,
        is_cold=alarm.kind is AlarmKind.LOW,
        kind=alarm.kind,
        severity=alarm.severity,
        rate_c_per_min=rules.rate_c_per_min(latest) if is_temperature else None,
        since=alarm.since,
        raised_at=alarm.raised_at,
        told_at=alarm.told_at,
        storm_id=alarm.storm_id,
        storm_version=alarm.storm_version,
        acknowledged_at=alarm.acknowledged_at,
        acknowledged_by_name=alarm.acknowledged_by_name,
        snoozed_until=alarm.snoozed_until,
        back_since=alarm.back_since,
        lowest=alarm.lowest,
        highest=alarm.highest,
        rule_key=alarm.rule_key,
        rule_version=alarm.rule_version,
        is_stale=rules.is_silent(latest[-1].at if latest else None, now),
        is_simulated=sensor.source is SensorSource.SIMULATED,
        connected_at=None if heard.spoke_last else heard.awaited_from,
    )


def _sensor_now(  # noqa: PLR0917 -- a row, the rules and the time
    sensor: Sensor,
    at: datetime | None,
    temperature_c: float | None,
    alarm: Alarm | None,
    standing: Sequence[Terms],
    now: datetime,
) -> SensorNow:
    terms = alarm_terms.terms_for(alarm_rules.traits(sensor), standing)
    low_c, high_c = alarm_judging.limits_of(terms)
    return SensorNow(
        sensor_id=SensorId(sensor.id),
        code=sensor.code,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        setpoint_c=sensor.setpoint_c,
        warning_high_c=sensor.warning_high_c,
        alarm_high_c=high_c,
        alarm_low_c=low_c,
        temperature_c=temperature_c,
        read_at=at,
        is_stale=rules.is_silent(at, now),
        alarm_since=alarm.since if alarm else None,
        alarm_kind=alarm.kind if alarm else None,
        back_since=alarm.back_since if alarm else None,
        acknowledged_at=alarm.acknowledged_at if alarm else None,
        awaited_from=sensor.awaited_from,
        is_simulated=sensor.source is SensorSource.SIMULATED,
    )
