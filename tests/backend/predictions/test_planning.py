"""The capacity forecast against laws that are known."""

import sys
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.predictions.planning import passage
from backend.predictions.planning.forecast import (
    HORIZON_DAYS,
    CapacityOutlook,
    NotEnoughHistory,
    forecast_capacity,
)
from backend.predictions.planning.series import OccupancyDay, OccupancyHistory, history_of
from tests.factories.freezers import LAST_DAY, simulated_freezer


def outlook(history: OccupancyHistory, seed: int = 7) -> CapacityOutlook:
    made = forecast_capacity(history, np.random.default_rng(seed))
    assert isinstance(made, CapacityOutlook)
    return made


def linear(per_day: float, n_days: int, room: int) -> OccupancyHistory:
    used = 1000 + per_day * np.arange(n_days)
    return OccupancyHistory(LAST_DAY, used, int(used[-1]) + room)


@pytest.mark.parametrize(("per_day", "room"), [(7, 210), (7, 211), (1, 364), (40, 40)])
def test_a_freezer_that_fills_by_the_same_number_every_day_is_full_on_the_exact_day(
    per_day: int, room: int
) -> None:
    made = outlook(linear(per_day, 90, room))

    exact = -(-room // per_day)
    assert (made.full_p10_days, made.full_p50_days, made.full_p90_days) == (exact, exact, exact)
    assert made.score.coverage_80 == 1.0


def test_a_freezer_that_does_not_fill_has_no_limit_within_a_year() -> None:
    made = outlook(linear(0, 90, 500))

    assert (made.full_p10_days, made.full_p50_days, made.full_p90_days) == (None, None, None)
    assert list(made.dots) == [None] * 20
    assert made.score.mase is None


def test_a_full_freezer_is_full_today() -> None:
    made = outlook(linear(5, 90, 0))

    assert (made.full_p10_days, made.full_p90_days) == (0, 0)


@pytest.mark.parametrize("n_days", [1, 18, 59])
def test_too_little_history_gives_no_forecast(n_days: int) -> None:
    made = forecast_capacity(linear(5, n_days, 100), np.random.default_rng(1))

    assert made == NotEnoughHistory(n_days, 60)


def test_the_same_history_and_generator_give_the_same_forecast() -> None:
    freezer = simulated_freezer(3, 90)
    assert freezer is not None

    first, second = outlook(freezer.history), outlook(freezer.history)

    assert first == second


@settings(max_examples=25, deadline=None)
@given(
    increments=st.lists(st.integers(-30, 60), min_size=60, max_size=70),
    room=st.integers(1, 3000),
)
def test_dates_and_levels_are_in_order_and_possible(increments: list[int], room: int) -> None:
    used = 5000 + np.cumsum(np.array(increments, dtype=np.float64))
    made = outlook(OccupancyHistory(LAST_DAY, used, int(used[-1]) + room))

    order = [made.full_p10_days, made.full_p50_days, made.full_p90_days]
    known = [day for day in order if day is not None]
    assert known == sorted(known)
    assert order[: len(known)] == known
    levels = np.array([made.levels[share] for share in sorted(made.levels)])
    assert (np.diff(levels, axis=0) >= 0).all()
    assert (levels >= 0).all()
    assert 0 <= made.score.coverage_80 <= 1
    assert made.days[-1] == HORIZON_DAYS


def test_missing_days_lie_on_the_line_between_their_neighbours() -> None:
    monday = date(2026, 11, 2)
    days = [
        OccupancyDay(monday + timedelta(days=3), 130, 500),
        OccupancyDay(monday, 100, 400),
    ]

    history = history_of(days)

    assert history is not None
    assert history.used.tolist() == [100, 110, 120, 130]
    assert (history.last_day, history.capacity) == (monday + timedelta(days=3), 500)


def test_passage_counts_days_from_one() -> None:
    levels = np.array([[5.0, 10.0, 9.0], [1.0, 2.0, 3.0]])

    days = passage.first_passage(levels, 10)

    assert days.tolist() == [2, np.inf]


@pytest.mark.slow
@pytest.mark.parametrize(("n_days", "n_freezers", "error"), [(90, 80, 0.18), (365, 40, 0.17)])
def test_on_freezers_of_known_law_intervals_hold_and_the_median_is_near(
    n_days: int, n_freezers: int, error: float
) -> None:
    freezers = [simulated_freezer(seed, n_days) for seed in range(2000, 2000 + n_freezers)]
    held, errors, judged = [], [], []
    for freezer in (each for each in freezers if each is not None):
        made = outlook(freezer.history)
        early, median, late = (
            np.inf if day is None else day
            for day in (made.full_p10_days, made.full_p50_days, made.full_p90_days)
        )
        held.append(early <= freezer.full_after_days <= late)
        truth = freezer.full_after_days
        errors.append(abs(min(median, HORIZON_DAYS) - truth) / truth)
        assert made.score.mase is not None
        assert made.score.mase_naive is not None
        judged.append((made.score.mase < made.score.mase_naive, made.score.coverage_80))

    better, covered = np.mean(judged, axis=0)
    sys.stdout.write(
        f"time-to-full, {len(held)} freezers, {n_days} days: 80 % interval held "
        f"{np.mean(held):.3f}, median error {np.median(errors):.3f}; back-test beats naive on "
        f"{better:.2f}, its coverage {covered:.3f}\n"
    )
    assert 0.7 <= np.mean(held) <= 0.95
    assert np.median(errors) <= error
    assert better >= 0.9
    assert 0.7 <= covered <= 0.9
