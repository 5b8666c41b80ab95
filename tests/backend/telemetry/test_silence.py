"""Silence of sensors: told once with its end, known by a person, and not of the program itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.gateway.models import ServiceInstance
from backend.gateway.service import renew_lease
from backend.telemetry import maintenance, queries, rule_making, service
from backend.telemetry.alarm_rules import NewTerms
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


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_CONFIGURE, Permission.STORAGE_PLACE, name="Eva")


def allow_four_hours(session: WriteSession, keeper: Principal) -> None:
    for severity in ("critical", "warning"):
        rule_making.change_rule(
            session,
            keeper,
            key=f"any:any:no_data:{severity}",
            version=1,
            terms=NewTerms(
                limit=240.0 if severity == "critical" else 200.0,
                delay=timedelta(0),
                deadband=0.0,
            ),
            reason="The logger reports by radio, every three hours",
        )


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


def test_a_longer_limit_ends_no_silence_that_people_know_of_until_somebody_acknowledges_it(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
    keeper: Principal,
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-80.0])
    frozen_clock.advance(minutes=11)
    service.check_alarms(session, checker)
    allow_four_hours(session, keeper)
    frozen_clock.advance(minutes=1)
    unacknowledged = service.check_alarms(session, checker)
    [standing] = queries.open_alarms(session, technician)

    service.acknowledge(session, technician, sensor_id=SensorId(sensor.id), reason="Known.")
    service.check_alarms(session, checker)

    assert (unacknowledged, standing.back_since) == (NOTHING, None)
    assert queries.open_alarms(session, technician) == []
    assert told(session, sensor) == [
        "telemetry.sensor_silent",
        "telemetry.alarm_acknowledged",
        "telemetry.silence_allowed",
    ]


def test_a_silence_that_nobody_knows_of_ends_with_a_longer_limit_and_is_not_called_heard(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-80.0])
    maintenance.start_window(
        session,
        keeper,
        unit_ids=[sensor.unit_id],
        starts_at=frozen_clock(),
        ends_at=frozen_clock() + timedelta(hours=2),
        reason="The logger is being fitted",
    )
    frozen_clock.advance(minutes=11)
    service.check_alarms(session, checker)
    allow_four_hours(session, keeper)
    frozen_clock.advance(minutes=1)
    service.check_alarms(session, checker)

    assert told(session, sensor)[-1] == "telemetry.silence_allowed"
    assert "telemetry.sensor_heard" not in told(session, sensor)
