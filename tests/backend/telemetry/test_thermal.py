"""What a unit's own warm-ups tell of the next power loss, on freezers that are not the model."""

import math

import numpy as np
import pytest

from backend.telemetry.thermal import segments
from backend.telemetry.thermal.crossing import Crossing, crossing
from backend.telemetry.thermal.fitting import Ambient, NoModel, ThermalFit, fit
from backend.telemetry.thermal.model import Before, Parameters, minutes_until, warm_up
from backend.telemetry.thermal.segments import Evidence, Series, find_warm_ups
from tests.factories.cold_units import DAY, Lived, live, make_unit

EMPTY = Before(np.empty(0), np.empty(0))


def until(series: Series, minute: float) -> Series:
    """Return what was known at an instant: the future is cut off."""
    known = series.minutes <= minute
    return Series(series.minutes[known], series.values[known])


def one_unit(seed: int, warm_ups: int = 3) -> tuple[Lived, int, np.random.Generator]:
    """A unit with planned power tests of other days, and a power loss after them."""
    rng = np.random.default_rng(seed)
    unit = make_unit(rng)
    losses = {
        (1 + each) * DAY + int(rng.integers(0, 600)): int(rng.integers(90, 200))
        for each in range(warm_ups)
    }
    loss = (warm_ups + 1) * DAY + int(rng.integers(0, 600))
    losses[loss] = DAY
    return live(unit, warm_ups + 2, losses, rng), loss, rng


def answer(lived: Lived, loss: int, rng: np.random.Generator) -> Crossing:
    """Fit what was known at the power loss, and ask when −60 °C is crossed."""
    probe, power, door = (until(each, loss) for each in (lived.probe, lived.power, lived.door))
    fitted = fit(find_warm_ups(probe, power, door), rng)
    assert isinstance(fitted, ThermalFit)
    return crossing(
        fitted.draws,
        log_spread=fitted.log_spread,
        trials=len(fitted.trials),
        warmest_c=fitted.warmest_c,
        before=segments.before(probe, float(probe.minutes[-1])),
        air_c=float(probe.values[-1]),
        limit_c=-60.0,
        rng=rng,
    )


@pytest.mark.slow
def test_four_in_five_crossings_lie_in_the_interval_and_the_median_is_near() -> None:
    held, errors = [], []

    for seed in range(36):
        lived, loss, rng = one_unit(seed)
        said = answer(lived, loss, rng)
        assert said.low_min is not None
        assert said.median_min is not None
        took = float(np.argmax(lived.air_c[loss:] >= -60))
        assert took > 0
        held.append(said.low_min <= took <= (said.high_min or math.inf))
        errors.append(abs(said.median_min / took - 1))

    # Of 36 with a true chance of 0.8, nineteen in twenty times between 24 and 33 are held.
    assert 24 / 36 <= np.mean(held) <= 33 / 36
    assert np.median(errors) < 0.12
    assert np.quantile(errors, 0.9) < 0.35


def test_a_unit_of_the_model_itself_gets_its_own_parameters_back() -> None:
    truth = Parameters(slow_min=600.0, exchange_min=25.0, air_share=0.25, ambient_c=21.0)
    rng = np.random.default_rng(3)
    minutes = np.arange(0.0, 300.0, 5.0)
    risen = warm_up(truth, -80.0, -80.0, minutes) + rng.normal(0, 0.05, len(minutes))
    held = [
        segments.WarmUp(
            start_min=0.0,
            minutes=minutes,
            temperature_c=np.concatenate([[-80.0], risen[1:]]),
            before=EMPTY,
            evidence=Evidence.POWER,
        )
        for _ in range(3)
    ]

    fitted = fit(held, rng, Ambient(mean_c=21.0, sd_c=0.3))

    assert isinstance(fitted, ThermalFit)
    assert fitted.best.slow_min == pytest.approx(600, rel=0.05)
    assert fitted.best.exchange_min == pytest.approx(25, rel=0.2)
    assert fitted.rmse_k < 0.2
    # Nobody measured the room: that stays as open as it was given.
    assert fitted.learnt[0] > 0.9
    assert fitted.learnt[3] < 0.5


