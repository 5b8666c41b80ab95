"""Alarms in the database: raised once, acknowledged by a person, over when both hold."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry, OutboxEvent
from backend.telemetry import queries, sensor_moving, service
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.errors import (
    AlreadyAcknowledged,
    NoOpenAlarm,
    ReasonMissing,
    SensorNotFound,
)
from backend.telemetry.ids import AlarmKind, SensorId, SensorKind
from backend.telemetry.models import Sensor
from backend.telemetry.service import Checked
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

NOTHING = Checked(raised=0, cleared=0, fell_silent=0)
WARM = [-80.0] * 3 + [-60.0] * 16


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


def in_alarm(session: WriteSession, clock: FrozenClock, checker: Principal) -> Sensor:
    sensor = make_sensor(session)
    read_until(session, sensor, clock(), WARM)
    service.check_alarms(session, checker)
    return sensor


def cool_down(session: WriteSession, clock: FrozenClock, sensor: Sensor) -> None:
    clock.advance(minutes=10)
    read_until(session, sensor, clock(), [-78.0] * 6)


def test_a_warm_unit_raises_one_alarm_however_often_it_is_checked(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    sensor = make_sensor(session, unit_label="ULT-03")
    read_until(session, sensor, frozen_clock(), WARM)

    first, second = (service.check_alarms(session, checker) for _ in range(2))

    assert (first.raised, second) == (1, NOTHING)
    assert told(session, sensor) == ["telemetry.alarm_raised"]
    (alarm,) = queries.open_alarms(session, technician)
    assert alarm.unit_label == "ULT-03"
    assert alarm.since == frozen_clock() - timedelta(minutes=15)
    assert (alarm.temperature_c, alarm.limit_c) == (-60.0, -70.0)
    assert alarm.rate_c_per_min == pytest.approx(0.0)
    assert alarm.acknowledged_at is None


def test_checks_that_were_missed_for_a_day_find_the_true_start(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-80.0] + [-60.0] * 1_441)

    service.check_alarms(session, checker)

    (alarm,) = queries.open_alarms(session, technician)
    assert alarm.since == frozen_clock() - timedelta(days=1)


def test_a_unit_in_range_raises_nothing(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-60.0] * 20 + [-75.0])

    assert service.check_alarms(session, checker) == NOTHING
    assert told(session, sensor) == []


def test_acknowledging_keeps_the_alarm_and_names_the_person_and_the_reason(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    sensor = in_alarm(session, frozen_clock, checker)

    service.acknowledge(
        session, technician, sensor_id=SensorId(sensor.id), reason=" Door was ajar, closed it. "
    )

    (alarm,) = queries.open_alarms(session, technician)
    assert (alarm.acknowledged_by_name, alarm.acknowledged_at) == ("Ada", frozen_clock())
    assert told(session, sensor)[-1] == "telemetry.alarm_acknowledged"
    reason = session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "telemetry.alarm_acknowledged")
    ).one()
    assert reason == "Door was ajar, closed it."


def test_back_in_range_an_alarm_stays_until_it_is_acknowledged(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    sensor = in_alarm(session, frozen_clock, checker)
    cool_down(session, frozen_clock, sensor)

    assert service.check_alarms(session, checker) == NOTHING
    (alarm,) = queries.open_alarms(session, technician)
    assert alarm.back_since == frozen_clock() - timedelta(minutes=5)
    service.acknowledge(session, technician, sensor_id=SensorId(sensor.id), reason="Seen.")

    assert queries.open_alarms(session, technician) == []
    assert told(session, sensor)[-2:] == ["telemetry.alarm_acknowledged", "telemetry.alarm_cleared"]


def test_an_acknowledged_alarm_is_over_when_the_unit_is_back_and_a_new_one_is_nobodys(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    sensor = in_alarm(session, frozen_clock, checker)
    service.acknowledge(session, technician, sensor_id=SensorId(sensor.id), reason="On it.")
    cool_down(session, frozen_clock, sensor)

    assert service.check_alarms(session, checker).cleared == 1
    frozen_clock.advance(minutes=30)
    read_until(session, sensor, frozen_clock(), [-60.0] * 16)

    assert service.check_alarms(session, checker).raised == 1
    (alarm,) = queries.open_alarms(session, technician)
    assert alarm.acknowledged_at is None


def test_alarms_that_nobody_knows_of_come_first(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    known, unknown = make_sensor(session), make_sensor(session)
    read_until(session, known, frozen_clock(), [-60.0] * 40)
    read_until(session, unknown, frozen_clock(), [-60.0] * 16)
    service.check_alarms(session, checker)
    service.acknowledge(session, technician, sensor_id=SensorId(known.id), reason="On it.")

    alarms = queries.open_alarms(session, technician)

    assert [alarm.sensor_id for alarm in alarms] == [unknown.id, known.id]


def test_acknowledging_needs_words(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    sensor = in_alarm(session, frozen_clock, checker)

    with pytest.raises(ReasonMissing, match=sensor.unit_label):
        service.acknowledge(session, technician, sensor_id=SensorId(sensor.id), reason="  ")


def test_a_unit_without_an_alarm_cannot_be_acknowledged(
    session: WriteSession, technician: Principal
) -> None:
    sensor = make_sensor(session)

    with pytest.raises(NoOpenAlarm, match=sensor.unit_label):
        service.acknowledge(session, technician, sensor_id=SensorId(sensor.id), reason="Seen.")


def test_an_unknown_sensor_cannot_be_acknowledged(
    session: WriteSession, technician: Principal
) -> None:
    with pytest.raises(SensorNotFound):
        service.acknowledge(session, technician, sensor_id=SensorId(new_id()), reason="Seen.")


def test_readers_neither_check_nor_acknowledge(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    principal_of: Callable[..., Principal],
) -> None:
    sensor = in_alarm(session, frozen_clock, checker)
    reader = principal_of(Permission.STORAGE_VIEW)

    with pytest.raises(PermissionDenied):
        service.check_alarms(session, reader)
    with pytest.raises(PermissionDenied):
        service.acknowledge(session, reader, sensor_id=SensorId(sensor.id), reason="Seen.")
    with pytest.raises(PermissionDenied):
        queries.open_alarms(session, principal_of(Permission.SAMPLES_VIEW))


def test_silence_does_not_end_an_alarm(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    in_alarm(session, frozen_clock, checker)
    frozen_clock.advance(hours=2)

    service.check_alarms(session, checker)

    warm, silent = queries.open_alarms(session, technician)
    assert (warm.kind, silent.kind) == (AlarmKind.HIGH, AlarmKind.NO_DATA)
    assert warm.is_stale


def test_two_that_disagree_are_no_matter_any_more_when_one_of_them_is_taken_out(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    principal_of: Callable[..., Principal],
) -> None:
    probe, air = make_sensor(session), make_sensor(session)
    air.kind, air.unit_id = SensorKind.TEMPERATURE_AIR, probe.unit_id
    read_until(session, probe, frozen_clock(), [-80.0] * 60)
    read_until(session, air, frozen_clock(), [-72.0] * 60)
    service.check_alarms(session, checker)
    kinds = select(Alarm.kind).where(Alarm.sensor_id == probe.id, Alarm.closed_at.is_(None))
    assert session.scalars(kinds).all() == [AlarmKind.DISAGREE]

    keeper = principal_of(Permission.STORAGE_CONFIGURE)
    sensor_moving.disconnect_sensor(session, keeper, sensor_id=SensorId(air.id), reason="Broken")
    service.check_alarms(session, checker)

    assert session.scalars(kinds).all() == []


def test_of_two_people_at_once_one_acknowledges(
    committed_database: Engine,
    frozen_clock: FrozenClock,
    checker: Principal,
    technician: Principal,
) -> None:
    with writing() as session:
        sensor_id = SensorId(in_alarm(session, frozen_clock, checker).id)
    barrier = Barrier(2)
    outcomes: list[str] = []

    def acknowledge() -> None:
        barrier.wait()
        try:
            with writing() as session:
                service.acknowledge(session, technician, sensor_id=sensor_id, reason="Seen.")
            outcomes.append("acknowledged")
        except AlreadyAcknowledged as refusal:
            outcomes.append(refusal.message)

    threads = [Thread(target=acknowledge) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading() as session:
        (alarm,) = queries.open_alarms(session, technician)
    assert max(outcomes) == "acknowledged"
    assert min(outcomes).startswith("Ada has acknowledged the alarm of")
    assert alarm.acknowledged_by_name == "Ada"


FRIDGE_WARM, FRIDGE_COLD = [4.0] * 3 + [9.0] * 16, [1.0] * 16


def payloads(session: WriteSession, sensor: Sensor) -> list[tuple[object, object]]:
    raised = session.scalars(
        select(OutboxEvent.payload)
        .where(OutboxEvent.aggregate_id == sensor.id, OutboxEvent.type == "telemetry.alarm_raised")
        .order_by(OutboxEvent.seq)
    )
    return [(each["above_c"], each["below_c"]) for each in raised]


def test_a_refrigerator_that_freezes_is_alarmed_with_its_low_limit(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, technician: Principal
) -> None:
    sensor = make_sensor(session, is_refrigerator=True)
    read_until(session, sensor, frozen_clock(), [4.0] * 3 + FRIDGE_COLD)

    service.check_alarms(session, checker)

    (alarm,) = queries.open_alarms(session, technician)
    assert (alarm.limit_c, alarm.is_cold) == (2.0, True)
    assert payloads(session, sensor) == [(None, 2.0)]


def test_a_warm_refrigerator_that_then_freezes_is_told_again_and_acknowledged_again(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, technician: Principal
) -> None:
    sensor = make_sensor(session, is_refrigerator=True)
    read_until(session, sensor, frozen_clock(), FRIDGE_WARM)
    service.check_alarms(session, checker)
    service.acknowledge(session, technician, sensor_id=SensorId(sensor.id), reason="Door open")
    frozen_clock.advance(minutes=16)
    read_until(session, sensor, frozen_clock(), FRIDGE_COLD)

    service.check_alarms(session, checker)

    (alarm,) = queries.open_alarms(session, technician)
    assert payloads(session, sensor) == [(8.0, None), (None, 2.0)]
    assert (alarm.is_cold, alarm.acknowledged_at) == (True, None)


def test_a_cold_run_that_began_long_ago_is_found_whole(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, technician: Principal
) -> None:
    sensor = make_sensor(session, is_refrigerator=True)
    read_until(session, sensor, frozen_clock(), [4.0] + [1.0] * 241)

    service.check_alarms(session, checker)

    (alarm,) = queries.open_alarms(session, technician)
    assert alarm.since == frozen_clock() - timedelta(hours=4)


def test_a_long_range_of_a_refrigerator_keeps_its_cold_peak(
    session: WriteSession, frozen_clock: FrozenClock, technician: Principal
) -> None:
    sensor = make_sensor(session, is_refrigerator=True)
    read_until(session, sensor, frozen_clock(), [4.0] * 1500 + [0.5] + [4.5] * 1500)

    found = queries.readings(
        session, technician, SensorId(sensor.id), frozen_clock() - timedelta(minutes=3001)
    )

    assert len(found) < 500
    assert min(point.temperature_c for point in found) == 0.5


def test_a_deadband_that_does_not_fit_is_refused(session: WriteSession) -> None:
    sensor = make_sensor(session, is_refrigerator=True)
    sensor.deadband_c = 3.0

    with pytest.raises(IntegrityError, match="deadband_fits"):
        session.flush()
