"""Recording temperatures; the use cases of alarms, from where they are."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry import kinds, queries, rules, simulating, simulation
from backend.telemetry.alarm_acts import acknowledge, snooze
from backend.telemetry.alarm_checking import Checked, check_alarms
from backend.telemetry.errors import NotADemonstration, ReadingRefused, SensorNotFound
from backend.telemetry.ids import TEMPERATURES, SensorId, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.views import NewReading, ReadingPoint

__all__ = [
    "Checked",
    "acknowledge",
    "check_alarms",
    "record_readings",
    "simulate_readings",
    "snooze",
]

_A_DAY = timedelta(days=1)


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
        .where(
            Sensor.source == SensorSource.SIMULATED,
            Sensor.kind.in_(TEMPERATURES),
            Sensor.disconnected_at.is_(None),
        )
        .order_by(Sensor.id)
    ).all()
    doors = simulating.doors(session)
    latest = queries.newest_readings(session, [SensorId(sensor.id) for sensor in sensors])
    this_minute = clock.utc_now().replace(second=0, microsecond=0)
    new = [
        _simulated(sensor, latest.get(SensorId(sensor.id)), this_minute, doors.get(sensor.unit_id))
        for sensor in sensors
    ]
    return record_readings(session, principal, [reading for reading in new if reading])


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
