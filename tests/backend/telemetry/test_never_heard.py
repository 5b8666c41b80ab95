"""Sensors that a person connected and that have not spoken since: told of as silent ones are."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.telemetry import (
    alarm_judging,
    alarm_queries,
    common_rules,
    intake,
    maintenance,
    queries,
    sensors,
    service,
)
from backend.telemetry.alarm_judging import Before, Heard
from backend.telemetry.alarm_queries import AlarmsWanted
from backend.telemetry.ids import AlarmKind, AlarmSeverity, SensorId, SensorKind
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.models import Sensor
from backend.telemetry.sensors import TemperatureLimits
from backend.telemetry.service import Checked
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock
from tests.support.watched_sensor import START, point_of, terms_of

NOTHING = Checked(raised=0, cleared=0, fell_silent=0)
TERMS = terms_of(-80.0)
STABLE_FOR = common_rules.DEFAULT.stable_for
MINUTES = st.integers(min_value=0, max_value=120)


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.HEALTH_OPERATE,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_CONFIGURE,
        Permission.TELEMETRY_RECORD,
        name="Ada",
    )


def connected(session: WriteSession, at: datetime) -> Sensor:
    sensor = make_sensor(session)
    sensor.connected_at = at
    session.flush()
    return sensor


def told(session: WriteSession, sensor: Sensor) -> list[OutboxEvent]:
    found = select(OutboxEvent).where(OutboxEvent.aggregate_id == sensor.id)
    return list(session.scalars(found.order_by(OutboxEvent.seq)))


@given(silent=MINUTES, listened=st.none() | MINUTES)
def test_silence_counts_from_the_connecting_and_from_when_the_program_listens(
    silent: int, listened: int | None
) -> None:
    now = START + timedelta(minutes=silent)
    since = None if listened is None else now - timedelta(minutes=listened)
    heard = Heard(points=(), awaited_from=START)

    found = alarm_judging.judge_all(
        TERMS, heard, {}, now, stable_for=STABLE_FOR, listens_since=since
    )

    missed = silent if listened is None else min(silent, listened)
    expected = None if missed <= 10 else "warning" if missed <= 30 else "critical"
    assert {kind: (each.severity.value, each.since) for kind, each in found.items()} == (
        {} if expected is None else {AlarmKind.NO_DATA: (expected, START)}
    )


@given(silent=MINUTES, spoke=st.integers(min_value=-120, max_value=120))
def test_a_reading_from_before_it_was_connected_is_no_word_of_its_own(
    silent: int, spoke: int
) -> None:
    spoke_at = START + timedelta(minutes=min(spoke, silent))
    heard = Heard(points=[point_of(spoke_at, -80.0)], awaited_from=START)

    found = alarm_judging.judge_all(
        TERMS, heard, {}, START + timedelta(minutes=silent), stable_for=STABLE_FOR
    )

    since = max(spoke_at, START)
    is_silent = START + timedelta(minutes=silent) - since > timedelta(minutes=10)
    assert {kind: each.since for kind, each in found.items()} == (
        {AlarmKind.NO_DATA: since} if is_silent else {}
    )
    assert heard.spoke_last == (spoke_at if spoke_at >= START else None)


def test_one_that_nobody_connected_and_nobody_heard_is_unknown_and_no_alarm(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    frozen_clock.advance(hours=8)

    assert service.check_alarms(session, keeper) == NOTHING
    assert told(session, sensor) == []


def test_other_alarms_stand_as_they_are_where_no_reading_is_left() -> None:
    was = Before(
        since=START, back_since=None, severity=AlarmSeverity.CRITICAL, is_acknowledged=False
    )
    heard = Heard(points=(), awaited_from=START)

    found = alarm_judging.judge_all(
        TERMS, heard, {AlarmKind.HIGH: was}, START, stable_for=STABLE_FOR
    )

    assert found[AlarmKind.HIGH].since == START


def test_it_is_told_of_worsens_and_ends_with_its_first_reading_once_somebody_knows(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    at = frozen_clock()
    sensor = connected(session, at)
    frozen_clock.advance(minutes=10)
    early = service.check_alarms(session, keeper)
    frozen_clock.advance(minutes=1)
    silent = service.check_alarms(session, keeper)
    [shown] = queries.open_alarms(session, keeper)
    [record] = alarm_queries.list_alarms(session, keeper, AlarmsWanted(is_open=True))
    frozen_clock.advance(minutes=20)
    again = service.check_alarms(session, keeper)
    service.acknowledge(session, keeper, sensor_id=SensorId(sensor.id), reason="Cable was loose")
    known = service.check_alarms(session, keeper)
    read_until(session, sensor, frozen_clock(), [-80.0])
    service.check_alarms(session, keeper)

    assert (early, silent.fell_silent, again, known) == (NOTHING, 1, NOTHING, NOTHING)
    assert (shown.kind, shown.since, shown.temperature_c) == (AlarmKind.NO_DATA, at, None)
    assert (shown.connected_at, shown.is_stale) == (at, True)
    assert (record.value, record.read_at) == (None, None)
    assert queries.open_alarms(session, keeper) == []
    events = told(session, sensor)
    assert [each.type for each in events] == [
        "telemetry.sensor_silent",
        "telemetry.alarm_raised",
        "telemetry.alarm_acknowledged",
        "telemetry.sensor_heard",
    ]
    short, critical, _, heard = (each.payload for each in events)
    assert (short["last_read_at"], short["connected_there"]) == (None, f"{at:%d %b %Y, %H:%M}")
    assert (critical["value"], critical["connected_there"]) == (None, short["connected_there"])
    assert (heard["last_read_at"], heard["connected_at"]) == (None, short["connected_at"])


def test_what_fell_silent_later_is_told_with_its_last_reading(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = connected(session, frozen_clock())
    frozen_clock.advance(minutes=5)
    read_until(session, sensor, frozen_clock(), [-80.0])
    frozen_clock.advance(minutes=11)

    service.check_alarms(session, keeper)

    [silent] = told(session, sensor)
    assert silent.payload["last_read_at"] is not None
    assert (silent.payload["connected_at"], silent.payload["connected_there"]) == (None, "")


def test_maintenance_mutes_it_and_it_is_told_of_afterwards(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = connected(session, frozen_clock())
    maintenance.start_window(
        session,
        keeper,
        unit_ids=[sensor.unit_id],
        starts_at=frozen_clock(),
        ends_at=frozen_clock() + timedelta(minutes=20),
        reason="The logger is being fitted",
    )
    frozen_clock.advance(minutes=11)
    service.check_alarms(session, keeper)
    held = [each.type for each in told(session, sensor)]
    frozen_clock.advance(minutes=10)
    service.check_alarms(session, keeper)

    assert held[-1] == "telemetry.alarm_held"
    assert "telemetry.sensor_silent" not in held
    assert "telemetry.sensor_silent" in [each.type for each in told(session, sensor)]


def test_a_sensor_that_a_person_registers_is_awaited_and_its_past_may_still_come(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    key = sensors.add_sensor(
        session,
        keeper,
        code="NEW-T1",
        kind=SensorKind.TEMPERATURE_PROBE,
        unit_id=new_id(),
        unit_label="ULT-N1",
        limits=TemperatureLimits(setpoint_c=-80.0, warning_high_c=-74.0, alarm_high_c=-70.0),
    )
    before = SentReading(code="NEW-T1", at=frozen_clock() - timedelta(hours=3), value=-80.0)
    [outcome] = intake.ingest(session, keeper, [before], kept_days=400).outcomes
    at_once = service.check_alarms(session, keeper)
    frozen_clock.advance(minutes=11)

    later = service.check_alarms(session, keeper)

    assert outcome is Outcome.ACCEPTED
    assert (at_once, later.fell_silent) == (NOTHING, 1)
    [silent] = [
        each
        for each in told(session, session.get_one(Sensor, key))
        if each.type == "telemetry.sensor_silent"
    ]
    assert silent.payload["last_read_at"] is None
    assert silent.payload["connected_there"]
