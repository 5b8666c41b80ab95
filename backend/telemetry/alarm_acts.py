"""What people do about an alarm: acknowledge it, or ask for time."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.telemetry import alarm_checking, alarm_common, alarm_ladder, ladder_rules
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.common_rules import A_MINUTE
from backend.telemetry.errors import (
    AlreadyAcknowledged,
    NoOpenAlarm,
    ReasonMissing,
    SensorNotFound,
    SnoozeRefused,
)
from backend.telemetry.events import AlarmAcknowledged, AlarmSnoozed
from backend.telemetry.ids import AlarmId, SensorId
from backend.telemetry.models import Sensor


def acknowledge(
    session: WriteSession,
    principal: Principal,
    *,
    sensor_id: SensorId,
    reason: str,
    alarm_id: AlarmId | None = None,
) -> None:
    """Say that a person knows of a sensor's alarms, or of one, and what they do.

    The alarm itself stays while it lasts; nobody further is told of it. Bench people and those who
    run the system may; an alarm that is over is closed by it.

    Raises:
        SensorNotFound: no such sensor.
        NoOpenAlarm: it has no alarm, or none any more.
        AlreadyAcknowledged: somebody was faster.
        ReasonMissing: the reason is empty.
    """
    _may_act(principal)
    sensor = _lock_sensor(session, sensor_id)
    alarms = _unknown(sensor, _open(session, sensor, alarm_id))
    if not reason.strip():
        raise ReasonMissing(
            f"Say in a few words what you found at {sensor.unit_label} or what you do about it.",
            fields={"reason": "A few words are needed."},
        )
    for alarm in alarms:
        alarm.acknowledged_at, alarm.acknowledged_by_name = clock.utc_now(), principal.name
        alarm.snoozed_until = alarm.snooze_reason = None
    events_service.record(
        session,
        principal,
        AlarmAcknowledged(
            aggregate_id=sensor.id,
            unit_id=sensor.unit_id,
            unit_label=sensor.unit_label,
            by=principal.name,
        ),
        reason=reason.strip(),
    )
    for alarm in alarms:
        if alarm.back_since is not None:
            alarm_checking.close(session, principal, alarm, sensor)
    session.flush()


def snooze(
    session: WriteSession,
    principal: Principal,
    *,
    sensor_id: SensorId,
    alarm_id: AlarmId,
    lasting: timedelta,
    reason: str,
) -> None:
    """Let the ladder of one alarm wait for as long as the common rule allows; the alarm stands.

    Raises:
        SensorNotFound, NoOpenAlarm, AlreadyAcknowledged, ReasonMissing: as `acknowledge`.
        SnoozeRefused: less than a minute, or more than the common rule allows.
    """
    _may_act(principal)
    sensor = _lock_sensor(session, sensor_id)
    [alarm] = _unknown(sensor, _open(session, sensor, alarm_id))
    common = alarm_common.common_rule(session)
    longest = common.numbers.longest_snooze
    if not A_MINUTE <= lasting <= longest:
        allowed = f"1 to {longest // A_MINUTE} minutes"
        raise SnoozeRefused(
            f"An alarm is quiet for {allowed}, as version {common.version} of the common rule "
            "says. Choose as many, or acknowledge it.",
            fields={"minutes": f"{allowed}."},
        )
    if not reason.strip():
        raise ReasonMissing(
            f"Say in a few words why nobody is told of {sensor.unit_label} meanwhile.",
            fields={"reason": "A few words are needed."},
        )
    until = clock.utc_now() + lasting
    alarm.snoozed_until, alarm.snooze_reason = until, reason.strip()
    # The ladder goes on where it stood: the pause is no waiting.
    steps = alarm_ladder.ladder(session).steps
    alarm.ladder_from = until - ladder_rules.moved_on(steps, alarm.steps_told)
    snoozed = AlarmSnoozed(
        aggregate_id=sensor.id,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        until=until,
        by=principal.name,
        common_version=common.version,
    )
    events_service.record(session, principal, snoozed, reason=reason.strip())


def _may_act(principal: Principal) -> None:
    if not principal.may(Permission.HEALTH_OPERATE):
        principal.require(Permission.STORAGE_PLACE)


def _lock_sensor(session: WriteSession, sensor_id: SensorId) -> Sensor:
    sensor = session.scalars(
        select(Sensor)
        .where(Sensor.id == sensor_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if sensor is None:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    return sensor


def _open(session: WriteSession, sensor: Sensor, alarm_id: AlarmId | None) -> Sequence[Alarm]:
    asked = select(Alarm).where(Alarm.sensor_id == sensor.id, Alarm.closed_at.is_(None))
    if alarm_id is not None:
        asked = asked.where(Alarm.id == alarm_id)
    found = session.scalars(
        asked.order_by(Alarm.since, Alarm.id).execution_options(populate_existing=True)
    ).all()
    if not found:
        raise NoOpenAlarm(f"{sensor.unit_label} has no alarm any more. There is nothing to do.")
    return found


def _unknown(sensor: Sensor, alarms: Sequence[Alarm]) -> list[Alarm]:
    unknown = [alarm for alarm in alarms if alarm.acknowledged_at is None]
    if not unknown:
        raise AlreadyAcknowledged(
            f"{alarms[0].acknowledged_by_name} has acknowledged the alarm of {sensor.unit_label}. "
            "Ask them before you act."
        )
    return unknown
