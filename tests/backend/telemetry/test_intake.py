"""What loggers send: each reading has its outcome, and sending again changes nothing."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.telemetry import intake, keeping, queries, service
from backend.telemetry.errors import ReadingRefused
from backend.telemetry.ids import SensorKind
from backend.telemetry.intake_views import Ingested, Outcome, SentReading
from backend.telemetry.models import Reading, Sensor
from tests.factories.telemetry import make_sensor
from tests.support.clock import FrozenClock


@pytest.fixture
def logger(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.TELEMETRY_RECORD,
        Permission.HEALTH_OPERATE,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_VIEW,
    )


def sent(sensor: Sensor, at: datetime, *values: float | None) -> list[SentReading]:
    """Return readings a minute apart, the last one at ``at``."""
    last = len(values) - 1
    return [
        SentReading(code=sensor.code, at=at - timedelta(minutes=last - index), value=value)
        for index, value in enumerate(values)
    ]


def ingest(
    session: WriteSession, principal: Principal, readings: Sequence[SentReading]
) -> Ingested:
    return intake.ingest(session, principal, readings, kept_days=400)


def kept(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Reading)).one()


def test_each_reading_has_its_own_outcome_and_the_good_ones_stay(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor, now = make_sensor(session), frozen_clock()
    batch = [
        *sent(sensor, now, 0.0),
        *sent(sensor, now, 0.0),
        *sent(sensor, now, -1.0),
        *sent(sensor, now - timedelta(minutes=1), -127.0),
        *sent(sensor, now - timedelta(minutes=2), None),
        *sent(sensor, now - timedelta(minutes=3), math.nan),
        *sent(sensor, now - timedelta(minutes=4), 900.0),
        SentReading(code="NOBODY", at=now, value=-80.0),
        *sent(sensor, now + timedelta(minutes=6), -80.0),
        *sent(sensor, datetime(2024, 1, 1, tzinfo=UTC), -80.0),
    ]

    done = ingest(session, logger, batch)

    assert done.outcomes == (
        Outcome.ACCEPTED,
        Outcome.REPEATED,
        Outcome.DIFFERS,
        Outcome.NO_MEASUREMENT,
        Outcome.NO_MEASUREMENT,
        Outcome.NO_MEASUREMENT,
        Outcome.IMPLAUSIBLE,
        Outcome.UNKNOWN_SENSOR,
        Outcome.FUTURE,
        Outcome.TOO_OLD,
    )
    assert session.scalars(select(Reading.value)).all() == [0.0]
    assert done.counts()[Outcome.NO_MEASUREMENT] == 3


def test_sending_again_changes_nothing_and_says_so(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = make_sensor(session)
    batch = sent(sensor, frozen_clock(), -80.0, -79.0)

    seen = intake.look_at(session, logger, batch, kept_days=400)
    ingest(session, logger, batch)
    keeping.roll_up(session, logger)
    again = ingest(session, logger, batch)
    other = ingest(session, logger, sent(sensor, frozen_clock(), -10.0))

    assert set(seen.outcomes) == {Outcome.ACCEPTED}
    assert set(again.outcomes) == {Outcome.REPEATED}
    assert other.outcomes == (Outcome.DIFFERS,)
    assert kept(session) == 2
    assert keeping.waiting_hours(session) == 0


def test_looking_keeps_nothing(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = make_sensor(session)

    intake.look_at(session, logger, sent(sensor, frozen_clock(), -80.0), kept_days=400)

    assert kept(session) == 0


def test_a_corrected_sensor_repeats_itself_by_what_it_said(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = make_sensor(session)
    sensor.correction, sensor.calibrated_on = 0.2, date(2026, 11, 1)
    session.flush()

    ingest(session, logger, sent(sensor, frozen_clock(), 4.1))
    again = ingest(session, logger, sent(sensor, frozen_clock(), 4.1))

    row = session.scalars(select(Reading)).one()
    assert (row.value, row.correction, row.raw_value) == (4.3, 0.2, 4.1)
    assert again.outcomes == (Outcome.REPEATED,)


def test_a_door_takes_open_and_shut_and_nothing_else(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = make_sensor(session)
    sensor.kind = SensorKind.DOOR
    session.flush()

    done = ingest(session, logger, sent(sensor, frozen_clock(), 0.0, 1.0, 85.0))

    assert done.outcomes == (Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.IMPLAUSIBLE)


def test_a_batch_that_cannot_be_read_keeps_nothing_and_names_what_is_wrong(
    session: WriteSession,
    frozen_clock: FrozenClock,
    logger: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sensor, now = make_sensor(session), frozen_clock()
    naive = [*sent(sensor, now, -80.0), *sent(sensor, now.replace(tzinfo=None), -80.0)]

    with pytest.raises(ReadingRefused, match=f"{sensor.code} at 2026-11-23 12:00 has no time zone"):
        ingest(session, logger, naive)
    monkeypatch.setattr(intake, "MOST_AT_ONCE", 1)
    with pytest.raises(ReadingRefused, match="2 readings are too many"):
        ingest(session, logger, sent(sensor, now, -80.0, -80.0))

    assert kept(session) == 0


def test_only_those_who_may_record_do(
    session: WriteSession, frozen_clock: FrozenClock, principal_of: Callable[..., Principal]
) -> None:
    sensor = make_sensor(session)

    with pytest.raises(PermissionDenied):
        ingest(session, principal_of(Permission.STORAGE_PLACE), sent(sensor, frozen_clock(), -80.0))


def test_late_readings_raise_no_alarm_again_and_are_summed_up(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor, now = make_sensor(session), frozen_clock()
    warm = sent(sensor, now, *[-60.0] * 21)
    ingest(session, logger, warm[::2])
    keeping.roll_up(session, logger)
    first = service.check_alarms(session, logger)
    service.acknowledge(session, logger, sensor_id=sensor.id, reason="The door was open")
    frozen_clock.now = now + timedelta(minutes=20)
    ingest(session, logger, sent(sensor, frozen_clock(), *[-80.0] * 20))
    cleared = service.check_alarms(session, logger)

    # The other half of the warm run comes out of the logger's memory, newest first.
    late = ingest(session, logger, warm[::-1])
    after = service.check_alarms(session, logger)

    assert (first.raised, cleared.cleared) == (1, 1)
    assert late.counts()[Outcome.ACCEPTED] == 10
    assert late.counts()[Outcome.REPEATED] == 11
    assert (after.raised, after.cleared) == (0, 0)
    assert queries.open_alarms(session, logger) == []
    assert keeping.roll_up(session, logger) == 2


@pytest.mark.slow
def test_the_same_backlog_from_two_sides_is_kept_once_and_nobody_waits_for_ever(
    committed_database: Engine, logger: Principal
) -> None:
    now = clock.utc_now()
    with writing() as session:
        sensors = [make_sensor(session) for _ in range(20)]
    batch = [each for sensor in sensors for each in sent(sensor, now, *[-80.0] * 60)]
    done: list[Ingested] = []

    def send(readings: Sequence[SentReading]) -> None:
        with writing() as session:
            done.append(ingest(session, logger, readings))

    threads = [Thread(target=send, args=(part,)) for part in (batch, batch[::-1], batch)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with writing() as session:
        assert kept(session) == 1_200
    assert len(done) == 3
    assert sum(each.counts()[Outcome.ACCEPTED] for each in done) == 1_200
    assert sum(each.counts()[Outcome.REPEATED] for each in done) == 2_400
