"""When a temperature is an alarm and when it is over, by readings and not by checks."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.telemetry import rules
from backend.telemetry.rules import AlarmLimits, Standing
from backend.telemetry.views import ReadingPoint

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = AlarmLimits(
    high_c=-70.0, deadband_c=2.0, delay=timedelta(minutes=15), stable_for=timedelta(minutes=5)
)
NONE = Standing()
OPEN = Standing(open_since=NOON - timedelta(hours=1))

temperatures = st.floats(min_value=-90, max_value=-50, allow_nan=False)
series = st.lists(temperatures, min_size=1, max_size=60)


def minutes(temperatures_c: Sequence[float]) -> list[ReadingPoint]:
    """One reading a minute, the last one at noon."""
    last = len(temperatures_c) - 1
    return [
        ReadingPoint(at=NOON - MINUTE * (last - index), temperature_c=temperature_c)
        for index, temperature_c in enumerate(temperatures_c)
    ]


def judged(
    temperatures_c: Sequence[float], standing: Standing = NONE, *, acknowledged: bool = False
) -> Standing:
    return rules.judge(standing, LIMITS, minutes(temperatures_c), acknowledged=acknowledged)


def test_the_whole_delay_above_the_limit_is_an_alarm_since_the_first_warm_reading() -> None:
    after = judged([-80.0] * 5 + [-60.0] * 16)

    assert after.open_since == NOON - timedelta(minutes=15)


def test_a_minute_less_than_the_delay_is_no_alarm() -> None:
    assert judged([-80.0] * 5 + [-60.0] * 15) == Standing()


def test_one_reading_in_range_starts_the_delay_again() -> None:
    assert judged([-60.0] * 20 + [-75.0] + [-60.0] * 10) == Standing()


def test_the_limit_itself_is_in_range() -> None:
    assert judged([-70.0] * 30) == Standing()


def test_nothing_between_two_warm_readings_counts_as_warm() -> None:
    two = [
        ReadingPoint(at=NOON - timedelta(minutes=40), temperature_c=-60.0),
        ReadingPoint(at=NOON, temperature_c=-60.0),
    ]

    after = rules.judge(Standing(), LIMITS, two, acknowledged=False)

    assert after.open_since == NOON - timedelta(minutes=40)


def test_below_the_limit_but_within_the_deadband_the_alarm_goes_on() -> None:
    assert judged([-71.0] * 30, OPEN, acknowledged=True) == OPEN


def test_it_is_over_after_five_minutes_below_the_deadband_once_acknowledged() -> None:
    assert judged([-60.0] + [-73.0] * 5, OPEN, acknowledged=True) == OPEN
    assert judged([-60.0] + [-73.0] * 6, OPEN, acknowledged=True) == Standing()


def test_back_in_range_it_waits_for_somebody_to_acknowledge_it() -> None:
    after = judged([-60.0] + [-73.0] * 6, OPEN)

    assert after == Standing(open_since=OPEN.open_since, back_since=NOON - timedelta(minutes=5))


def test_back_in_range_it_may_drift_within_the_deadband_but_not_above_the_limit() -> None:
    back = Standing(open_since=OPEN.open_since, back_since=NOON - timedelta(minutes=20))

    assert judged([-73.0, -71.0], back) == back
    assert judged([-73.0, -69.0], back) == OPEN


def test_no_readings_change_nothing() -> None:
    assert rules.judge(OPEN, LIMITS, [], acknowledged=True) == OPEN


@given(series, st.booleans())
def test_a_second_check_of_the_same_readings_changes_nothing(
    temperatures_c: list[float],
    acknowledged: bool,  # noqa: FBT001 drawn by name
) -> None:
    once = judged(temperatures_c, acknowledged=acknowledged)
    # A second check must not close what it opened: the newest reading is warm.
    again = judged(temperatures_c, once, acknowledged=acknowledged)

    assert again == once


@given(series)
def test_no_alarm_opens_on_a_reading_in_range_or_before_its_delay(
    temperatures_c: list[float],
) -> None:
    after = judged(temperatures_c)

    if after.open_since is not None:
        assert temperatures_c[-1] > LIMITS.high_c
        assert NOON - after.open_since >= LIMITS.delay
        warm = [p for p in minutes(temperatures_c) if p.at >= after.open_since]
        assert all(p.temperature_c > LIMITS.high_c for p in warm)


@given(series)
def test_an_open_alarm_never_ends_unacknowledged(temperatures_c: list[float]) -> None:
    assert judged(temperatures_c, OPEN).open_since == OPEN.open_since


@given(series)
def test_an_alarm_ends_only_when_the_last_readings_are_below_the_deadband(
    temperatures_c: list[float],
) -> None:
    if judged(temperatures_c, OPEN, acknowledged=True) == Standing():
        assert len(temperatures_c) >= 6
        assert max(temperatures_c[-6:]) <= LIMITS.high_c - LIMITS.deadband_c


@given(st.integers(min_value=1, max_value=40), st.integers(min_value=1, max_value=20))
def test_checks_that_come_late_find_the_same_start(warm: int, seen_in_steps_of: int) -> None:
    whole = [-80.0] * 3 + [-60.0] * (warm + 16)
    standing = Standing()
    for end in [*range(1, len(whole), seen_in_steps_of), len(whole)]:
        points = minutes(whole)[:end]
        standing = rules.judge(standing, LIMITS, points, acknowledged=False)

    assert standing.open_since == judged(whole).open_since


def test_zero_is_a_temperature_and_a_probes_error_code_is_not() -> None:
    assert rules.is_measurement(0.0)
    assert rules.is_measurement(-196.0)
    assert not any(map(rules.is_measurement, (-127.0, 85.0, 850.0, math.nan, math.inf)))


def test_silence_is_longer_than_ten_minutes_or_for_ever() -> None:
    assert not rules.is_silent(NOON - timedelta(minutes=10), NOON)
    assert rules.is_silent(NOON - timedelta(minutes=10, seconds=1), NOON)
    assert rules.is_silent(None, NOON)


def test_the_rate_is_the_slope_of_the_last_quarter_of_an_hour() -> None:
    rising = [-80.0] * 30 + [-80.0 + 0.5 * minute for minute in range(16)]

    assert rules.rate_c_per_min(minutes(rising)) == pytest.approx(0.5)


def test_rare_readings_give_the_slope_between_the_last_two() -> None:
    two = [
        ReadingPoint(at=NOON - timedelta(hours=1), temperature_c=-80.0),
        ReadingPoint(at=NOON, temperature_c=-74.0),
    ]

    assert rules.rate_c_per_min(two) == pytest.approx(0.1)


def test_a_single_reading_has_no_rate() -> None:
    assert rules.rate_c_per_min(minutes([-80.0])) is None
    assert rules.rate_c_per_min([]) is None


@given(st.integers(min_value=1, max_value=400 * 24 * 60))
def test_a_range_has_a_bounded_number_of_points(length_minutes: int) -> None:
    length = timedelta(minutes=length_minutes)

    assert length / rules.stretch(NOON - length, NOON) <= rules.MOST_POINTS


FRIDGE = AlarmLimits(
    high_c=8.0,
    low_c=2.0,
    deadband_c=0.5,
    delay=timedelta(minutes=15),
    stable_for=timedelta(minutes=5),
)
COLD = Standing(open_since=NOON - timedelta(hours=1), is_cold=True)
WARM = Standing(open_since=NOON - timedelta(hours=1))
in_a_fridge = st.lists(st.floats(min_value=-5, max_value=15), min_size=1, max_size=60)


def refrigerated(
    temperatures_c: Sequence[float], standing: Standing = NONE, *, acknowledged: bool = False
) -> Standing:
    return rules.judge(standing, FRIDGE, minutes(temperatures_c), acknowledged=acknowledged)


@pytest.mark.parametrize(
    ("curve", "after"),
    [
        ([4.0] * 30, NONE),
        ([2.0] * 30, NONE),  # the limit itself is in range
        ([4.0] * 5 + [1.9] * 15, NONE),  # a minute less than the delay
        ([4.0] * 5 + [1.9] * 16, Standing(open_since=NOON - 15 * MINUTE, is_cold=True)),
        ([4.0] * 5 + [8.1] * 16, Standing(open_since=NOON - 15 * MINUTE)),
        ([1.0] * 20 + [2.2] + [1.0] * 10, NONE),
        # A compressor that swings from one side to the other is out of range all along.
        ([4.0] + [9.0, 1.0] * 10, Standing(open_since=NOON - 19 * MINUTE, is_cold=True)),
    ],
)
def test_a_refrigerator_alarms_on_either_side(curve: list[float], after: Standing) -> None:
    assert refrigerated(curve) == after


@pytest.mark.parametrize(
    ("curve", "after"),
    [
        ([1.0] + [2.3] * 30, COLD),  # within the deadband
        ([1.0] + [2.5] * 5, COLD),
        ([1.0] + [2.5] * 6, NONE),
        ([1.0] + [7.5] * 6, NONE),
        ([1.0] + [7.8] * 30, COLD),  # and within the deadband of the other side
    ],
)
def test_a_cold_alarm_is_over_once_it_is_safely_in_range(
    curve: list[float], after: Standing
) -> None:
    assert refrigerated(curve, COLD, acknowledged=True) == after


def test_what_was_too_warm_and_then_freezes_has_a_new_alarm() -> None:
    after = refrigerated([9.0] * 5 + [1.0] * 16, WARM, acknowledged=True)

    assert after == Standing(open_since=NOON - 15 * MINUTE, is_cold=True)


def test_a_freezer_has_no_too_cold() -> None:
    assert judged([-200.0] * 60) == NONE


@given(in_a_fridge, st.sampled_from([NONE, WARM, COLD]), st.booleans())
def test_a_second_check_of_a_refrigerator_changes_nothing(
    temperatures_c: list[float],
    standing: Standing,
    acknowledged: bool,  # noqa: FBT001 drawn by name
) -> None:
    once = refrigerated(temperatures_c, standing, acknowledged=acknowledged)
    if once.open_since is not None:
        assert refrigerated(temperatures_c, once, acknowledged=acknowledged) == once


@given(in_a_fridge)
def test_a_refrigerator_alarms_only_on_a_reading_outside(temperatures_c: list[float]) -> None:
    after = refrigerated(temperatures_c)

    if after.open_since is not None:
        assert not 2.0 <= temperatures_c[-1] <= 8.0
        assert after.is_cold == (temperatures_c[-1] < 2.0)
