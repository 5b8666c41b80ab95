"""Simulated units, minute by minute: each curve alarms when it should and never else."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from backend.telemetry.alarm_terms import Terms
from backend.telemetry.ids import AlarmKind, AlarmSeverity, SensorKind
from tests.support.watched_sensor import (
    MINUTE,
    START,
    Curve,
    Watch,
    bump,
    terms_of,
    watched,
)

HIGH, LOW, RATE, DOOR = AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.RATE, AlarmKind.DOOR
NO_DATA, CUMULATIVE, DISAGREE = AlarmKind.NO_DATA, AlarmKind.CUMULATIVE, AlarmKind.DISAGREE
WARNING, CRITICAL = AlarmSeverity.WARNING, AlarmSeverity.CRITICAL


ULT, FREEZER, FRIDGE, NITROGEN = terms_of(-80), terms_of(-20), terms_of(4), terms_of(-180)
DOORS, CO2, LN2 = (
    terms_of(None, kind) for kind in (SensorKind.DOOR, SensorKind.CO2, SensorKind.LN2_LEVEL)
)


def test_an_automatic_defrost_of_half_an_hour_alarms_nobody() -> None:
    assert watched(FREEZER, bump(-20, -9, 60, 30), 300).begun == []


def test_a_defrost_that_does_not_end_is_alarmed_after_three_quarters_of_an_hour() -> None:
    assert watched(FREEZER, bump(-20, -9, 60, 90), 200).begun == [(105, HIGH, CRITICAL)]


def test_the_air_of_an_opened_door_alarms_nobody() -> None:
    def air(minute: int) -> float:
        return -80 + 22 * 0.8 ** max(0, minute - 63) if minute >= 60 else -80

    assert watched(ULT, air, 300).begun == []


def test_a_door_is_alarmed_when_it_has_stood_open_for_three_minutes() -> None:
    assert watched(DOORS, bump(0, 1, 10, 3), 60).begun == []
    assert watched(DOORS, bump(0, 1, 10, 9), 60).begun == [(13, DOOR, WARNING)]


def test_a_slow_leak_is_a_warning_above_70_and_critical_after_an_hour_of_it() -> None:
    def leaking(minute: int) -> float:
        return -80 + minute / 30  # 2 K an hour: above −70 from 301 on, above −65 from 451 on

    found = watched(ULT, leaking, 600)

    assert found.begun == [(316, HIGH, WARNING), (362, HIGH, CRITICAL)]
    assert found.over == []


def test_a_leak_that_stops_below_65_is_critical_though_no_high_limit_says_so() -> None:
    mild = [each for each in ULT if (each.kind, each.severity) != (HIGH, CRITICAL)]
    assert len(mild) == len(ULT) - 1

    found = watched(mild, bump(-80, -68, 60, 500), 130)

    assert found.begun[:2] == [(75, HIGH, WARNING), (121, HIGH, CRITICAL)]


def test_power_that_fails_is_alarmed_once_however_warm_it_gets() -> None:
    def warming(minute: int) -> float:
        return -80 + max(0, minute - 60) / 6  # 10 K an hour, as an ultra-low freezer does

    found = watched(ULT, warming, 400)

    assert found.begun == [(136, HIGH, WARNING), (166, HIGH, CRITICAL)]
    assert found.over == []


def test_a_refrigerator_without_power_is_alarmed_by_its_high_limit() -> None:
    assert watched(FRIDGE, lambda minute: 4 + max(0, minute - 30) / 10, 120).begun == [
        (86, HIGH, CRITICAL)
    ]


@pytest.mark.parametrize(
    ("terms", "good", "cold", "severity"),
    [(ULT, -80, -91, WARNING), (FRIDGE, 4, 1.5, CRITICAL)],
    ids=["ultra-low", "refrigerator"],
)
def test_too_cold_is_alarmed_after_its_delay(
    terms: Sequence[Terms], good: float, cold: float, severity: AlarmSeverity
) -> None:
    assert watched(terms, bump(good, cold, 30, 15), 120).begun == []
    assert watched(terms, bump(good, cold, 30, 16), 120).begun == [(45, LOW, severity)]


def dead_from_60_to_120(minute: int) -> float | None:
    return None if 60 <= minute < 120 else -80


def test_a_sensor_that_dies_is_a_warning_then_critical_and_over_when_it_is_known_and_heard() -> (
    None
):
    known = watched(ULT, dead_from_60_to_120, 180, acknowledges=True)
    unknown = watched(ULT, dead_from_60_to_120, 180)

    assert known.begun == unknown.begun == [(70, NO_DATA, WARNING), (90, NO_DATA, CRITICAL)]
    assert known.over == [(120, NO_DATA)]
    assert unknown.over == []
    assert unknown.open[NO_DATA].back_since == START + MINUTE * 120


def test_a_silence_that_nobody_knows_of_goes_on_when_the_sensor_dies_again() -> None:
    found = watched(ULT, lambda minute: -80 if minute < 60 or minute == 90 else None, 110)

    assert found.over == []
    assert found.open[NO_DATA].back_since is None
    assert found.open[NO_DATA].since == START + MINUTE * 59


def restarted(watch: Watch, at: int) -> Watch:
    return replace(watch, listens_from=at, begun=[])


def test_while_the_program_was_down_no_sensor_was_silent() -> None:
    before = watched(ULT, lambda _: -80, 60)
    heard, dead = restarted(before, 600), restarted(before, 600)
    for minute in range(600, 640):
        if minute >= 609:
            heard.hears(minute, -80)
        for each in (heard, dead):
            each.checks(minute)

    # Its ten minutes count from the start; the thirty for a critical alarm too.
    assert heard.begun == []
    assert dead.begun == [(611, NO_DATA, WARNING), (631, NO_DATA, CRITICAL)]


def test_a_restart_does_not_end_a_silence_that_was_told_of() -> None:
    told = watched(ULT, lambda minute: -80 if minute < 60 else None, 80)
    after = restarted(told, 90)
    for minute in range(90, 130):
        after.checks(minute)

    assert after.over == []
    assert after.begun == [(121, NO_DATA, CRITICAL)]
    assert after.open[NO_DATA].since == told.open[NO_DATA].since


def test_a_gap_of_ten_minutes_is_no_silence() -> None:
    assert watched(ULT, lambda minute: None if 60 <= minute < 69 else -80, 120).begun == []


def test_flapping_around_the_limit_alarms_nobody() -> None:
    assert watched(ULT, lambda minute: -69.9 if minute % 2 else -70.1, 110).begun == []


def test_short_excursions_that_together_last_an_hour_are_alarmed_once() -> None:
    def door_all_day(minute: int) -> float:
        return -68 if minute % 60 < 12 else -78

    # Twelve minutes an hour: the sixty-first is in the sixth hour.
    found = watched(ULT, door_all_day, 700)

    assert found.begun == [(301, CUMULATIVE, CRITICAL)]


def test_its_minutes_make_an_excursion_critical_and_are_no_alarm_of_their_own() -> None:
    short, long = (watched(ULT, bump(-80, -68, 60, lasting), 259) for lasting in (60, 199))

    assert short.begun == [(75, HIGH, WARNING)]
    assert long.begun == [(75, HIGH, WARNING), (121, HIGH, CRITICAL)]
    assert long.open[HIGH].terms.limit == -65.0


def test_what_is_back_in_range_is_not_made_critical_by_minutes_that_come_late() -> None:
    # Nobody acknowledges: the alarm is latched when the logger's memory tells of the hour before.
    found = watched(ULT, bump(-80, -68, 60, 40), 121)
    for minute in range(20, 50):
        found.hears(minute, -68)

    found.checks(121)

    assert found.begun == [(75, HIGH, WARNING)]
    assert len(found.exposed) > 60
    assert found.open[HIGH].back_since is not None


def test_the_check_that_ends_an_excursion_does_not_tell_of_its_minutes_either() -> None:
    known = watched(ULT, bump(-80, -68, 60, 200), 266, acknowledges=True)

    assert known.over == [(265, HIGH)]
    assert known.begun == [(75, HIGH, WARNING), (121, HIGH, CRITICAL)]


def test_warming_fast_for_ten_minutes_warns_before_any_limit() -> None:
    def warming(minute: int) -> float:
        return min(-80 + 0.6 * max(0, minute - 60), -50)

    found = watched(ULT, warming, 110)

    # Above 5 K in ten minutes from 69 on.
    assert found.begun[0] == (79, RATE, WARNING)
    assert [kind for _, kind, _ in found.begun] == [RATE, HIGH, HIGH]


def test_a_step_that_stays_is_no_rate() -> None:
    assert RATE not in [kind for _, kind, _ in watched(ULT, bump(-86, -72, 60, 500), 300).begun]


def test_a_display_that_says_all_is_well_while_the_probe_thaws_is_alarmed() -> None:
    found = watched(ULT, bump(-78, -72, 60, 300), 120, beside=lambda _: -78)

    assert found.begun == [(90, DISAGREE, WARNING)]


def test_without_anything_beside_it_nothing_disagrees() -> None:
    assert watched(ULT, bump(-78, -72, 60, 300), 120).begun == []


def test_an_alarm_that_is_over_waits_for_its_acknowledgement() -> None:
    curve = bump(-80, -60, 60, 30)

    latched = watched(ULT, curve, 300)
    known = watched(ULT, curve, 300, acknowledges=True)

    assert latched.over == []
    assert latched.open[HIGH].back_since == START + MINUTE * 90
    # Five stable minutes after the first good one.
    assert known.over == [(95, HIGH)]


def test_within_the_deadband_an_acknowledged_alarm_stands() -> None:
    def hovering(minute: int) -> float:
        return -60 if minute < 60 else -71

    assert watched(ULT, hovering, 200, acknowledges=True).over == []


def test_a_severity_does_not_sink_while_the_alarm_stands() -> None:
    def recovering(minute: int) -> float:
        return -60 if minute < 30 else -69

    found = watched(ULT, recovering, 120)

    assert found.begun == [(15, HIGH, CRITICAL)]
    assert found.open[HIGH].terms.severity is CRITICAL


@pytest.mark.parametrize("seed", range(5))
def test_late_repeated_and_shuffled_readings_raise_what_punctual_ones_do(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- a curve, no secret
    minutes = list(range(120))
    punctual = watched(ULT, bump(-80, -60, 60, 40), 120)
    late = Watch(ULT)
    batches = [minutes[index : index + 20] for index in range(0, 120, 20)]

    for batch in batches:
        arriving = [*batch, *chance.choices(batch, k=6)]
        chance.shuffle(arriving)
        for minute in arriving:
            late.hears(minute, bump(-80, -60, 60, 40)(minute))
        late.checks(batch[-1])
        late.checks(batch[-1])

    assert [each[1:] for each in late.begun] == [each[1:] for each in punctual.begun]
    assert late.open[HIGH].since == punctual.open[HIGH].since == START + MINUTE * 60


def test_a_past_excursion_out_of_a_loggers_memory_begins_nothing_late() -> None:
    watch = Watch(ULT)
    for minute in range(100, 140):
        watch.hears(minute, -80)
    watch.checks(140)
    for minute in range(60, 100):
        watch.hears(minute, -60)

    watch.checks(141)

    assert watch.begun == []


def healthy_air(setpoint_c: float, door_k: float, seed: int, defrost_k: float = 0.0) -> Curve:
    """Return two weeks of a compressor's cycle, doors by day, and defrosts every eight hours."""
    chance = random.Random(seed)  # noqa: S311 -- a curve, no secret
    opened: set[int] = set()
    for day in range(14):
        for _ in range(12):
            opened.add(day * 1440 + chance.randrange(8 * 60, 18 * 60))
    warmth = 0.0
    values = []
    for minute in range(14 * 1440):
        warmth *= 0.75
        if minute in opened:
            warmth = max(warmth, chance.uniform(0.3, 1.0) * door_k)
        cycle = 1.0 if minute % 30 < 12 else -0.6
        defrosting = defrost_k if defrost_k and minute % 480 < 25 else 0.0
        values.append(setpoint_c + cycle + warmth + defrosting + chance.gauss(0, 0.15))
    return lambda minute: values[minute]


@pytest.mark.parametrize(
    ("terms", "curve"),
    [
        (ULT, healthy_air(-80, 16.0, seed=1)),
        (FREEZER, healthy_air(-20, 9.0, seed=2, defrost_k=9.0)),
        (FRIDGE, healthy_air(4, 5.0, seed=3)),
        (NITROGEN, healthy_air(-180, 15.0, seed=4)),
        (CO2, lambda minute: 4.2 if minute % 720 < 5 else 5.0 + 0.1 * (minute % 3 - 1)),
        (LN2, lambda minute: 85 - (minute % 10_000) / 200),
        (DOORS, lambda minute: float(minute % 97 < 2)),
    ],
    ids=["ultra-low", "freezer", "refrigerator", "nitrogen", "co2", "ln2 level", "door"],
)
def test_two_healthy_weeks_alarm_nobody(terms: Sequence[Terms], curve: Curve) -> None:
    assert watched(terms, curve, 14 * 1440, every=5).begun == []
