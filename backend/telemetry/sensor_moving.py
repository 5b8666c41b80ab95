"""Taking a sensor out of a unit, and putting it into another one.

What it measured stays with the unit in which it stood then: a move ends the sensor's row and begins
another with the same code (models.py). One that is registered late is dated back
(sensor_backdating.py).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry import (
    alarm_checking,
    alarm_rules,
    doorbell,
    maintenance,
    rule_making,
    sensor_backdating,
    sensors,
)
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.calibration_models import CalibrationTold
from backend.telemetry.device_models import DeviceTokenSensor
from backend.telemetry.device_tokens import Unit
from backend.telemetry.errors import (
    SensorDisconnected,
    SensorNotFound,
    SensorRefused,
    UnitInMaintenance,
)
from backend.telemetry.ids import TEMPERATURES, SensorId, SensorKind
from backend.telemetry.models import Sensor
from backend.telemetry.sensor_events import SensorMoved, SensorTakenOut
from backend.telemetry.sensors import TemperatureLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class StayView:
    """A unit in which a sensor stands or stood; None: from its first reading, to this day."""

    sensor_id: SensorId
    code: str
    kind: SensorKind
    unit_id: UUID
    unit_label: str
    since: datetime | None
    until: datetime | None


def list_stays(session: ReadSession, principal: Principal, code: str) -> list[StayView]:
    """Return where a sensor has stood, the newest first.

    Raises:
        SensorNotFound: no sensor has the code.
    """
    principal.require(Permission.STORAGE_VIEW)
    rows = session.scalars(
        select(Sensor)
        .where(Sensor.code == code)
        .order_by(Sensor.disconnected_at.desc().nulls_first())
    ).all()
    if not rows:
        raise SensorNotFound(f"There is no sensor {code}. Look at the list of sensors.")
    return [_view(row) for row in rows]


def list_disconnected(session: ReadSession, principal: Principal) -> list[StayView]:
    """Return the sensors that stand in no unit, by code, each as it stood last."""
    principal.require(Permission.STORAGE_VIEW)
    standing = select(Sensor.code).where(Sensor.disconnected_at.is_(None))
    rows = session.scalars(
        select(Sensor)
        .where(Sensor.code.not_in(standing))
        .order_by(Sensor.code, Sensor.disconnected_at)
    )
    last = {row.code: _view(row) for row in rows}
    return list(last.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A sensor's key in its new unit; the readings that went with it, and the alarms that ended.

    Both are none where the move was not dated back.
    """

    sensor_id: SensorId
    readings: int = 0
    alarms_ended: int = 0


def unwatched_since(session: ReadSession, principal: Principal) -> dict[UUID, datetime]:
    """Return for each unit that has lost a thermometer when the last of them was taken out.

    Whether another stands in it is not asked here.
    """
    principal.require(Permission.STORAGE_VIEW)
    last = func.max(Sensor.disconnected_at)
    rows = session.execute(
        select(Sensor.unit_id, last)
        .where(Sensor.kind.in_(TEMPERATURES), Sensor.disconnected_at.is_not(None))
        .group_by(Sensor.unit_id)
    )
    return {unit_id: taken_out_at for unit_id, taken_out_at in rows if taken_out_at is not None}


