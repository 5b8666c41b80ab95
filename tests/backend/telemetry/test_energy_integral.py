"""An integral over readings at any distance: exact where they are known, nothing where not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.telemetry.energy.integral import GAP_S, integrate

HOUR = 3600.0
# Eighths of a second add up exactly: a distance of just GAP_S is one between instants, too.
distances = st.lists(
    st.integers(8, int(5 * GAP_S * 8)).map(lambda eighths: eighths / 8), min_size=1, max_size=60
)
watts = st.floats(min_value=0.0, max_value=5000.0, allow_nan=False)


def at(lasts: list[float]) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(lasts)])


@given(lasts=distances, value=watts)
def test_a_steady_value_is_itself_times_the_time_known(lasts: list[float], value: float) -> None:
    times = at(lasts)

    integral, known = integrate(times, np.full(len(times), value), np.array([0.0, times[-1]]))

    allowed = max(GAP_S, 3 * float(np.median(lasts)))
    assert known[0] * HOUR == pytest.approx(sum(each for each in lasts if each <= allowed))
    assert integral[0] == pytest.approx(value * known[0])


@given(
    lasts=distances,
    seed=st.integers(0, 1000),
    cuts=st.lists(st.floats(min_value=-HOUR, max_value=90 * HOUR), min_size=1, max_size=6),
)
def test_parts_sum_to_the_whole_wherever_it_is_cut(
    lasts: list[float], seed: int, cuts: list[float]
) -> None:
    times = at(lasts)
    values = np.random.default_rng(seed).uniform(0, 600, len(times))
    ends = np.array([-2 * HOUR, 100 * HOUR])
    edges = np.array(sorted([*ends, *cuts]))

    parts, known_parts = integrate(times, values, edges)
    whole, known = integrate(times, values, ends)

    assert parts.sum() == pytest.approx(whole[0], abs=1e-6)
    assert known_parts.sum() == pytest.approx(known[0], abs=1e-9)
    assert np.all(known_parts <= np.diff(edges) / HOUR + 1e-9)
    assert np.all(known_parts >= -1e-9)
    assert whole[0] <= values.max() * known[0] + 1e-6


@given(lasts=distances, slope=st.floats(min_value=-0.1, max_value=0.1), edge=st.floats(0, 1))
def test_a_value_that_changes_evenly_is_exact_between_any_two_instants(
    lasts: list[float], slope: float, edge: float
) -> None:
    near = [min(each, GAP_S) for each in lasts]
    times = at(near)
    end = times[-1] * edge

    integral, known = integrate(times, 100 + slope * times, np.array([0.0, end]))

    assert known[0] * HOUR == pytest.approx(end)
    assert integral[0] * HOUR == pytest.approx(100 * end + slope * end**2 / 2, abs=1e-5)


def test_a_gap_counts_for_nothing_and_a_slow_logger_has_none() -> None:
    minute = 60.0
    broken = np.array([0.0, 5, 10, 70, 75]) * minute
    slow = np.arange(5) * 30 * minute

    _, of_broken = integrate(broken, np.full(5, 100.0), np.array([0.0, 75 * minute]))
    _, of_slow = integrate(slow, np.full(5, 100.0), np.array([0.0, 120 * minute]))

    assert of_broken[0] == pytest.approx(15 / 60)
    assert of_slow[0] == pytest.approx(2.0)


@pytest.mark.parametrize("count", [0, 1])
def test_one_reading_says_nothing_of_any_time(count: int) -> None:
    integral, known = integrate(np.zeros(count), np.ones(count), np.array([0.0, HOUR, 2 * HOUR]))

    assert (integral.tolist(), known.tolist()) == ([0.0, 0.0], [0.0, 0.0])
