"""Rules as versions, maintenance, storms, the ladder and its snooze, in the database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.telemetry import (
    alarm_ladder,
    alarm_rules,
    maintenance,
    queries,
    rule_making,
    service,
)
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.alarm_rules import NewTerms
from backend.telemetry.errors import (
    ReasonMissing,
    RuleChanged,
    RuleRefused,
    SnoozeRefused,
    WindowRefused,
)
from backend.telemetry.ids import AlarmId, AlarmSeverity, SensorId
from backend.telemetry.models import Sensor
from tests.factories.people import make_user
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.support.clock import FrozenClock

WARNING_KEY = "ultra_low:temperature:high:warning"
CRITICAL_KEY = "ultra_low:temperature:high:critical"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def keeper(session: WriteSession, principal_of: Callable[..., Principal]) -> Principal:
    """Return who keeps the rules, in a laboratory where somebody can be told by every step."""
    make_user(session, Role.TECHNICIAN)
    make_user(session, Role.PRINCIPAL_INVESTIGATOR)
    return principal_of(
        Permission.HEALTH_OPERATE,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_CONFIGURE,
        name="Ada",
    )


def told(session: WriteSession, kind: str) -> list[dict[str, object]]:
    return list(
        session.scalars(
            select(OutboxEvent.payload)
            .where(OutboxEvent.type == f"telemetry.{kind}")
            .order_by(OutboxEvent.pos)
        )
    )


def of_its_class(session: WriteSession) -> Sensor:
    """Return a sensor that follows the rules of its class."""
    sensor = make_sensor(session)
    sensor.alarm_high_c = sensor.alarm_low_c = None
    session.flush()
    return sensor


def change(session: WriteSession, keeper: Principal, key: str, limit: float, version: int) -> int:
    return rule_making.change_rule(
        session,
        keeper,
        key=key,
        version=version,
        terms=NewTerms(limit=limit, delay=15 * MINUTE, deadband=2.0),
        reason="As agreed with the biobank",
    )


def test_a_unit_of_a_class_is_warned_of_and_then_critical(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor, start = of_its_class(session), frozen_clock()
    read_until(session, sensor, start, [-80.0] * 3 + [-68.0] * 16)
    service.check_alarms(session, keeper)
    service.acknowledge(session, keeper, sensor_id=SensorId(sensor.id), reason="Seen.")
    [warned] = queries.open_alarms(session, keeper)
    frozen_clock.advance(minutes=16)
    read_until(session, sensor, frozen_clock(), [-60.0] * 16)

    service.check_alarms(session, keeper)

    [critical] = queries.open_alarms(session, keeper)
    assert (warned.severity, warned.limit_c) == (AlarmSeverity.WARNING, -70.0)
    assert (critical.severity, critical.limit_c) == (AlarmSeverity.CRITICAL, -65.0)
    assert (critical.alarm_id, critical.acknowledged_at) == (warned.alarm_id, None)
    assert (critical.lowest, critical.highest) == (-68.0, -60.0)


def test_an_hour_above_the_mild_limit_is_told_as_critical_and_named_by_its_own_rule(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor, start = of_its_class(session), frozen_clock()
    read_until(session, sensor, start, [-80.0] * 3 + [-68.0] * 16)
    service.check_alarms(session, keeper)
    service.acknowledge(session, keeper, sensor_id=SensorId(sensor.id), reason="Door shut.")
    frozen_clock.advance(minutes=46)
    read_until(session, sensor, frozen_clock(), [-68.0] * 46)

    for _ in range(2):
        service.check_alarms(session, keeper)

    [critical] = queries.open_alarms(session, keeper)
    rule = session.scalars(select(Alarm.rule_key)).one()
    assert (critical.severity, critical.limit_c) == (AlarmSeverity.CRITICAL, -70.0)
    assert critical.acknowledged_at is None
    assert rule == "ultra_low:temperature:cumulative:critical"
    assert [each["severity"] for each in told(session, "alarm_raised")] == ["warning", "critical"]


def test_a_changed_rule_holds_and_the_one_before_stays_to_be_seen(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = of_its_class(session)
    read_until(session, sensor, frozen_clock(), [-80.0] * 3 + [-73.0] * 16)
    before = service.check_alarms(session, keeper)

    made = change(session, keeper, WARNING_KEY, -75.0, version=1)

    assert (before.raised, made) == (0, 2)
    assert service.check_alarms(session, keeper).raised == 1
    [alarm] = queries.open_alarms(session, keeper)
    assert (alarm.limit_c, alarm.rule_version) == (-75.0, 2)
    versions = alarm_rules.list_versions(session, keeper, WARNING_KEY)
    assert [(each.terms.version, each.terms.limit) for each in versions] == [(2, -75.0), (1, -70.0)]
    assert [each.set_by_name for each in versions] == ["Ada", alarm_rules.BY_DEFAULT]
    standing = {
        each.terms.key: each.terms.limit for each in alarm_rules.list_rules(session, keeper)
    }
    assert standing[WARNING_KEY] == -75.0


def test_a_rule_that_somebody_changed_meanwhile_is_not_overwritten(
    session: WriteSession, keeper: Principal
) -> None:
    change(session, keeper, WARNING_KEY, -75.0, version=1)

    with pytest.raises(RuleChanged, match="Version 2"):
        change(session, keeper, WARNING_KEY, -72.0, version=1)


def test_a_rule_without_reason_sense_or_permission_is_refused(
    session: WriteSession, keeper: Principal, principal_of: Callable[..., Principal]
) -> None:
    terms = NewTerms(limit=-75.0, delay=15 * MINUTE, deadband=2.0)
    wild = NewTerms(limit=float("nan"), delay=timedelta(days=2), deadband=-1.0)

    with pytest.raises(ReasonMissing):
        rule_making.change_rule(
            session, keeper, key=WARNING_KEY, version=1, terms=terms, reason=" "
        )
    with pytest.raises(RuleRefused) as refused:
        rule_making.change_rule(session, keeper, key=WARNING_KEY, version=1, terms=wild, reason="x")
    with pytest.raises(RuleRefused, match="cannot be kept"):
        change(session, keeper, WARNING_KEY, -89.0, version=1)  # the low limit is −90
    with pytest.raises(PermissionDenied):
        change(session, principal_of(Permission.STORAGE_VIEW), WARNING_KEY, -75.0, version=1)
    assert set(refused.value.fields) == {"limit", "delay", "deadband"}


def test_in_maintenance_an_alarm_is_written_down_and_told_when_it_ends_early(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor, now = of_its_class(session), frozen_clock()
    window = maintenance.start_window(
        session,
        keeper,
        unit_ids=[sensor.unit_id],
        starts_at=now,
        ends_at=now + timedelta(days=7),
        reason="Defrost",
    )
    read_until(session, sensor, now, [-60.0] * 17)
    service.check_alarms(session, keeper)
    held = queries.open_alarms(session, keeper, with_held=True)
    untold = (queries.open_alarms(session, keeper), told(session, "alarm_raised"))
    frozen_clock.advance(minutes=5)

    maintenance.end_window(session, keeper, window)
    service.check_alarms(session, keeper)

    assert len(held) == len(told(session, "alarm_held")) == 1
    assert untold == ([], [])
    assert len(queries.open_alarms(session, keeper)) == len(told(session, "alarm_raised")) == 1


def test_a_maintenance_ends_by_itself_and_what_is_well_by_then_is_told_to_nobody(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor, now = of_its_class(session), frozen_clock()
    maintenance.start_window(
        session,
        keeper,
        unit_ids=[sensor.unit_id],
        starts_at=now,
        ends_at=now + timedelta(minutes=30),
        reason="Defrost",
    )
    read_until(session, sensor, now, [-60.0] * 17)
    service.check_alarms(session, keeper)
    frozen_clock.advance(minutes=20)
    read_until(session, sensor, frozen_clock(), [-80.0] * 10)

    service.check_alarms(session, keeper)
    muted = maintenance.units_muted(session, frozen_clock())
    frozen_clock.advance(minutes=10)

    assert muted == {sensor.unit_id}
    assert maintenance.units_muted(session, frozen_clock()) == frozenset()
    assert queries.open_alarms(session, keeper, with_held=True) == []
    assert told(session, "alarm_raised") == []


def test_a_maintenance_takes_a_week_at_most(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    with pytest.raises(WindowRefused) as refused:
        maintenance.start_window(
            session,
            keeper,
            unit_ids=[],
            starts_at=frozen_clock(),
            ends_at=frozen_clock() + timedelta(days=7, minutes=1),
            reason="Defrost",
        )

    assert set(refused.value.fields) == {"units", "ends_at"}


def test_three_units_within_two_minutes_are_told_of_as_one_and_two_are_not(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensors = [of_its_class(session) for _ in range(4)]
    for index, sensor in enumerate(sensors):
        read_until(session, sensor, frozen_clock(), [-60.0] * 16)
        service.check_alarms(session, keeper)
        if index == 1:
            assert told(session, "alarm_storm") == []
        frozen_clock.advance(seconds=40)

    [storm] = told(session, "alarm_storm")
    assert storm["unit_labels"] == sorted(each.unit_label for each in sensors[:3])
    assert [each["is_gathered"] for each in told(session, "alarm_raised")] == [
        False,
        False,
        True,
        True,
    ]
    assert len(set(session.scalars(select(Alarm.storm_id)))) == 1


def test_nobody_answers_so_the_ladder_is_climbed_to_its_end_and_no_further(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    open_alarm(session, make_sensor(session), frozen_clock())
    climbed = []
    for _ in range(8):
        frozen_clock.advance(minutes=5)
        climbed.append(alarm_ladder.climb(session, keeper, frozen_clock()))

    assert climbed == [0, 1, 0, 1, 0, 1, 0, 0]
    steps = [each["step_label"] for each in told(session, "alarm_escalated")]
    assert steps == ["Backup", "Manager", "All"]


def test_acknowledging_stops_the_ladder_and_not_the_alarm(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-60.0] * 16)
    service.check_alarms(session, keeper)
    service.acknowledge(session, keeper, sensor_id=SensorId(sensor.id), reason="On it.")
    frozen_clock.advance(hours=1)

    assert alarm_ladder.climb(session, keeper, frozen_clock()) == 0
    assert len(queries.open_alarms(session, keeper)) == 1


def test_a_snooze_pauses_the_ladder_for_an_hour_at_most(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    alarm = open_alarm(session, sensor, frozen_clock())

    def snooze(minutes: int, reason: str = "The technician is on the way") -> None:
        service.snooze(
            session,
            keeper,
            sensor_id=SensorId(sensor.id),
            alarm_id=AlarmId(alarm.id),
            lasting=timedelta(minutes=minutes),
            reason=reason,
        )

    with pytest.raises(SnoozeRefused):
        snooze(61)
    with pytest.raises(ReasonMissing):
        snooze(30, " ")
    snooze(60)
    frozen_clock.advance(minutes=60)
    at_its_end = alarm_ladder.climb(session, keeper, frozen_clock())
    frozen_clock.advance(minutes=10)

    assert at_its_end == 0
    assert alarm_ladder.climb(session, keeper, frozen_clock()) == 1


def test_a_test_goes_down_the_whole_ladder_and_makes_no_alarm(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    assert alarm_ladder.list_tests(session, keeper) == []

    assert alarm_ladder.send_test(session, keeper) == 4

    [tested] = alarm_ladder.list_tests(session, keeper)
    assert (tested.at, tested.by_name, tested.version) == (frozen_clock(), "Ada", 1)
    assert len(told(session, "alarm_test_sent")) == 4
    assert queries.open_alarms(session, keeper, with_held=True) == []