def move_sensor(
    session: WriteSession,
    principal: Principal,
    *,
    sensor_id: SensorId,
    unit: Unit,
    reason: str,
    limits: TemperatureLimits | None = None,
    moved_at: datetime | None = None,
) -> Moved:
    """Put a sensor into another unit, from now on or since ``moved_at``.

    One that was disconnected is connected again. Calibration and loggers go with it; rules of its
    own stay behind. A temperature without ``limits`` is set to what the unit's others are.

    What it has measured since ``moved_at`` goes with it and is judged there. An acknowledged alarm
    that began since ends: it was of the place to which the sensor went, not of the unit that it
    had left. An incident that such an alarm opened stays, without the readings, until it is closed.

    Raises:
        SensorNotFound: no such sensor.
        SensorDisconnected: it is a former stay; the sensor has been moved since.
        SensorInAlarm: it has an open alarm, other than a silence that somebody knows of, or what
            somebody knows of and began since it was moved.
        UnitInMaintenance: one of the units is being worked on.
        SensorRefused: it stands there already, limits that cannot be, or a ``moved_at`` that cannot
            be or lies before what is settled.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    sensor = _lock(session, sensor_id)
    is_standing = sensor.disconnected_at is None
    if is_standing and sensor.unit_id == unit.unit_id:
        said = f"{sensor.code} stands in {unit.label} already. Choose another unit."
        raise SensorRefused(said, fields={"unit": said})
    limits = _limits(session, sensor, unit, limits)
    rule_making.require_reason(reason, f"Say in a few words why {sensor.code} is moved.")
    _refuse_in_maintenance(session, {unit.unit_id: unit.label})
    now = clock.utc_now()
    if moved_at is not None:
        sensor_backdating.require_moment(session, sensor, moved_at, now)
    ended = readings = 0
    if is_standing:
        why = f"{sensor.code} is moved to {unit.label}."
        ended = _take_out(session, principal, sensor, why, moved_at, is_moved=True)
    moved_id = _begin(session, sensor, unit, limits, moved_at)
    _bring_along(session, sensor, moved_id)
    if is_standing and moved_at is not None:
        readings = sensor_backdating.carry_readings(
            session, former_id=sensor.id, moved_id=moved_id, at=moved_at
        )
        # What it measured there is judged now, not in a minute.
        doorbell.ring(session, {moved_id})
    event = SensorMoved(
        aggregate_id=moved_id,
        code=sensor.code,
        kind=sensor.kind.value,
        unit_id=unit.unit_id,
        unit_label=unit.label,
        former_id=sensor.id,
        from_unit_id=sensor.unit_id if is_standing else None,
        from_unit_label=sensor.unit_label if is_standing else None,
        moved_at=moved_at,
        readings=readings,
        alarms_ended=ended,
    )
    events_service.record(
        session,
        principal,
        event,
        old={"unit": sensor.unit_label if is_standing else None},
        new={"unit": unit.label, "since": (moved_at or now).isoformat()},
        reason=reason.strip(),
    )
    return Moved(sensor_id=moved_id, readings=readings, alarms_ended=ended)


def disconnect_sensor(
    session: WriteSession, principal: Principal, *, sensor_id: SensorId, reason: str
) -> None:
    """Take a sensor out of its unit; what it sends from now on is not kept.

    Raises:
        SensorNotFound, SensorDisconnected, SensorInAlarm, UnitInMaintenance, ReasonMissing: as
            `move_sensor`.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    sensor = _lock(session, sensor_id)
    if sensor.disconnected_at is not None:
        raise SensorDisconnected(f"{sensor.code} stands in no unit. There is nothing to do.")
    rule_making.require_reason(reason, f"Say in a few words why {sensor.code} is taken out.")
    _take_out(session, principal, sensor, f"{sensor.code} is disconnected.")
    event = SensorTakenOut(
        aggregate_id=sensor.id,
        code=sensor.code,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
    )
    events_service.record(
        session,
        principal,
        event,
        old={"unit": sensor.unit_label},
        new={"unit": None},
        reason=reason.strip(),
    )