def test_it_warms_towards_the_room_and_never_past_it() -> None:
    parameters = Parameters(slow_min=500.0, exchange_min=20.0, air_share=0.3, ambient_c=20.0)

    risen = warm_up(parameters, -80.0, -80.0, np.linspace(0, 20_000, 400))

    assert risen[0] == pytest.approx(-80.0)
    assert np.all(np.diff(risen) > -1e-9)
    assert risen[-1] == pytest.approx(20.0, abs=0.01)
    assert minutes_until(parameters, -80.0, -80.0, 30.0, horizon_min=1e4) is None
    assert minutes_until(parameters, -50.0, -80.0, -60.0, horizon_min=1e4) == 0.0


def test_a_running_unit_with_doors_has_no_warm_up_and_so_no_model() -> None:
    rng = np.random.default_rng(5)
    lived = live(make_unit(rng), 3, {}, rng)

    found = find_warm_ups(lived.probe, lived.power, lived.door)
    outcome = fit(found, rng)

    assert found == []
    assert find_warm_ups(lived.probe) == []
    assert isinstance(outcome, NoModel)
    assert "no warm-up seen, 2 are needed" in outcome.needed


def test_a_warm_up_begins_where_the_unit_stopped_and_not_at_a_low_hours_before() -> None:
    noise = np.random.default_rng(3).normal(0, 0.25, 400)
    noise[260] = -0.8
    rise = np.concatenate([np.zeros(300), np.arange(1, 8) * 1.6, np.zeros(93)])

    [found] = find_warm_ups(Series(np.arange(400) * 15.0, -80 + noise + rise))

    assert found.start_min / 15 == pytest.approx(299, abs=1)
    assert found.lasted_min == pytest.approx(105, abs=15)


def test_one_warm_up_is_not_enough_because_nothing_is_left_to_judge_it_by() -> None:
    lived, loss, rng = one_unit(1, warm_ups=1)

    outcome = fit(find_warm_ups(until(lived.probe, loss), until(lived.power, loss)), rng)

    assert outcome == NoModel(warm_ups=1)


def test_power_says_where_a_warm_up_begins_and_that_an_open_door_is_none() -> None:
    lived, loss, _ = one_unit(2)
    probe, power = until(lived.probe, loss), until(lived.power, loss)
    always_on = Series(power.minutes, np.full(len(power.minutes), 600.0))
    open_door = Series(power.minutes, np.ones(len(power.minutes)))

    by_power, by_rise = find_warm_ups(probe, power), find_warm_ups(probe)

    assert [each.evidence for each in by_power] == [Evidence.POWER] * 3
    assert [each.evidence for each in by_rise] == [Evidence.RISE] * 3
    for known, guessed in zip(by_power, by_rise, strict=True):
        assert abs(known.start_min - guessed.start_min) <= 30
    assert find_warm_ups(probe, always_on) == []
    assert find_warm_ups(probe, power, open_door) == []


def test_what_happens_after_the_question_changes_no_answer() -> None:
    lived, loss, _ = one_unit(4)
    other = Lived(
        lived.air_c,
        Series(lived.probe.minutes, np.where(lived.probe.minutes > loss, 0.0, lived.probe.values)),
        lived.power,
        lived.door,
    )

    assert answer(lived, loss, np.random.default_rng(1)) == answer(
        other, loss, np.random.default_rng(1)
    )


def test_a_limit_beyond_anything_measured_says_so() -> None:
    draws = (Parameters(slow_min=600.0, exchange_min=20.0, air_share=0.3, ambient_c=20.0),) * 4
    common = {"log_spread": 0.05, "trials": 3, "warmest_c": -55.0, "before": EMPTY, "air_c": -80.0}

    near = crossing(draws, limit_c=-60.0, rng=np.random.default_rng(0), **common)
    far = crossing(draws, limit_c=-20.0, rng=np.random.default_rng(0), **common)

    assert (near.is_beyond, far.is_beyond) == (False, True)
    assert near.median_min is not None
    assert far.median_min is not None
    assert near.median_min < far.median_min
