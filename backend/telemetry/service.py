"""Recording temperatures, raising and clearing alarms, acknowledging them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.telemetry import kinds, queries, rules, simulating, simulation
from backend.telemetry.errors import (
    AlreadyAcknowledged,
    NoOpenAlarm,
    NotADemonstration,
    ReadingRefused,
    ReasonMissing,
    SensorNotFound,
)
from backend.telemetry.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    SensorHeard,
    SensorSilent,
    SensorsSilent,
)
from backend.telemetry.ids import TEMPERATURES, SensorId, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.rules import AlarmLimits, Standing
from backend.telemetry.views import NewReading, ReadingPoint

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of the alarms has changed."""

    raised: int
    cleared: int
    fell_silent: int


def record_readings(
    session: WriteSession, principal: Principal, readings: Sequence[NewReading]
) -> int:
    """Keep temperatures and return how many are new. All of them or none.

    A reading that is there already stays as it is. A probe's error code is not a temperature: it
    leaves a gap, and a gap becomes silence. What a sensor's calibration adds is added.

    Raises:
        ReadingRefused: an instant that lies in the future or has no time zone.
        SensorNotFound: a sensor that does not exist.
    """
    principal.require(Permission.HEALTH_OPERATE)
    _check_instants(readings, clock.utc_now())
    sensors = _known_sensors(session, {reading.sensor_id for reading in readings})
    values = [
        {"sensor_id": reading.sensor_id, "at": reading.at}
        | asdict(kinds.corrected(reading.temperature_c, sensors[reading.sensor_id].correction))
        for reading in readings
        if rules.is_measurement(reading.temperature_c)
    ]
    if not values:
        return 0
    written = session.execute(
        insert(Reading).on_conflict_do_nothing().returning(Reading.sensor_id), values
    )
    return len(written.all())


def simulate_readings(session: WriteSession, principal: Principal) -> int:
    """Give each simulated sensor of a demonstration laboratory this minute's temperature.

    Returns how many are new. Minutes that went by meanwhile stay a gap, as they would be in life.

    Raises:
        NotADemonstration: the laboratory is a real one, or none is set up.
    """
    principal.require(Permission.HEALTH_OPERATE)
    laboratory = auth_service.get_laboratory(session)
    if laboratory is None or not laboratory.is_demo:
        raise NotADemonstration(
            "Temperatures are made up in a demonstration laboratory only. Connect the loggers."
        )
    sensors = session.scalars(
        select(Sensor)
        .where(Sensor.source == SensorSource.SIMULATED, Sensor.kind.in_(TEMPERATURES))
        .order_by(Sensor.id)
    ).all()
    doors = simulating.doors(session)
    latest = queries.latest_readings(session, [SensorId(sensor.id) for sensor in sensors])
    this_minute = clock.utc_now().replace(second=0, microsecond=0)
    new = [
        _simulated(sensor, latest.get(SensorId(sensor.id)), this_minute, doors.get(sensor.unit_id))
        for sensor in sensors
    ]
    return record_readings(session, principal, [reading for reading in new if reading])


