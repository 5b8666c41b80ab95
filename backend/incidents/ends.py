"""Since when a unit of an incident is back in range: heard to be, said to be, or out of use."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import ReadSession
from backend.incidents import curves, rules
from backend.incidents.exposure import Limits, back_in_range
from backend.incidents.models import IncidentAlarm, IncidentUnit
from backend.telemetry.models import Sensor


def ended(
    session: ReadSession,
    unit: IncidentUnit,
    alarms: Iterable[IncidentAlarm],
    *,
    at_rest: Collection[UUID],
    now: datetime,
) -> datetime | None:
    """Return since when a unit is back in range; None while it is not, or while nobody knows.

    ``alarms`` are those of its incident, ``at_rest`` the units that are out of use and empty.
    """
    own = [each for each in alarms if each.unit_id == unit.unit_id and _counts(each, unit)]
    counting = _measured_there(session, own)
    if own and not counting:
        return unit.began_at
    if any(alarm.over_at is None and alarm.back_since is None for alarm in counting):
        return None
    if unit.ended_at is not None and all(alarm.over_at is not None for alarm in counting):
        return unit.ended_at
    backs = [alarm.back_since for alarm in counting if alarm.back_since is not None]
    if len(backs) == len(counting) and backs:
        return max(*backs, unit.began_at)
    # Acknowledged before it was back: the alarm went without saying since when it was in range. Or
    # its probe was taken away: then a person says how it is in there, for nobody was heard.
    back = _back_by_readings(session, unit, now) or _said_back(unit, counting)
    # In a unit out of use, which is empty, nothing can be too warm any more.
    return now if back is None and unit.unit_id in at_rest else back


def _measured_there(session: ReadSession, alarms: Sequence[IncidentAlarm]) -> list[IncidentAlarm]:
    """Leave out the alarms of sensors of which it was said later that they had left by then."""
    left = select(Sensor.id, Sensor.disconnected_at).where(
        Sensor.id.in_({each.sensor_id for each in alarms}), Sensor.disconnected_at.is_not(None)
    )
    gone = {key: at for key, at in session.execute(left) if at is not None}
    return [
        each for each in alarms if each.sensor_id not in gone or each.since < gone[each.sensor_id]
    ]


def _counts(alarm: IncidentAlarm, unit: IncidentUnit) -> bool:
    """Say whether a unit is not back in range while an alarm stands.

    Of silences that of the probe that counts: another one may be broken for weeks.
    """
    if alarm.kind.value in rules.OPENS:
        return True
    is_probe = alarm.sensor_id == unit.sensor_id
    return is_probe and rules.is_silence(alarm.kind.value, alarm.severity.value)


def _back_by_readings(session: ReadSession, unit: IncidentUnit, now: datetime) -> datetime | None:
    """Return since when a thermometer in the unit has said that it is in range; None if none has.

    The probe that counts before another one, which may have come in its place. What was heard
    before the unit went out of range, or fell silent, says nothing of how it is now.
    """
    others = curves.thermometers_of(session, [unit.unit_id]).get(unit.unit_id, set())
    limits = Limits(high_c=unit.alarm_high_c, low_c=unit.alarm_low_c)
    for sensor_id in (unit.sensor_id, *sorted(others - {unit.sensor_id})):
        curve = curves.curve_of(
            session,
            sensor_id,
            unit.began_at,
            now,
            setpoint_c=unit.setpoint_c,
            has_low=unit.alarm_low_c is not None,
        )
        since = back_in_range([each for each in curve.points if each.at > unit.began_at], limits)
        if since is not None:
            return since
    return None


def _said_back(unit: IncidentUnit, alarms: Sequence[IncidentAlarm]) -> datetime | None:
    """Return when a person said that a unit is back in range, unless it went out again since."""
    said = unit.said_back_at
    return said if said is not None and all(alarm.since <= said for alarm in alarms) else None
