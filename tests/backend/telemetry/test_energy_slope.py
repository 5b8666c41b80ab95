"""What another set point would take, against units whose truth is known."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.telemetry.energy import slope
from backend.telemetry.energy.slope import EnergyModel, Lacking, NotIdentified
from tests.factories.powered_units import live_days, without_room

UNITS = 40


def learnt(days: list[slope.UnitDay]) -> EnergyModel | NotIdentified:
    return slope.fit(days, np.random.default_rng(len(days)))


def answered(days: list[slope.UnitDay]) -> EnergyModel:
    found = learnt(days)
    assert isinstance(found, EnergyModel), found
    return found


def lacking(days: list[slope.UnitDay]) -> Lacking:
    found = learnt(days)
    assert isinstance(found, NotIdentified)
    return found.lacking


def test_the_interval_holds_the_truth_of_about_four_units_in_five() -> None:
    rng = np.random.default_rng(20)
    held = 0
    misses = []
    for number in range(UNITS):
        lived = live_days(f"ULT-{number:02d}-P1", rng)
        said = slope.change(answered(lived.days), -80.0, -70.0)
        held += said.low_kwh <= lived.change_kwh <= said.high_kwh
        misses.append(said.kwh_a_day / lived.change_kwh - 1)

    # Of 40, 80 % is 32; less than 26 or all of them would be no 80 % interval.
    assert 26 <= held <= 39
    assert abs(float(np.mean(misses))) < 0.06


def test_a_warmer_set_point_saves_and_a_colder_one_costs_more() -> None:
    model = answered(live_days("ULT-03-P1", np.random.default_rng(3)).days)

    warmer, colder = (slope.change(model, -80.0, to) for to in (-70.0, -85.0))

    assert warmer.low_kwh < warmer.kwh_a_day < warmer.high_kwh < 0
    assert 0 < colder.low_kwh < colder.kwh_a_day < colder.high_kwh
    assert slope.change(model, -80.0, -80.0).kwh_a_day == 0


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    step=st.floats(min_value=1.0, max_value=20.0, allow_nan=False),
)
def test_the_farther_the_more_and_never_more_than_is_taken(seed: int, step: float) -> None:
    found = learnt(live_days(f"ULT-{seed}-P1", np.random.default_rng(seed), count=80).days)
    assert isinstance(found, EnergyModel)

    near, far = (slope.change(found, -80.0, -80.0 + each) for each in (step, step * 1.5))

    assert far.kwh_a_day < near.kwh_a_day < 0
    assert -near.kwh_a_day < found.kwh_a_day
    assert near.low_kwh <= near.kwh_a_day <= near.high_kwh


def test_what_was_never_seen_is_marked() -> None:
    lived = live_days("ULT-03-P1", np.random.default_rng(3))
    model = answered(lived.days)

    assert slope.change(model, -80.0, -70.0).is_beyond
    assert not slope.change(model, -80.0, -79.5).is_beyond
    assert model.nearest_k < model.farthest_k


def test_the_same_days_give_the_same_answer() -> None:
    days = live_days("ULT-03-P1", np.random.default_rng(3)).days

    assert slope.change(answered(days), -80, -70) == slope.change(answered(days), -80, -70)


def test_too_few_days_say_nothing() -> None:
    days = live_days("ULT-03-P1", np.random.default_rng(3)).days

    assert lacking(days[: slope.LEAST_DAYS - 1]) is Lacking.DAYS
    assert lacking([]) is Lacking.DAYS


def test_a_room_that_never_changes_says_nothing() -> None:
    days = live_days("ULT-03-P1", np.random.default_rng(3), room_sd_k=0.0).days

    assert lacking(days) is Lacking.SPREAD


def test_without_a_room_sensor_a_set_point_that_never_moved_says_nothing() -> None:
    days = without_room(live_days("ULT-03-P1", np.random.default_rng(3)).days)

    assert lacking(days) is Lacking.ROOM


def test_without_a_room_sensor_a_set_point_that_was_changed_tells() -> None:
    rng = np.random.default_rng(8)
    # One unit, at two set points; the room is steady but nobody measures it.
    cold = live_days("ULT-03-P1", rng, count=40, room_sd_k=0.2)
    unit_days = without_room(cold.days)
    warm = [
        replace(each, on=each.on + timedelta(days=40), inside_c=each.inside_c + 10)
        for each in unit_days
    ]
    warm = [replace(each, kwh=each.kwh + cold.change_kwh) for each in warm]

    model = answered([*unit_days, *warm])
    back = slope.change(model, -70.0, -80.0)

    assert not model.room_is_measured
    assert back.kwh_a_day == pytest.approx(-cold.change_kwh, rel=0.1)


def test_power_that_has_nothing_to_do_with_the_room_says_nothing() -> None:
    days = live_days("ULT-03-P1", np.random.default_rng(3)).days
    rng = np.random.default_rng(5)

    said = lacking([replace(each, kwh=8 + float(rng.normal(0, 0.3))) for each in days])

    assert said in {Lacking.NOT_BETTER, Lacking.SLOPE}


def test_a_unit_that_takes_less_the_warmer_its_room_is_not_believed() -> None:
    days = live_days("ULT-03-P1", np.random.default_rng(3)).days

    assert lacking([replace(each, kwh=20 - each.kwh) for each in days]) is Lacking.SLOPE


def test_days_of_warming_up_and_cooling_down_are_none_of_a_steady_state() -> None:
    days = live_days("ULT-03-P1", np.random.default_rng(3)).days
    bad = replace(days[30], inside_c=days[30].inside_c + 9, kwh=days[30].kwh * 2)
    told = [*days[:30], bad, *days[31:]]

    left = slope.steady(told)

    assert [each.on for each in days if each not in left] == [each.on for each in days[29:32]]
    assert slope.change(answered(told), -80, -70).kwh_a_day == pytest.approx(
        slope.change(answered(days), -80, -70).kwh_a_day, rel=0.15
    )


def test_a_week_that_is_held_out_is_predicted_better_than_by_the_mean() -> None:
    model = answered(live_days("ULT-03-P1", np.random.default_rng(3)).days)

    assert 0 < model.rmse_kwh < model.rmse_of_mean_kwh
