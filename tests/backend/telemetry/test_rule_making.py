"""Rules of alarms made by a laboratory: every word and number a version, added and retired ones."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.telemetry import alarm_rules, alarm_terms, rule_making, service
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.alarm_rules import NewTerms
from backend.telemetry.errors import ReasonMissing, RuleChanged, RuleNotFound, RuleRefused
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, SensorKind, UnitClass
from backend.telemetry.models import Sensor
from backend.telemetry.rule_making import NewRule
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock
from tests.support.watched_sensor import watched

MINUTE = timedelta(minutes=1)
RATE_KEY = "freezer:temperature:rate:warning"
HIGH_KEY = "freezer:temperature:high:critical"
RATE = NewRule(
    unit_class=UnitClass.FREEZER,
    measure=Measure.TEMPERATURE,
    kind=AlarmKind.RATE,
    severity=AlarmSeverity.WARNING,
    limit=5.0,
    delay=10 * MINUTE,
    deadband=2.0,
    window=10 * MINUTE,
)


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.HEALTH_OPERATE,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_CONFIGURE,
        name="Ada",
    )


def freezer(session: WriteSession) -> Sensor:
    """Return the probe of a −20 °C unit that follows the rules of its class."""
    sensor = make_sensor(session)
    sensor.setpoint_c, sensor.warning_high_c, sensor.alarm_high_c = -20.0, -17.0, None
    session.flush()
    return sensor


def rules_of(session: WriteSession, sensor: Sensor) -> list[alarm_terms.Terms]:
    return alarm_terms.terms_for(alarm_rules.traits(sensor), alarm_rules.standing(session))


def warming(minute: int) -> float:
    return -25.0 + max(0, minute - 60) * 0.6  # 6 K in ten minutes: over a steep rise


def test_a_rate_rule_added_for_freezers_alarms_their_steep_rise_and_retired_it_does_not(
    session: WriteSession, keeper: Principal
) -> None:
    sensor = freezer(session)
    assert watched(rules_of(session, sensor), warming, 76).begun == []

    key = rule_making.add_rule(session, keeper, rule=RATE, reason="Doors are left open at night")
    found = watched(rules_of(session, sensor), warming, 90).begun
    rule_making.retire_rule(session, keeper, key=key, version=1, reason="Too many of them")

    assert key == RATE_KEY
    assert found[0] == (79, AlarmKind.RATE, AlarmSeverity.WARNING)
    assert watched(rules_of(session, sensor), warming, 76).begun == []
    [gone] = alarm_rules.list_retired(session, keeper)
    assert (gone.terms.key, gone.reason, gone.is_withdrawn) == (key, "Too many of them", True)
    assert [each.terms.version for each in alarm_rules.list_versions(session, keeper, key)] == [
        2,
        1,
    ]


def test_a_retired_default_is_gone_and_added_again_goes_on_with_its_next_version(
    session: WriteSession, keeper: Principal
) -> None:
    sensor = freezer(session)
    rule_making.retire_rule(session, keeper, key=HIGH_KEY, version=1, reason="Not ours")
    without = [each.kind for each in rules_of(session, sensor)]

    again = rule_making.add_rule(
        session,
        keeper,
        rule=replace(RATE, kind=AlarmKind.HIGH, severity=AlarmSeverity.CRITICAL, limit=-14.0,
                     window=None),
        reason="Ours after all",
    )  # fmt: skip

    assert AlarmKind.HIGH not in without
    assert again == HIGH_KEY
    [high] = [each for each in rules_of(session, sensor) if each.kind is AlarmKind.HIGH]
    assert (high.version, high.limit) == (3, -14.0)
    assert alarm_rules.list_retired(session, keeper) == []


def test_severity_and_window_change_as_a_version_and_the_key_stays(
    session: WriteSession, keeper: Principal
) -> None:
    key = rule_making.add_rule(session, keeper, rule=RATE, reason="Agreed")
    terms = NewTerms(
        limit=5.0, delay=10 * MINUTE, deadband=2.0, window=20 * MINUTE,
        severity=AlarmSeverity.CRITICAL,
    )  # fmt: skip

    made = rule_making.change_rule(session, keeper, key=key, version=1, terms=terms, reason="Rare")
    beside = rule_making.add_rule(session, keeper, rule=RATE, reason="A warning as well")

    newest, oldest = alarm_rules.list_versions(session, keeper, key)
    assert (made, newest.terms.severity, newest.terms.window) == (
        2,
        AlarmSeverity.CRITICAL,
        20 * MINUTE,
    )
    assert (oldest.terms.severity, oldest.replaced_at) == (AlarmSeverity.WARNING, newest.set_at)
    assert beside == f"{key}:2"
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "telemetry.alarm_rule_changed")
        .order_by(AuditEntry.id.desc())
        .offset(1)
    ).first()
    assert entry is not None
    assert (entry.old_values or {})["window_s"] == 600
    assert (entry.new_values or {})["severity"] == "critical"


def test_an_alarm_keeps_the_version_of_the_rule_that_raised_it(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = freezer(session)
    read_until(session, sensor, frozen_clock(), [-20.0] * 3 + [-10.0] * 46)
    service.check_alarms(session, keeper)
    terms = NewTerms(limit=-12.0, delay=45 * MINUTE, deadband=2.0)

    rule_making.change_rule(
        session, keeper, key=HIGH_KEY, version=1, terms=terms, reason="As the vendor says"
    )
    frozen_clock.advance(minutes=1)
    service.check_alarms(session, keeper)

    [alarm] = session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.HIGH))
    assert (alarm.rule_key, alarm.rule_version, alarm.limit_value) == (HIGH_KEY, 1, -15.0)


def test_a_class_has_its_own_silence_in_the_place_of_every_units_of_that_severity(
    session: WriteSession, keeper: Principal
) -> None:
    rule_making.add_rule(
        session,
        keeper,
        rule=NewRule(
            unit_class=UnitClass.FREEZER,
            measure=Measure.ANY,
            kind=AlarmKind.NO_DATA,
            severity=AlarmSeverity.WARNING,
            limit=25.0,
            delay=timedelta(0),
            deadband=0.0,
        ),
        reason="Its logger sends every ten minutes",
    )

    silences = [
        (each.severity, each.limit)
        for each in rules_of(session, freezer(session))
        if each.kind is AlarmKind.NO_DATA
    ]
    others = [
        each.limit
        for each in rules_of(session, make_sensor(session))
        if each.kind is AlarmKind.NO_DATA
    ]

    assert silences == [(AlarmSeverity.WARNING, 25.0), (AlarmSeverity.CRITICAL, 30.0)]
    assert others == [10.0, 30.0]


def test_a_limit_is_measured_against_the_set_points_and_the_readings_there_are(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = freezer(session)
    read_until(session, sensor, frozen_clock(), [-20.0] * 4, every=5 * MINUTE)

    with pytest.raises(RuleRefused) as short:
        rule_making.add_rule(
            session, keeper, rule=replace(RATE, window=6 * MINUTE, delay=MINUTE), reason="Why"
        )
    with pytest.raises(RuleRefused) as never:
        rule_making.change_rule(
            session,
            keeper,
            key=HIGH_KEY,
            version=1,
            terms=NewTerms(limit=-18.5, delay=45 * MINUTE, deadband=2.0),
            reason="Why",
        )

    assert "every 5 min" in short.value.fields["window"]
    assert f"{sensor.unit_label} is set to -20 °C" in never.value.fields["deadband"]


def test_adding_and_retiring_ask_for_a_reason_the_newest_version_and_the_permission(
    session: WriteSession, keeper: Principal, principal_of: Callable[..., Principal]
) -> None:
    reader = principal_of(Permission.STORAGE_VIEW)
    cumulative = "ultra_low:temperature:cumulative:critical"
    highs = ("ultra_low:temperature:high:warning", "ultra_low:temperature:high:critical")

    with pytest.raises(ReasonMissing):
        rule_making.add_rule(session, keeper, rule=RATE, reason=" ")
    with pytest.raises(PermissionDenied):
        rule_making.add_rule(session, reader, rule=RATE, reason="Why")
    with pytest.raises(PermissionDenied):
        rule_making.retire_rule(session, reader, key=HIGH_KEY, version=1, reason="Why")
    with pytest.raises(RuleChanged):
        rule_making.retire_rule(session, keeper, key=HIGH_KEY, version=2, reason="Why")
    with pytest.raises(RuleNotFound):
        rule_making.retire_rule(session, keeper, key=RATE_KEY, version=1, reason="Why")
    with pytest.raises(ReasonMissing):
        rule_making.retire_rule(session, keeper, key=HIGH_KEY, version=1, reason="")
    rule_making.retire_rule(session, keeper, key=highs[1], version=1, reason="Why")
    with pytest.raises(RuleRefused, match="Retire that rule first"):
        rule_making.retire_rule(session, keeper, key=highs[0], version=1, reason="Why")
    rule_making.retire_rule(session, keeper, key=cumulative, version=1, reason="Why")
    rule_making.retire_rule(session, keeper, key=highs[0], version=1, reason="Why")
    assert len(alarm_rules.list_retired(session, keeper)) == 3


def test_a_door_has_no_class_and_keeps_every_units_rules(session: WriteSession) -> None:
    door = make_sensor(session)
    door.kind = SensorKind.DOOR

    kinds = [each.kind for each in rules_of(session, door)]

    assert kinds == [AlarmKind.DOOR, AlarmKind.NO_DATA, AlarmKind.NO_DATA]
