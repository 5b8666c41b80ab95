"""Temperatures: kept once, whole or not at all, and thinned without losing a peak."""

import math
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry import queries, rules, service
from backend.telemetry.errors import ReadingRefused, SensorNotFound
from backend.telemetry.ids import SensorId, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.views import NewReading
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.support.clock import FrozenClock


@pytest.fixture
def logger(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE)


@pytest.fixture
def reader(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_VIEW)


def new(sensor: Sensor, clock: FrozenClock, temperature_c: float, minutes_ago: int) -> NewReading:
    return NewReading(
        sensor_id=SensorId(sensor.id),
        at=clock() - timedelta(minutes=minutes_ago),
        temperature_c=temperature_c,
    )


def kept(session: WriteSession) -> int:
    return session.scalars(select(func.count()).select_from(Reading)).one()


def test_a_reading_that_comes_twice_is_kept_once_as_it_came_first(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal, reader: Principal
) -> None:
    sensor = make_sensor(session)
    before = kept(session)

    first = service.record_readings(session, logger, [new(sensor, frozen_clock, -80.0, 1)])
    second = service.record_readings(
        session, logger, [new(sensor, frozen_clock, -10.0, 1), new(sensor, frozen_clock, -79.5, 0)]
    )

    assert (first, second, kept(session) - before) == (1, 1, 2)
    points = queries.readings(
        session, reader, SensorId(sensor.id), frozen_clock() - timedelta(hours=1)
    )
    assert [point.temperature_c for point in points] == [-80.0, -79.5]


def test_an_error_code_is_no_temperature_and_zero_is(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = make_sensor(session)
    numbers = [-127.0, 85.0, 850.0, math.nan, 0.0]

    written = service.record_readings(
        session,
        logger,
        [new(sensor, frozen_clock, number, minute) for minute, number in enumerate(numbers)],
    )

    assert written == 1


def test_a_reading_from_the_future_keeps_the_whole_lot_out(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = make_sensor(session)
    before = kept(session)

    with pytest.raises(ReadingRefused, match="in the future"):
        service.record_readings(
            session,
            logger,
            [new(sensor, frozen_clock, -80.0, 0), new(sensor, frozen_clock, -80.0, -6)],
        )

    assert kept(session) == before


def test_a_reading_without_a_time_zone_is_refused(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = make_sensor(session)
    naive = NewReading(
        sensor_id=SensorId(sensor.id), at=frozen_clock().replace(tzinfo=None), temperature_c=-80.0
    )

    with pytest.raises(ReadingRefused, match="no time zone"):
        service.record_readings(session, logger, [naive])


def test_a_reading_of_an_unknown_sensor_keeps_the_whole_lot_out(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor, before = make_sensor(session), kept(session)
    stray = NewReading(sensor_id=SensorId(new_id()), at=frozen_clock(), temperature_c=-80.0)

    with pytest.raises(SensorNotFound, match=str(stray.sensor_id)):
        service.record_readings(session, logger, [new(sensor, frozen_clock, -80.0, 0), stray])

    assert kept(session) == before


def test_only_those_who_run_the_system_record(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    sensor = make_sensor(session)

    with pytest.raises(PermissionDenied):
        service.record_readings(session, reader, [new(sensor, frozen_clock, -80.0, 0)])


def test_a_long_range_is_thinned_and_keeps_its_peak(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    sensor = make_sensor(session)
    temperatures = [-80.0] * 3_000
    temperatures[1_717] = -41.0
    read_until(session, sensor, frozen_clock(), temperatures)

    points = queries.readings(
        session, reader, SensorId(sensor.id), frozen_clock() - timedelta(minutes=3_000)
    )

    assert 400 <= len(points) <= rules.MOST_POINTS + 1
    assert max(point.temperature_c for point in points) == -41.0
    assert [point.at for point in points] == sorted(point.at for point in points)


def test_readings_of_an_unknown_sensor_are_not_found(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    with pytest.raises(SensorNotFound):
        queries.readings(session, reader, SensorId(new_id()), frozen_clock())


def test_a_sensor_now_has_its_newest_reading_and_says_when_that_is_old(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    fresh = make_sensor(session, unit_label="ULT-A", source=SensorSource.SIMULATED)
    old, never = make_sensor(session, unit_label="ULT-B"), make_sensor(session, unit_label="ULT-C")
    read_until(session, fresh, frozen_clock(), [-70.0, -79.0])
    read_until(session, old, frozen_clock() - timedelta(minutes=11), [-79.0])

    now = {sensor.unit_label: sensor for sensor in queries.sensors_now(session, reader)}

    assert [*now] == [fresh.unit_label, old.unit_label, never.unit_label]
    assert (now["ULT-A"].temperature_c, now["ULT-A"].is_stale) == (-79.0, False)
    assert (now["ULT-A"].is_simulated, now["ULT-B"].is_simulated) == (True, False)
    assert (now["ULT-B"].temperature_c, now["ULT-B"].is_stale) == (-79.0, True)
    assert (now["ULT-C"].temperature_c, now["ULT-C"].is_stale) == (None, True)


def test_the_last_day_of_a_sensor_has_its_extremes_and_leaves_gaps_out(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    sensor, silent = make_sensor(session), make_sensor(session)
    read_until(session, sensor, frozen_clock() - timedelta(hours=25), [-20.0])
    read_until(session, sensor, frozen_clock() - timedelta(hours=4, minutes=50), [-81.0, -76.0])
    read_until(session, sensor, frozen_clock(), [-79.0])

    days = queries.last_day(session, reader)

    assert silent.id not in days
    day = days[SensorId(sensor.id)]
    assert (day.low_c, day.high_c, day.warmest_c) == (-81.0, -76.0, (-76.0, -79.0))


@pytest.mark.parametrize("ask", [queries.sensors_now, queries.last_day, queries.open_alarms])
def test_ten_sensors_cost_as_many_statements_as_one(
    session: WriteSession,
    frozen_clock: FrozenClock,
    reader: Principal,
    ask: Callable[..., object],
) -> None:
    def statements() -> int:
        session.expire_all()
        sent: list[str] = []

        def note(*arguments: object) -> None:
            sent.append(str(arguments[2]))

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        ask(session, reader)
        event.remove(connection, "before_cursor_execute", note)
        return len(sent)

    def add_in_alarm(sensors: int) -> None:
        for _ in range(sensors):
            sensor = make_sensor(session)
            read_until(session, sensor, frozen_clock(), [-60.0] * 16)
            open_alarm(session, sensor, frozen_clock() - timedelta(minutes=15))
        session.flush()

    add_in_alarm(1)
    of_one = statements()
    add_in_alarm(9)

    assert statements() == of_one <= 2
