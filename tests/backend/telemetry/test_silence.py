"""Silence of sensors: told once with its end, known by a person, and not of the program itself."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.gateway.models import ServiceInstance
from backend.gateway.service import renew_lease
from backend.telemetry import queries, service
from backend.telemetry.ids import AlarmKind, SensorId
from backend.telemetry.models import Sensor
from backend.telemetry.service import Checked
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

NOTHING = Checked(raised=0, cleared=0, fell_silent=0)


@pytest.fixture
def checker(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE)


@pytest.fixture
def technician(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_VIEW, Permission.STORAGE_PLACE, name="Ada")


def told(session: WriteSession, sensor: Sensor) -> list[str]:
    return list(
        session.scalars(
            select(OutboxEvent.type)
            .where(OutboxEvent.aggregate_id == sensor.id)
            .order_by(OutboxEvent.seq)
        )
    )


def test_a_sensor_that_falls_silent_is_told_once_and_so_is_its_return(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-80.0])
    frozen_clock.advance(minutes=11)

    first, second = (service.check_alarms(session, checker) for _ in range(2))
    read_until(session, sensor, frozen_clock(), [-80.0])
    service.check_alarms(session, checker)

    assert (first.fell_silent, second) == (1, NOTHING)
    assert told(session, sensor) == ["telemetry.sensor_silent", "telemetry.sensor_heard"]


def test_a_silence_that_is_over_waits_for_a_person_and_its_end_is_told_once(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, technician: Principal
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-80.0])
    frozen_clock.advance(minutes=11)
    service.check_alarms(session, checker)
    read_until(session, sensor, frozen_clock(), [-80.0])
    service.check_alarms(session, checker)
    [waiting] = queries.open_alarms(session, technician)

    service.acknowledge(session, technician, sensor_id=SensorId(sensor.id), reason="Plugged in.")

    assert (waiting.kind, waiting.back_since) == (AlarmKind.NO_DATA, frozen_clock())
    assert queries.open_alarms(session, technician) == []
    assert told(session, sensor) == [
        "telemetry.sensor_silent",
        "telemetry.sensor_heard",
        "telemetry.alarm_acknowledged",
    ]


def test_after_the_program_was_down_no_sensor_is_told_of_that_is_heard_in_time(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal
) -> None:
    heard, dead = make_sensor(session), make_sensor(session)
    for sensor in (heard, dead):
        read_until(session, sensor, frozen_clock(), [-80.0] * 3)
    frozen_clock.advance(hours=8)
    renew_lease(session, service="web", instance="web@a:1")
    session.execute(update(ServiceInstance).values(started_at=frozen_clock()))

    first = service.check_alarms(session, checker)
    frozen_clock.advance(minutes=5)
    read_until(session, heard, frozen_clock(), [-80.0])
    frozen_clock.advance(minutes=6)
    later = service.check_alarms(session, checker)

    assert (first, later.fell_silent) == (NOTHING, 1)
    assert told(session, heard) == []
    assert told(session, dead) == ["telemetry.sensor_silent"]


def test_sensors_that_fall_silent_in_one_check_are_each_recorded_and_told_of_together(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal
) -> None:
    sensors = [make_sensor(session, unit_label=f"ULT-{n:02}") for n in (2, 1, 3)]
    for sensor in sensors:
        read_until(session, sensor, frozen_clock(), [-80.0] * 3)
    frozen_clock.advance(minutes=11)

    first, second = (service.check_alarms(session, checker) for _ in range(2))

    assert (first.fell_silent, second) == (3, NOTHING)
    silent = select(OutboxEvent.payload).where(OutboxEvent.type == "telemetry.sensor_silent")
    assert [payload["is_gathered"] for payload in session.scalars(silent)] == [True] * 3
    together = select(OutboxEvent.payload).where(OutboxEvent.type == "telemetry.sensors_silent")
    [payload] = session.scalars(together).all()
    assert payload["unit_labels"] == ["ULT-01", "ULT-02", "ULT-03"]
