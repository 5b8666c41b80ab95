"""What temperatures meant: minutes, degree-hours and MKT, against numbers worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.incidents.exposure import (
    Limits,
    back_in_range,
    exposure,
    kinetic_mean,
    kinetic_mean_of,
    usual_interval,
)
from backend.telemetry.views import ReadingPoint

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALARM = Limits(high_c=-70.0)
PRODUCT = Limits(high_c=-60.0)


def curve(*degrees: float, every: timedelta = MINUTE) -> list[ReadingPoint]:
    return [
        ReadingPoint(at=START + every * index, temperature_c=each)
        for index, each in enumerate(degrees)
    ]


@pytest.mark.parametrize(
    ("weighted", "expected"),
    [
        ([(-80.0, 23.0), (-20.0, 1.0)], -38.85),
        ([(-80.0, 167.0), (-40.0, 1.0)], -64.78),
        ([(5.0, 23.5), (15.0, 0.5)], 5.391),
        ([(float(degrees), 1.0) for degrees in range(20, 32)], 26.118),
    ],
)
def test_the_mean_kinetic_temperature_is_that_of_the_domain_facts(
    weighted: list[tuple[float, float]], expected: float
) -> None:
    places = 3 if abs(expected) < 30 else 2

    assert round(kinetic_mean(weighted) or 0.0, places) == expected


def test_without_any_weight_there_is_no_mean() -> None:
    assert kinetic_mean([]) is None


def test_a_steady_temperature_is_its_own_mean() -> None:
    points = curve(*[5.0] * 61)

    mean = kinetic_mean_of(points, START, START + timedelta(hours=1), interval=MINUTE)

    assert mean == pytest.approx(5.0)


def test_a_mean_is_refused_where_readings_lack() -> None:
    points = curve(*[5.0] * 50)

    end = START + timedelta(hours=1)

    assert kinetic_mean_of(points, START, end, interval=MINUTE) is None


def test_minutes_above_are_exact_between_two_readings() -> None:
    # From -80 to -40 and back in 20 minutes: 10 of them above -60, none above -40.
    points = curve(-80.0, -40.0, -80.0, every=timedelta(minutes=10))

    known = exposure(
        points,
        START,
        START + timedelta(minutes=20),
        interval=timedelta(minutes=10),
        alarm=ALARM,
        product=PRODUCT,
    )

    assert known.above_min == pytest.approx((10.0, 0.0, 0.0, 0.0))
    assert known.out_of_alarm_min == pytest.approx(15.0)
    assert known.out_of_product_min == pytest.approx(10.0)
    # A triangle of 15 min and 30 K above -70: 225 K·min.
    assert known.degree_hours == pytest.approx(225 / 60)
    assert (known.highest_c, known.lowest_c) == (-40.0, -80.0)
    assert known.coverage == pytest.approx(1.0)


def test_too_cold_counts_as_out_where_cold_does_harm() -> None:
    points = curve(4.0, 0.0, 4.0, every=timedelta(minutes=10))
    limits = Limits(high_c=8.0, low_c=2.0)

    known = exposure(
        points,
        START,
        START + timedelta(minutes=20),
        interval=timedelta(minutes=10),
        alarm=limits,
        product=limits,
    )

    assert known.out_of_product_min == pytest.approx(10.0)
    assert known.degree_hours == pytest.approx(10 * 2 / 2 / 60)


def test_a_gap_is_unknown_and_neither_warm_nor_cold() -> None:
    points = [
        *curve(*[-50.0] * 11),
        ReadingPoint(at=START + timedelta(minutes=50), temperature_c=-50.0),
        ReadingPoint(at=START + timedelta(minutes=51), temperature_c=-50.0),
    ]

    known = exposure(
        points,
        START,
        START + timedelta(minutes=51),
        interval=MINUTE,
        alarm=ALARM,
        product=PRODUCT,
    )

    assert known.known_min == pytest.approx(11.0)
    assert known.unknown_min == pytest.approx(40.0)
    assert known.out_of_product_min == pytest.approx(11.0)
    assert known.coverage == pytest.approx(11 / 51)


def test_three_intervals_are_still_joined() -> None:
    points = curve(-50.0, -50.0, every=timedelta(minutes=3))

    end = START + timedelta(minutes=3)
    known = exposure(points, START, end, interval=MINUTE, alarm=ALARM, product=PRODUCT)

    assert known.unknown_min == 0


def test_without_readings_all_is_unknown() -> None:
    end = START + timedelta(minutes=30)

    known = exposure([], START, end, interval=MINUTE, alarm=ALARM, product=PRODUCT)

    assert (known.known_min, known.unknown_min, known.highest_c) == (0, 30, None)


def test_the_usual_interval_is_the_loggers_not_the_gaps() -> None:
    points = curve(*[4.0] * 10, every=timedelta(minutes=15))
    points.append(ReadingPoint(at=START + timedelta(hours=30), temperature_c=4.0))

    assert usual_interval(points) == timedelta(minutes=15)
    assert usual_interval([]) == MINUTE


def test_back_in_range_is_the_beginning_of_the_last_run_inside() -> None:
    points = curve(-80.0, -60.0, -72.0, -65.0, -71.0, -75.0)

    assert back_in_range(points, ALARM) == START + 4 * MINUTE
    assert back_in_range(points[:4], ALARM) is None


@given(
    degrees=st.lists(st.floats(-90, 30), min_size=2, max_size=40),
    gaps=st.lists(st.integers(1, 6), min_size=39, max_size=39),
    cut=st.floats(0, 1),
)
def test_the_exposure_of_a_stay_is_the_sum_of_its_parts(
    degrees: list[float], gaps: list[int], cut: float
) -> None:
    points, at = [], START
    for each, gap in zip(degrees, gaps, strict=False):
        points.append(ReadingPoint(at=at, temperature_c=each))
        at += gap * MINUTE
    end = points[-1].at + 2 * MINUTE
    middle = START + (end - START) * cut

    whole, first, second = (
        exposure(points, since, until, interval=MINUTE, alarm=ALARM, product=PRODUCT)
        for since, until in ((START, end), (START, middle), (middle, end))
    )

    for part, other, both in zip(first.above_min, second.above_min, whole.above_min, strict=True):
        assert part + other == pytest.approx(both, abs=1e-4)
    assert first.degree_hours + second.degree_hours == pytest.approx(whole.degree_hours, abs=1e-4)
    assert first.known_min + second.known_min == pytest.approx(whole.known_min, abs=1e-4)
    assert first.unknown_min + second.unknown_min == pytest.approx(whole.unknown_min, abs=1e-4)
    assert whole.known_min + whole.unknown_min == pytest.approx((end - START).total_seconds() / 60)
