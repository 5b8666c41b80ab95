"""A reading that may complete an alarm asks for a check at once; others leave it to the minute."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry import doorbell, intake
from backend.telemetry.ids import SensorKind
from backend.telemetry.intake_views import SentReading
from backend.work.models import Job
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.support.clock import FrozenClock


@pytest.fixture
def logger(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.TELEMETRY_RECORD)


def asked(session: WriteSession) -> list[object]:
    jobs = session.scalars(select(Job).where(Job.kind == doorbell.CHECK))
    return [job.arguments["sensor_ids"] for job in jobs]


def report(
    session: WriteSession,
    logger: Principal,
    clock: FrozenClock,
    value: float,
    *,
    ago: timedelta = timedelta(0),
    is_alarmed: bool = False,
) -> str:
    sensor = make_sensor(session)
    if is_alarmed:
        open_alarm(session, sensor, clock() - timedelta(hours=1))
    sent = [SentReading(code=sensor.code, at=clock() - ago, value=value)]
    intake.ingest(session, logger, sent, kept_days=400)
    return str(sensor.id)


def test_a_reading_beyond_a_limit_asks_for_a_check_of_its_sensor(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    sensor = report(session, logger, frozen_clock, -60.0)

    assert asked(session) == [[sensor]]


def test_a_reading_in_range_asks_only_where_an_alarm_is_open(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    report(session, logger, frozen_clock, -80.0)
    quiet = asked(session)
    alarmed = report(session, logger, frozen_clock, -80.0, is_alarmed=True)

    assert (quiet, asked(session)) == ([], [[alarmed]])


def test_a_backlog_waits_for_the_next_check(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    report(session, logger, frozen_clock, -60.0, ago=timedelta(minutes=16))

    assert asked(session) == []


def test_a_fast_rise_and_an_air_that_disagrees_ask_in_range_too(
    session: WriteSession, frozen_clock: FrozenClock, logger: Principal
) -> None:
    now = frozen_clock()
    rising, probe, air, calm = (make_sensor(session) for _ in range(4))
    air.kind, air.unit_id = SensorKind.TEMPERATURE_AIR, probe.unit_id
    session.flush()
    for sensor, before in ((rising, -88.0), (air, -73.0), (calm, -80.5)):
        read_until(
            session, sensor, now - timedelta(minutes=11 if sensor is not air else 1), [before]
        )

    for sensor in (calm, rising, probe):
        sent = [SentReading(code=sensor.code, at=now, value=-80.0)]
        intake.ingest(session, logger, sent, kept_days=400)

    assert asked(session) == [[str(rising.id)], [str(probe.id)]]