def _lock(session: WriteSession, sensor_id: SensorId) -> Sensor:
    sensor = session.scalars(
        select(Sensor)
        .where(Sensor.id == sensor_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if sensor is None:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    if sensor.disconnected_at is not None:
        later = session.scalar(
            select(Sensor.id).where(
                Sensor.code == sensor.code,
                (Sensor.disconnected_at.is_(None))
                | (Sensor.disconnected_at > sensor.disconnected_at),
            )
        )
        if later is not None:
            raise SensorDisconnected(
                f"{sensor.code} has been moved since. Look at the list of sensors."
            )
    return sensor


def _take_out(
    session: WriteSession,
    principal: Principal,
    sensor: Sensor,
    why: str,
    at: datetime | None = None,
    *,
    is_moved: bool = False,
) -> int:
    """End a sensor's stay, ``at`` an instant or now; return how many alarms since then it ended."""
    _refuse_in_maintenance(session, {sensor.unit_id: sensor.unit_label})
    alarms = session.scalars(
        select(Alarm)
        .where(Alarm.sensor_id == sensor.id, Alarm.closed_at.is_(None))
        .order_by(Alarm.since, Alarm.id)
        .execution_options(populate_existing=True)
    ).all()
    sensor_backdating.refuse_in_alarm(session, sensor, alarms, at, is_moved=is_moved)
    for alarm in alarms:
        alarm_checking.close(session, principal, alarm, sensor, has_rule=False)
    alarm_rules.take_turns(session)
    for each in alarm_rules.standing(session):
        if each.sensor_id == sensor.id:
            alarm_rules.withdraw(session, principal, each, why)
    sensor.disconnected_at = at or clock.utc_now()
    session.flush()
    return 0 if at is None else sum(each.since >= at for each in alarms)


def _refuse_in_maintenance(session: WriteSession, units: dict[UUID, str]) -> None:
    muted = maintenance.units_muted(session, clock.utc_now())
    for unit_id, label in units.items():
        if unit_id in muted:
            said = (
                f"{label} is in maintenance: its alarms are told to nobody, and nobody would see "
                "whether the sensor speaks. End the maintenance first."
            )
            raise UnitInMaintenance(said, fields={"unit": said})


def _limits(
    session: Session, sensor: Sensor, unit: Unit, said: TemperatureLimits | None
) -> TemperatureLimits | None:
    """Return the limits that a sensor has in a unit: those said, or the unit's other thermometers'.

    Raises:
        SensorRefused: limits that cannot be, or none where nobody else says them.
    """
    if sensor.kind in TEMPERATURES and said is None:
        said = _limits_beside(session, unit)
        if said is None:
            wanted = f"No thermometer stands in {unit.label}: write its set point and warning."
            raise SensorRefused(wanted, fields={"limits": wanted})
    faults = sensors.limit_faults(session, sensor.kind, unit.unit_id, said)
    if faults:
        raise SensorRefused(f"{sensor.code} cannot be moved like this yet.", fields=faults)
    return said


def _limits_beside(session: Session, unit: Unit) -> TemperatureLimits | None:
    beside = session.scalars(
        select(Sensor)
        .where(
            Sensor.unit_id == unit.unit_id,
            Sensor.kind.in_(TEMPERATURES),
            Sensor.disconnected_at.is_(None),
        )
        .order_by(Sensor.code)
        .limit(1)
    ).one_or_none()
    if beside is None:
        return None
    return TemperatureLimits(
        setpoint_c=beside.setpoint_c,
        warning_high_c=beside.warning_high_c,
        alarm_high_c=beside.alarm_high_c,
    )


def _begin(
    session: WriteSession,
    sensor: Sensor,
    unit: Unit,
    limits: TemperatureLimits | None,
    at: datetime | None,
) -> SensorId:
    now = clock.utc_now()
    moved_id = SensorId(new_id())
    session.execute(
        insert(Sensor).values(
            id=moved_id,
            code=sensor.code,
            kind=sensor.kind,
            source=sensor.source,
            unit_id=unit.unit_id,
            unit_label=unit.label,
            setpoint_c=limits.setpoint_c if limits else None,
            warning_high_c=limits.warning_high_c if limits else None,
            alarm_high_c=limits.alarm_high_c if limits else None,
            alarm_delay_s=900,
            correction=sensor.correction,
            calibrated_on=sensor.calibrated_on,
            calibration_due_on=sensor.calibration_due_on,
            certificate=sensor.certificate,
            connected_at=at or now,
            registered_at=None if at is None else now,
        )
    )
    return moved_id


def _bring_along(session: WriteSession, sensor: Sensor, moved_id: SensorId) -> None:
    """Let loggers that record for the sensor go on, and tell of no calibration twice."""
    session.execute(
        insert(DeviceTokenSensor).from_select(
            ["token_id", "sensor_id"],
            select(DeviceTokenSensor.token_id, literal(moved_id)).where(
                DeviceTokenSensor.sensor_id == sensor.id
            ),
        )
    )
    session.execute(
        insert(CalibrationTold).from_select(
            ["sensor_id", "due_on", "lead_days"],
            select(literal(moved_id), CalibrationTold.due_on, CalibrationTold.lead_days).where(
                CalibrationTold.sensor_id == sensor.id
            ),
            include_defaults=False,
        )
    )


def _view(sensor: Sensor) -> StayView:
    return StayView(
        sensor_id=SensorId(sensor.id),
        code=sensor.code,
        kind=sensor.kind,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        since=sensor.connected_at,
        until=sensor.disconnected_at,
    )
