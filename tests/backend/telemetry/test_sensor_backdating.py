"""Moves of sensors that are registered after they were done."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.incidents import service as incidents_service
from backend.incidents.ids import IncidentState
from backend.incidents.models import Incident, IncidentItem
from backend.telemetry import intake, keeping, queries, sensor_moving, service
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.device_tokens import Unit
from backend.telemetry.errors import SensorInAlarm, SensorRefused
from backend.telemetry.ids import AlarmKind, SensorId
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.rollup_models import ReadingFine, ReadingHour
from backend.telemetry.sensor_moving import Moved
from backend.telemetry.sensors import TemperatureLimits
from tests.factories.incidents import CHECKER, WatchedFreezer, watch_freezer
from tests.factories.samples import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.support.clock import FrozenClock

MINUTE = timedelta(minutes=1)
FREEZER = TemperatureLimits(setpoint_c=-20.0, warning_high_c=-17.0)


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


@pytest.fixture
def ult(session: WriteSession) -> WatchedFreezer:
    """Return a −80 °C unit whose probe follows the rules of its class."""
    watched = watch_freezer(session, label="ULT-91")
    watched.sensor.alarm_high_c = None
    session.flush()
    return watched


@pytest.fixture
def freezer(session: WriteSession) -> Unit:
    return Unit(unit_id=make_freezer(session, label="FRZ-91").unit_id, label="FRZ-91")


def move(
    session: WriteSession, keeper: Principal, sensor: Sensor, unit: Unit, at: datetime | None
) -> Moved:
    return sensor_moving.move_sensor(
        session,
        keeper,
        sensor_id=SensorId(sensor.id),
        unit=unit,
        limits=FREEZER,
        reason="Its place was needed",
        moved_at=at,
    )


def carried_to_the_freezer(session: WriteSession, ult: WatchedFreezer, now: datetime) -> datetime:
    """Let the probe stand an hour at −80 °C and then for one at −20 °C; return when it was moved.

    Whoever carried it has told nobody, so an alarm of the unit that it has left is open.
    """
    read_until(session, ult.sensor, now, [-80.0] * 60 + [-20.0] * 60)
    service.check_alarms(session, CHECKER)
    return now - 60 * MINUTE + timedelta(seconds=30)


def acknowledge(session: WriteSession, keeper: Principal, sensor: Sensor) -> None:
    service.acknowledge(
        session, keeper, sensor_id=SensorId(sensor.id), reason="The probe was moved"
    )


def counted(session: WriteSession) -> dict[object, int]:
    rows = session.execute(select(Reading.sensor_id, func.count()).group_by(Reading.sensor_id))
    return {sensor_id: number for sensor_id, number in rows}  # noqa: C416 -- rows, not pairs


def test_what_it_measured_since_goes_with_it_and_the_alarm_of_the_unit_it_had_left_ends(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    at = carried_to_the_freezer(session, ult, frozen_clock())
    acknowledge(session, keeper, ult.sensor)

    moved = move(session, keeper, ult.sensor, freezer, at)
    service.check_alarms(session, CHECKER)

    assert counted(session) == {ult.sensor.id: 60, moved.sensor_id: 60}
    assert (moved.readings, moved.alarms_ended) == (60, 1)
    assert queries.open_alarms(session, keeper) == []
    new, old = sensor_moving.list_stays(session, keeper, ult.sensor.code)
    assert (old.unit_label, old.until, new.unit_label, new.since) == ("ULT-91", at, "FRZ-91", at)
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "telemetry.sensor_moved")
    ).one()
    assert entry.new_values == {"unit": "FRZ-91", "since": at.isoformat()}


def test_what_is_too_warm_in_the_new_unit_alarms_there_since_it_is(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    now = frozen_clock()
    read_until(session, ult.sensor, now, [-80.0] * 60 + [-10.0] * 60)

    move(session, keeper, ult.sensor, freezer, now - 60 * MINUTE + timedelta(seconds=30))
    service.check_alarms(session, CHECKER)

    [alarm] = queries.open_alarms(session, keeper)
    assert (alarm.unit_label, alarm.kind) == ("FRZ-91", AlarmKind.HIGH)
    assert alarm.since == now - 59 * MINUTE


def test_sums_of_both_units_are_of_what_was_measured_in_them(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    now = frozen_clock()
    keeping.make_months(session, now - timedelta(days=40), now)
    read_until(session, ult.sensor, now, [-80.0] * 180 + [-20.0] * 90)
    keeping.roll_up(session, keeper)

    at = now - 90 * MINUTE + timedelta(seconds=30)
    moved = move(session, keeper, ult.sensor, freezer, at)
    keeping.roll_up(session, keeper)

    for sums in (ReadingFine, ReadingHour):
        asked = select(
            sums.sensor_id, func.min(sums.lowest), func.max(sums.highest), func.sum(sums.count)
        ).group_by(sums.sensor_id)
        found = {sensor_id: tuple(rest) for sensor_id, *rest in session.execute(asked)}
        assert found == {ult.sensor.id: (-80.0, -80.0, 180), moved.sensor_id: (-20.0, -20.0, 90)}


def test_a_late_reading_goes_to_the_unit_of_then(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    now = frozen_clock()
    at = carried_to_the_freezer(session, ult, now)
    acknowledge(session, keeper, ult.sensor)
    moved = move(session, keeper, ult.sensor, freezer, at)

    sent = [
        SentReading(code=ult.sensor.code, at=at + timedelta(seconds=shift), value=-50.0)
        for shift in (-10, 10)
    ]
    outcomes = intake.ingest(session, keeper, sent, kept_days=400).outcomes

    assert outcomes == (Outcome.ACCEPTED, Outcome.ACCEPTED)
    assert counted(session) == {ult.sensor.id: 61, moved.sensor_id: 61}


def test_an_incident_of_the_unit_it_had_left_keeps_nothing_that_was_measured_elsewhere(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    tube = make_tube(session, make_project(session))
    stand(session, tube, ult.freezer.box_ids[0], 1, 1)
    frozen_clock.advance(hours=3)
    at = carried_to_the_freezer(session, ult, frozen_clock())
    incidents_service.follow_alarms(session, CHECKER)
    proposed = session.scalars(select(func.count()).select_from(IncidentItem)).one()
    acknowledge(session, keeper, ult.sensor)

    move(session, keeper, ult.sensor, freezer, at)
    service.check_alarms(session, CHECKER)
    incidents_service.follow_alarms(session, CHECKER)

    incident = session.scalars(select(Incident)).one()
    assert proposed == 1
    assert incident.state is IncidentState.CONTAINED
    assert incident.ended_at == incident.began_at
    assert session.scalars(select(func.count()).select_from(IncidentItem)).one() == 0


def test_an_alarm_that_nobody_knows_of_keeps_it_and_is_named(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    at = carried_to_the_freezer(session, ult, frozen_clock())
    alarm = session.scalars(select(Alarm)).one()

    for moved_at in (None, at):
        with pytest.raises(SensorInAlarm, match="Nobody has acknowledged it") as refused:
            move(session, keeper, ult.sensor, freezer, moved_at)
        assert refused.value.alarm_id == alarm.id
        assert "at ULT-91: temperature alarm, since " in refused.value.message
    acknowledge(session, keeper, ult.sensor)
    with pytest.raises(SensorInAlarm, match="date the move before it"):
        move(session, keeper, ult.sensor, freezer, at + 5 * MINUTE)
    with pytest.raises(SensorInAlarm, match=r"Wait until it is over\.$"):
        sensor_moving.disconnect_sensor(
            session, keeper, sensor_id=SensorId(ult.sensor.id), reason="Its cable is torn"
        )
    assert counted(session) == {ult.sensor.id: 120}


def test_a_move_before_what_is_settled_is_refused(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    now = frozen_clock()
    read_until(session, ult.sensor, now, [-80.0] * 120)
    over = open_alarm(session, ult.sensor, now - 90 * MINUTE)
    over.acknowledged_at, over.acknowledged_by_name = now - 80 * MINUTE, "Ben"
    over.closed_at = now - 40 * MINUTE
    heard_again = open_alarm(session, ult.sensor, now - 20 * MINUTE, kind=AlarmKind.NO_DATA)
    heard_again.closed_at = now - 5 * MINUTE
    session.flush()

    with pytest.raises(SensorRefused, match="Date the move after that") as refused:
        move(session, keeper, ult.sensor, freezer, now - 41 * MINUTE)
    moved = move(session, keeper, ult.sensor, freezer, now - 30 * MINUTE)

    assert list(refused.value.fields) == ["moved_at"]
    assert moved.readings == 31


def test_a_move_that_cannot_have_been_then_is_refused(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    ult: WatchedFreezer,
    freezer: Unit,
) -> None:
    now = frozen_clock()
    read_until(session, ult.sensor, now, [-80.0] * 30)

    for at, said in (
        (now + MINUTE, "in the future"),
        (now - timedelta(days=7, minutes=1), "7 days at most"),
        (now - 29 * MINUTE, "cannot have left before"),
    ):
        with pytest.raises(SensorRefused, match=said):
            move(session, keeper, ult.sensor, freezer, at)
    moved = move(session, keeper, ult.sensor, freezer, now - 20 * MINUTE)
    there = session.get_one(Sensor, moved.sensor_id)
    back = Unit(unit_id=ult.freezer.unit_id, label="ULT-91")
    with pytest.raises(SensorRefused, match="came to FRZ-91"):
        move(session, keeper, there, back, now - 20 * MINUTE)
    sensor_moving.disconnect_sensor(
        session, keeper, sensor_id=moved.sensor_id, reason="To be calibrated"
    )
    with pytest.raises(SensorRefused, match="stood in FRZ-91 until"):
        move(session, keeper, there, back, now - MINUTE)


def test_a_sensor_that_is_silent_since_before_is_awaited_from_its_registration_on(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal, freezer: Unit
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock() - 120 * MINUTE, [-80.0] * 5)
    known = open_alarm(session, sensor, frozen_clock() - 120 * MINUTE, kind=AlarmKind.NO_DATA)
    acknowledge(session, keeper, sensor)

    move(session, keeper, sensor, freezer, frozen_clock() - 60 * MINUTE)
    service.check_alarms(session, CHECKER)
    at_once = queries.open_alarms(session, keeper)
    frozen_clock.advance(minutes=11)
    service.check_alarms(session, CHECKER)

    session.refresh(known)
    assert (known.closed_at is not None, at_once) == (True, [])
    assert [each.unit_label for each in queries.open_alarms(session, keeper)] == ["FRZ-91"]
