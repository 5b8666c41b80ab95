"""What a rule of alarms cannot be: each fault is a sentence at its field."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.telemetry import rule_faults
from backend.telemetry.alarm_terms import DEFAULTS, Terms
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, UnitClass
from backend.telemetry.rule_faults import Watched

MINUTE = timedelta(minutes=1)
RATE = Terms(
    unit_class=UnitClass.FREEZER,
    measure=Measure.TEMPERATURE,
    kind=AlarmKind.RATE,
    severity=AlarmSeverity.WARNING,
    limit=5.0,
    delay=10 * MINUTE,
    deadband=1.0,
    window=10 * MINUTE,
)
HIGH = replace(RATE, kind=AlarmKind.HIGH, limit=-15.0, delay=45 * MINUTE, window=None)
SILENCE = replace(
    RATE,
    unit_class=UnitClass.ANY,
    measure=Measure.ANY,
    kind=AlarmKind.NO_DATA,
    limit=10.0,
    delay=timedelta(0),
    deadband=0.0,
    window=None,
)
MINUTES = replace(
    RATE, kind=AlarmKind.CUMULATIVE, limit=60.0, delay=timedelta(0), deadband=0.0,
    window=timedelta(days=1),
)  # fmt: skip
SLOW = [Watched(label="FRZ-01", setpoint_c=-20.0, every=5 * MINUTE)]


@pytest.mark.parametrize("rule", DEFAULTS, ids=lambda rule: rule.key)
def test_every_default_can_be_kept_as_it_is(rule: Terms) -> None:
    beside = [
        each
        for each in DEFAULTS
        if each is not rule and (each.unit_class, each.measure) == (rule.unit_class, rule.measure)
    ]

    assert rule_faults.faults(rule, before=rule, beside=beside) == {}
    assert rule_faults.faults(rule, beside=beside) == {}


@pytest.mark.parametrize(
    ("rule", "watched", "field", "said"),
    [
        (replace(RATE, window=MINUTE), [], "window", "at least two of them, 2 min"),
        (replace(RATE, window=9 * MINUTE, delay=MINUTE), SLOW, "window", "every 5 min"),
        (replace(RATE, window=None), [], "window", "Write over how many minutes"),
        (replace(RATE, window=121 * MINUTE), [], "window", "120 min at most"),
        (replace(RATE, delay=11 * MINUTE), [], "delay", "longer than the window of 10 min"),
        (replace(RATE, deadband=5.0), [], "deadband", "Use less than 5."),
        (replace(RATE, measure=Measure.CO2), [], "measure", "is about temperature"),
        (replace(RATE, unit_class=UnitClass.ANY), [], "unit_class", "Choose a class"),
        (replace(HIGH, measure=Measure.CO2, limit=5.0), [], "unit_class", "Choose every unit"),
        (replace(HIGH, window=MINUTE), [], "window", "Leave it empty"),
        (replace(HIGH, limit=200.0), [], "limit", "between −210 and 150 °C"),
        (replace(HIGH, limit=-18.5, deadband=2.0), SLOW, "deadband", "FRZ-01 is set to -20 °C"),
        (replace(MINUTES, limit=1500.0), [], "limit", "never 1500 min"),
        (MINUTES, [], "kind", "Add that rule first"),
        (replace(SILENCE, limit=1.0), [], "limit", "two of them, 2 min"),
        (replace(SILENCE, limit=9.0), SLOW, "limit", "two of them, 10 min"),
        (replace(SILENCE, delay=MINUTE), [], "delay", "Silence has no delay"),
        (replace(SILENCE, deadband=1.0), [], "deadband", "next reading"),
    ],
)
def test_a_rule_that_cannot_be_is_told_at_its_field(
    rule: Terms, watched: list[Watched], field: str, said: str
) -> None:
    found = rule_faults.faults(rule, watched=watched)

    assert list(found) == [field]
    assert said.replace("−", "-") in found[field]


def test_of_one_severity_there_is_one_rule_and_a_warning_comes_first() -> None:
    critical = replace(HIGH, severity=AlarmSeverity.CRITICAL)

    doubled = rule_faults.faults(critical, beside=[replace(critical, limit=-10.0)])
    late = rule_faults.faults(replace(HIGH, limit=-12.0), beside=[critical])
    in_time = rule_faults.faults(replace(HIGH, limit=-17.0), beside=[critical])

    assert "Change or retire that one." in doubled["severity"]
    assert "A warning comes first." in late["limit"]
    assert in_time == {}


def test_what_was_there_before_is_not_refused_for_loggers_that_became_slower() -> None:
    assert rule_faults.faults(replace(RATE, limit=6.0), before=RATE, watched=SLOW) == {}
    slower = [Watched(label="FRZ-01", every=10 * MINUTE)]
    assert rule_faults.faults(replace(RATE, limit=6.0), before=RATE, watched=slower) == {}
    assert rule_faults.faults(RATE, watched=slower)["window"]


def test_a_rule_that_is_off_asks_for_no_sense_beside_others() -> None:
    off = replace(HIGH, limit=-12.0, is_active=False)

    assert rule_faults.faults(off, beside=[replace(HIGH, severity=AlarmSeverity.CRITICAL)]) == {}


def test_the_last_high_limit_stays_while_minutes_are_counted_above_it() -> None:
    assert rule_faults.left_behind(HIGH, [MINUTES])
    assert not rule_faults.left_behind(HIGH, [MINUTES, replace(HIGH, limit=-10.0)])
    assert not rule_faults.left_behind(HIGH, [replace(MINUTES, is_active=False)])
    assert not rule_faults.left_behind(RATE, [MINUTES])