def check_alarms(session: WriteSession, principal: Principal) -> Checked:
    """Judge every sensor by its readings; record each alarm and silence that begins or ends.

    Only temperatures have alarms; any sensor may fall silent.

    The sensors' rows are locked, so that a check and an acknowledgement follow one another and two
    checks at once tell nothing twice.
    """
    principal.require(Permission.HEALTH_OPERATE)
    sensors = session.scalars(
        select(Sensor)
        .order_by(Sensor.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    latest = queries.latest_readings(session, [SensorId(sensor.id) for sensor in sensors])
    raised = cleared = 0
    now = clock.utc_now()
    silenced: list[tuple[Sensor, datetime]] = []
    for sensor in sensors:
        points = latest.get(SensorId(sensor.id), [])
        if not points:
            continue
        was_open = sensor.alarm_since is not None
        if sensor.kind in TEMPERATURES:
            _judge(session, principal, sensor, points)
        is_open = sensor.alarm_since is not None
        raised += is_open and not was_open
        cleared += was_open and not is_open
        if _listen(session, principal, sensor, points[-1], now):
            silenced.append((sensor, points[-1].at))
    _tell_silence(session, principal, silenced)
    session.flush()
    return Checked(raised=raised, cleared=cleared, fell_silent=len(silenced))


def acknowledge(
    session: WriteSession, principal: Principal, *, sensor_id: SensorId, reason: str
) -> None:
    """Say that a person knows of an alarm and what they do. The alarm itself stays while it lasts.

    Bench people and those who run the system may; an alarm that is over is closed by it.

    Raises:
        SensorNotFound: no such sensor.
        NoOpenAlarm: it has no alarm, or none any more.
        AlreadyAcknowledged: somebody was faster.
        ReasonMissing: the reason is empty.
    """
    if not principal.may(Permission.HEALTH_OPERATE):
        principal.require(Permission.STORAGE_PLACE)
    sensor = _lock_alarmed(session, sensor_id)
    if not reason.strip():
        raise ReasonMissing(
            f"Say in a few words what you found at {sensor.unit_label} or what you do about it.",
            fields={"reason": "A few words are needed."},
        )
    sensor.acknowledged_at, sensor.acknowledged_by_name = clock.utc_now(), principal.name
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
    if sensor.back_since is not None:
        _stand(session, principal, sensor, Standing())


def _simulated(
    sensor: Sensor, latest: Sequence[ReadingPoint] | None, at: datetime, door: str | None
) -> NewReading | None:
    last = latest[-1] if latest else ReadingPoint(at=at - _A_DAY, temperature_c=sensor.setpoint_c)
    if last.at >= at:
        return None
    temperature_c = simulation.next_temperature(
        sensor.code,
        sensor.setpoint_c,
        last.temperature_c,
        last.at,
        at,
        door_open=None if door is None else simulation.door_is_open(door, at),
    )
    return NewReading(sensor_id=SensorId(sensor.id), at=at, temperature_c=temperature_c)


def _check_instants(readings: Sequence[NewReading], now: datetime) -> None:
    for reading in readings:
        if reading.at.tzinfo is None:
            raise ReadingRefused(
                f"The reading of {reading.at:%Y-%m-%d %H:%M} has no time zone. Nothing was kept; "
                "send instants in UTC or with their offset."
            )
        if reading.at - now > rules.FUTURE_TOLERANCE:
            raise ReadingRefused(
                f"The reading of {reading.at:%Y-%m-%d %H:%M %Z} lies in the future. Nothing was "
                "kept; set the logger's clock and send again."
            )


def _known_sensors(session: WriteSession, sensor_ids: set[SensorId]) -> dict[UUID, Sensor]:
    found = session.scalars(select(Sensor).where(Sensor.id.in_(sensor_ids)))
    known = {sensor.id: sensor for sensor in found}
    missing = sorted(str(sensor_id) for sensor_id in sensor_ids if sensor_id not in known)
    if missing:
        raise SensorNotFound(
            f"There is no sensor {missing[0]}. Nothing was kept; look at the list of sensors."
        )
    return known


def _lock_alarmed(session: WriteSession, sensor_id: SensorId) -> Sensor:
    sensor = session.scalars(
        select(Sensor)
        .where(Sensor.id == sensor_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if sensor is None:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    if sensor.alarm_since is None:
        raise NoOpenAlarm(f"{sensor.unit_label} has no alarm any more. There is nothing to do.")
    if sensor.acknowledged_at is not None:
        raise AlreadyAcknowledged(
            f"{sensor.acknowledged_by_name} has acknowledged the alarm of {sensor.unit_label}. "
            "Ask them before you act."
        )
    return sensor


def _judge(
    session: WriteSession, principal: Principal, sensor: Sensor, points: Sequence[ReadingPoint]
) -> None:
    limits = AlarmLimits(
        high_c=sensor.alarm_high_c,
        deadband_c=sensor.deadband_c,
        delay=timedelta(seconds=sensor.alarm_delay_s),
        low_c=sensor.alarm_low_c,
    )
    before = Standing(
        open_since=sensor.alarm_since, back_since=sensor.back_since, is_cold=sensor.is_cold
    )
    after = rules.judge(before, limits, points, acknowledged=sensor.acknowledged_at is not None)
    is_other = before.open_since is None or before.is_cold is not after.is_cold
    if is_other and after.open_since is not None:
        # Whoever knew that it was too warm does not know yet that it freezes.
        sensor.acknowledged_at = sensor.acknowledged_by_name = None
        _raise(session, principal, sensor, points[-1], after)
    _stand(session, principal, sensor, after)


def _raise(
    session: WriteSession,
    principal: Principal,
    sensor: Sensor,
    newest: ReadingPoint,
    standing: Standing,
) -> None:
    assert standing.open_since is not None  # noqa: S101 the caller has asked
    events_service.record(
        session,
        principal,
        AlarmRaised(
            aggregate_id=sensor.id,
            unit_id=sensor.unit_id,
            unit_label=sensor.unit_label,
            temperature_c=newest.temperature_c,
            above_c=None if standing.is_cold else sensor.alarm_high_c,
            below_c=sensor.alarm_low_c if standing.is_cold else None,
            since=standing.open_since,
        ),
    )


def _stand(session: WriteSession, principal: Principal, sensor: Sensor, standing: Standing) -> None:
    """Write how the alarm stands; one that is over is recorded and forgets who acknowledged it."""
    before = sensor.alarm_since
    if before is not None and standing.open_since is None:
        events_service.record(
            session,
            principal,
            AlarmCleared(
                aggregate_id=sensor.id,
                unit_id=sensor.unit_id,
                unit_label=sensor.unit_label,
                since=before,
            ),
        )
        sensor.acknowledged_at = sensor.acknowledged_by_name = None
    sensor.alarm_since, sensor.back_since = standing.open_since, standing.back_since
    sensor.is_cold = standing.is_cold


def _listen(
    session: WriteSession,
    principal: Principal,
    sensor: Sensor,
    newest: ReadingPoint,
    now: datetime,
) -> bool:
    """Note that a sensor has fallen silent, or record that it is heard; say if it fell silent."""
    silent = rules.is_silent(newest.at, now)
    if silent == (sensor.silent_since is not None):
        return False
    sensor.silent_since = newest.at if silent else None
    if not silent:
        heard = SensorHeard(
            aggregate_id=sensor.id,
            unit_id=sensor.unit_id,
            unit_label=sensor.unit_label,
            code=sensor.code,
            last_read_at=newest.at,
        )
        events_service.record(session, principal, heard)
    return silent


def _tell_silence(
    session: WriteSession, principal: Principal, silenced: Sequence[tuple[Sensor, datetime]]
) -> None:
    """Record each silence; several of one check are told to people in one notice."""
    is_gathered = len(silenced) > 1
    for sensor, last_read_at in silenced:
        silent = SensorSilent(
            aggregate_id=sensor.id,
            unit_id=sensor.unit_id,
            unit_label=sensor.unit_label,
            code=sensor.code,
            last_read_at=last_read_at,
            is_gathered=is_gathered,
        )
        events_service.record(session, principal, silent)
    if is_gathered:
        named = sorted((sensor.unit_label, sensor.code) for sensor, _ in silenced)
        together = SensorsSilent(
            aggregate_id=silenced[0][0].id,
            unit_labels=tuple(dict.fromkeys(label for label, _ in named)),
            codes=tuple(code for _, code in named),
        )
        events_service.record(session, principal, together)
