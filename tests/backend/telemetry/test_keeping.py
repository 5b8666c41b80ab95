"""Readings over years: partitions by month, sums that late readings renew, and forgetting."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select, text

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.telemetry import keeping, queries
from backend.telemetry.ids import SensorId
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.rollup_models import ReadingFine, ReadingHour
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock


@pytest.fixture
def machine(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE, Permission.STORAGE_VIEW)


def partitions(session: WriteSession) -> dict[str, int]:
    """Return how many readings lie in each partition."""
    rows = session.execute(
        text("SELECT tableoid::regclass::text AS name, count(*) AS number FROM reading GROUP BY 1")
    )
    return {row.name: row.number for row in rows}


def months(session: WriteSession) -> list[str]:
    return list(
        session.scalars(
            text(
                "SELECT inhrelid::regclass::text FROM pg_inherits "
                "WHERE inhparent = 'reading'::regclass ORDER BY 1"
            )
        )
    )


def sums(session: WriteSession, sensor: Sensor) -> list[tuple[datetime, float, float, float, int]]:
    rows = session.execute(
        select(
            ReadingFine.start,
            ReadingFine.lowest,
            ReadingFine.highest,
            ReadingFine.mean,
            ReadingFine.count,
        )
        .where(ReadingFine.sensor_id == sensor.id)
        .order_by(ReadingFine.start)
    )
    return [tuple(row) for row in rows]


def test_months_are_made_ahead_and_take_what_has_come_before_them(
    session: WriteSession, frozen_clock: FrozenClock, machine: Principal
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-80.0, -79.0])
    read_until(session, sensor, datetime(2026, 9, 30, 23, 59, tzinfo=UTC), [-81.0])

    first = keeping.keep_readings(session, machine, days=400)
    second = keeping.keep_readings(session, machine, days=400)
    read_until(session, sensor, datetime(2026, 9, 1, tzinfo=UTC), [-82.0])

    assert (first.months_made, second.months_made) == (4, 0)
    assert months(session) == [
        "reading_2026_09",
        "reading_2026_11",
        "reading_2026_12",
        "reading_2027_01",
        "reading_default",
    ]
    assert partitions(session) == {"reading_2026_09": 2, "reading_2026_11": 2}


def test_a_reading_far_out_of_range_has_a_place_too(
    session: WriteSession, frozen_clock: FrozenClock, machine: Principal
) -> None:
    sensor = make_sensor(session)
    keeping.keep_readings(session, machine, days=400)

    read_until(session, sensor, datetime(2031, 3, 3, tzinfo=UTC), [-80.0])

    assert partitions(session) == {"reading_default": 1}


def test_old_months_go_as_a_whole_and_their_hours_stay(
    session: WriteSession, frozen_clock: FrozenClock, machine: Principal
) -> None:
    sensor = make_sensor(session)
    july, august = (datetime(2026, month, 20, tzinfo=UTC) for month in (7, 8))
    keeping.make_months(session, july, frozen_clock())
    for at in (datetime(2025, 1, 1, tzinfo=UTC), july, august, frozen_clock()):
        read_until(session, sensor, at, [-80.0])
    keeping.roll_up(session, machine)

    kept = keeping.keep_readings(session, machine, days=10)

    # Ninety days before the 23rd of November lie in August, and a month goes as a whole.
    assert kept.months_forgotten == 1
    assert partitions(session) == {"reading_2026_08": 1, "reading_2026_11": 1}
    assert session.scalar(select(func.count()).select_from(ReadingHour)) == 4


def test_sums_are_those_of_the_readings_and_late_ones_renew_them(
    session: WriteSession, frozen_clock: FrozenClock, machine: Principal
) -> None:
    sensor = make_sensor(session)
    noon = frozen_clock()
    read_until(session, sensor, noon + timedelta(minutes=1), [-80.0, -70.0, 0.0])

    assert keeping.roll_up(session, machine) == 2
    before = sums(session, sensor)
    read_until(session, sensor, noon + timedelta(minutes=3), [-60.0])
    assert keeping.roll_up(session, machine) == 1

    assert before == [
        (noon - timedelta(minutes=5), -80.0, -80.0, -80.0, 1),
        (noon, -70.0, 0.0, -35.0, 2),
    ]
    assert sums(session, sensor)[1] == (noon, -70.0, 0.0, pytest.approx(-130 / 3), 3)
    assert keeping.waiting_hours(session) == 0
    assert keeping.roll_up(session, machine) == 0


def test_a_late_reading_of_a_forgotten_month_does_not_overwrite_its_sums(
    session: WriteSession, frozen_clock: FrozenClock, machine: Principal
) -> None:
    sensor = make_sensor(session)
    long_ago = datetime(2026, 1, 10, 8, 30, tzinfo=UTC)
    read_until(session, sensor, long_ago, [-80.0, -79.0, -78.0])
    keeping.roll_up(session, machine)
    keeping.keep_readings(session, machine, days=90)

    read_until(session, sensor, long_ago + timedelta(minutes=9), [-10.0])
    keeping.roll_up(session, machine)

    hour = session.scalars(select(ReadingHour).where(ReadingHour.sensor_id == sensor.id)).one()
    assert (hour.count, hour.highest) == (3, -78.0)


@pytest.mark.parametrize("days", [2, 60])
def test_a_long_range_reads_the_same_peak_before_and_after_the_summing_up(
    session: WriteSession, frozen_clock: FrozenClock, machine: Principal, days: int
) -> None:
    sensor = make_sensor(session)
    steps = days * 24 * 4
    temperatures = [-80.0] * steps
    temperatures[steps // 3] = -41.0
    read_until(session, sensor, frozen_clock(), temperatures, every=timedelta(minutes=15))
    since = frozen_clock() - timedelta(days=days)

    raw = queries.readings(session, machine, SensorId(sensor.id), since)
    while keeping.roll_up(session, machine):
        pass
    rolled = queries.readings(session, machine, SensorId(sensor.id), since)
    read_until(session, sensor, frozen_clock() + timedelta(minutes=1), [-20.0])
    newest = queries.readings(session, machine, SensorId(sensor.id), since)

    assert max(point.temperature_c for point in raw) == -41.0
    assert max(point.temperature_c for point in rolled) == -41.0
    assert len(rolled) <= 481
    # What is not summed up yet is drawn all the same.
    assert newest[-1].temperature_c == -20.0


def test_only_those_who_run_the_system_keep_house(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    reader = principal_of(Permission.STORAGE_VIEW)

    with pytest.raises(PermissionDenied):
        keeping.keep_readings(session, reader, days=400)
    with pytest.raises(PermissionDenied):
        keeping.roll_up(session, reader)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), date(2025, 12, 1)),
        (datetime(2026, 3, 1, tzinfo=UTC), date(2025, 12, 1)),
        (datetime(2026, 2, 28, tzinfo=UTC), date(2025, 11, 1)),
    ],
)
def test_a_month_is_kept_until_all_of_it_is_old(day: datetime, first: date) -> None:
    assert keeping.kept_from(day, 90) == first
    assert keeping.kept_from(day, 1) == first


@pytest.mark.slow
def test_nothing_written_while_others_sum_up_is_missed(
    committed_database: Engine, machine: Principal
) -> None:
    start = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    with writing() as session:
        sensor = make_sensor(session)

    def write(offset: int) -> None:
        for number in range(40):
            with writing() as session:
                at = start + timedelta(seconds=2 * number + offset)
                session.add(Reading(sensor_id=sensor.id, at=at, value=-80.0))

    def fold() -> None:
        for _ in range(30):
            with writing() as session:
                keeping.roll_up(session, machine)

    threads = [Thread(target=write, args=(0,)), Thread(target=write, args=(1,))]
    threads += [Thread(target=fold), Thread(target=fold)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with writing() as session:
        keeping.roll_up(session, machine)
        hour = session.scalars(select(ReadingHour)).one()

    assert (hour.count, hour.start) == (80, start)
