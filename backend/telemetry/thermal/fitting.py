"""Learning a unit's parameters from its warm-ups, and how wrong they are on ones they never saw.

Least squares by Levenberg-Marquardt with weak priors, which decide only what the warm-ups leave
open (the room's temperature, mostly). Confidence by refitting to resampled residuals in blocks,
each time with the priors' centres drawn anew (Oliver, He and Reynolds 1996, randomised maximum
likelihood): what nothing was learnt about stays as wide as it was.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.telemetry.thermal.least_squares import (
    Problem,
    measured,
    parameters_of,
    predict,
    refine,
    solve,
)
from backend.telemetry.thermal.model import Floats, Parameters, contents_c, minutes_until
from backend.telemetry.thermal.segments import WarmUp

VERSION = "two-mass 1"
LEAST_WARM_UPS = 2
"""One is needed to learn and another to say how wrong that was."""
DRAWS = 40
_BLOCK = 6
HORIZON_MIN = 14 * 24 * 60.0
# Log minutes, log minutes, logit, °C: wide enough for an empty chest and a full upright.
_PRIOR_MEAN = np.array([math.log(720.0), math.log(20.0), -1.0, 22.0])
_PRIOR_SD = np.array([1.2, 1.0, 1.2, 3.0])
NAMES = ("slow_min", "exchange_min", "air_share", "ambient_c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambient:
    """What a sensor in the room says, °C."""

    mean_c: float
    sd_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One warm-up predicted by a fit to the others; arrays of shape (n,)."""

    start_min: float
    minutes: Floats
    measured_c: Floats
    predicted_c: Floats
    rmse_k: float
    log_ratio: float
    """ln of the time it took to its warmest reading over the time that was predicted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalFit:
    """A unit's model.

    ``draws`` are equally likely parameters. ``learnt`` says for each of NAMES how much narrower
    than the prior the warm-ups made it: 0 nothing, 1 all. ``log_spread`` is the root mean square of
    the trials' log ratios.
    """

    best: Parameters
    draws: tuple[Parameters, ...]
    learnt: tuple[float, ...]
    trials: tuple[Trial, ...]
    rmse_k: float
    log_spread: float
    warmest_c: float
    """Beyond it the model was never compared with anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoModel:
    """Why there is none, and what is needed."""

    warm_ups: int

    @property
    def needed(self) -> str:
        seen = {0: "no warm-up", 1: "one warm-up"}.get(self.warm_ups, f"{self.warm_ups} warm-ups")
        return (
            f"No model yet: {seen} seen, {LEAST_WARM_UPS} are needed. A warm-up is a steady rise "
            "of at least 5 K over 45 minutes without cooling, as in a planned power test; door "
            "openings and compressor cycles do not tell how much the contents hold."
        )


def fit(
    warm_ups: Sequence[WarmUp], rng: np.random.Generator, ambient: Ambient | None = None
) -> ThermalFit | NoModel:
    """Fit a unit's warm-ups; each of them is also predicted by a fit to the others."""
    if len(warm_ups) < LEAST_WARM_UPS:
        return NoModel(warm_ups=len(warm_ups))
    mean, sd = _prior(ambient)
    theta, sigma = solve(warm_ups, mean, sd)
    draws = _draws(warm_ups, theta=theta, sigma=sigma, mean=mean, sd=sd, rng=rng)
    spread = np.std(draws, axis=0)
    trials = tuple(_trial(warm_ups, index, mean, sd) for index in range(len(warm_ups)))
    squares = np.concatenate([(each.measured_c - each.predicted_c)[1:] for each in trials]) ** 2
    return ThermalFit(
        best=parameters_of(theta),
        draws=tuple(parameters_of(draw) for draw in draws),
        learnt=tuple(float(max(0.0, 1 - each)) for each in spread / sd),
        trials=trials,
        rmse_k=float(np.sqrt(squares.mean())),
        log_spread=float(np.sqrt(np.mean([each.log_ratio**2 for each in trials]))),
        warmest_c=float(max(each.temperature_c[-1] for each in warm_ups)),
    )


def _prior(ambient: Ambient | None) -> tuple[Floats, Floats]:
    if ambient is None:
        return _PRIOR_MEAN, _PRIOR_SD
    mean, sd = _PRIOR_MEAN.copy(), _PRIOR_SD.copy()
    mean[3], sd[3] = ambient.mean_c, max(ambient.sd_c, 0.3)
    return mean, sd


def _trial(warm_ups: Sequence[WarmUp], index: int, mean: Floats, sd: Floats) -> Trial:
    held = warm_ups[index]
    others = [each for each in warm_ups if each is not held]
    # Started from the prior: the whole's fit has seen the one that is held out.
    learnt, _ = solve(others, mean, sd)
    parameters = parameters_of(learnt)
    predicted = predict(learnt[None, :], [held])[0]
    air = float(held.temperature_c[0])
    contents = contents_c(parameters, held.before, air)
    level = float(held.temperature_c.max())
    took = float(held.minutes[int(held.temperature_c.argmax())])
    said = minutes_until(parameters, air, contents, level, horizon_min=HORIZON_MIN) or HORIZON_MIN
    return Trial(
        start_min=held.start_min,
        minutes=held.minutes,
        measured_c=held.temperature_c,
        predicted_c=predicted,
        rmse_k=float(np.sqrt(np.mean((predicted - held.temperature_c)[1:] ** 2))),
        log_ratio=math.log(took / said),
    )


def _draws(
    warm_ups: Sequence[WarmUp],
    *,
    theta: Floats,
    sigma: float,
    mean: Floats,
    sd: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Return equally likely parameters, shape (DRAWS, 4)."""
    model = predict(theta[None, :], warm_ups)[0]
    ends = np.cumsum([len(each.minutes) for each in warm_ups])[:-1]
    residuals = np.split(measured(warm_ups) - model, ends)
    targets = np.stack(
        [
            model + np.concatenate([_in_blocks(residual, rng) for residual in residuals])
            for _ in range(DRAWS)
        ]
    )
    centres = rng.normal(mean, sd, (DRAWS, len(mean)))
    return refine(Problem(warm_ups, targets, centres, sd), np.tile(theta, (DRAWS, 1)), sigma)


def _in_blocks(residual: Floats, rng: np.random.Generator) -> Floats:
    """Return a residual series resampled in blocks, so that errors stay as long as they are."""
    size = len(residual)
    block = min(_BLOCK, size)
    starts = rng.integers(0, size - block + 1, -(-size // block))
    drawn = np.concatenate([residual[start : start + block] for start in starts])[:size]
    return np.asarray(drawn * rng.choice([-1.0, 1.0]))
