"""How the method would have done on the history itself: rolling origins, each seeing its past only.

The same origins calibrate the width of the intervals (split conformal prediction): if the truth lay
outside too often, the simulated paths are spread by what would have been right. The score never
judges a width by the origins that set it.
"""

from dataclasses import dataclass

import numpy as np

from backend.predictions.planning import paths
from backend.predictions.planning.series import Floats

COVERAGE = 0.8
SHORTEST_TRAINING = 42
_PATHS = 240
_ORIGINS = 30
_FEWEST_FOR_WIDTH = 5
_ROUNDING = 1e-6
_NARROWEST, _WIDEST = 0.8, 2.5
"""Bounds of the calibration: a few weeks of origins do not prove more than that."""


@dataclass(frozen=True, slots=True)
class Score:
    """Result of a back-test over ``n_origins`` origins, ``horizon_days`` ahead each."""

    mase: float | None
    """Mean absolute error of the median over the in-sample error of "tomorrow as today"
    (Hyndman and Koehler 2006); None when the history never moved."""
    mase_naive: float | None
    """The same of the naive forecast "stays as it is", to compare with."""
    coverage_80: float
    """Share of origins whose truth lay within the 80 % interval at the end of the horizon."""
    n_origins: int
    horizon_days: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """The score, and the factor by which intervals must be spread."""

    score: Score
    spread: float


@dataclass(frozen=True, slots=True)
class _Origin:
    at: int
    error: float
    error_naive: float
    scale: float
    off_by: float
    """Distance of the truth from the median at the horizon, in half-widths of the interval."""


def horizon_for(n_increments: int) -> int:
    """Return how many days ahead a history of this length can be tested."""
    if n_increments < 80:  # noqa: PLR2004 leaves at least eight origins after the training
        return 7
    return 14 if n_increments < paths.REGRESSION_FROM_DAYS else 28


def run(increments: Floats, rng: np.random.Generator) -> Backtest:
    """Back-test net increments, shape (n,), n >= 59. Deterministic for a given rng."""
    horizon = horizon_for(len(increments))
    last = len(increments) - horizon
    step = max(1, -(-(last - SHORTEST_TRAINING + 1) // _ORIGINS))
    origins = [
        _judge(increments, at, horizon, rng) for at in range(last, SHORTEST_TRAINING - 1, -step)
    ]
    hits = [origin.off_by <= _spread_without(origins, origin, horizon) for origin in origins]
    scale = float(np.mean([origin.scale for origin in origins]))
    moved = scale > 0
    score = Score(
        mase=float(np.mean([origin.error for origin in origins])) / scale if moved else None,
        mase_naive=float(np.mean([o.error_naive for o in origins])) / scale if moved else None,
        coverage_80=float(np.mean(hits)),
        n_origins=len(origins),
        horizon_days=horizon,
    )
    return Backtest(score, _spread([origin.off_by for origin in origins]))


def _judge(increments: Floats, at: int, horizon: int, rng: np.random.Generator) -> _Origin:
    past, truth = increments[:at], np.cumsum(increments[at : at + horizon])
    simulated = paths.simulate(past, n_paths=_PATHS, horizon=horizon, rng=rng)
    low, median, high = np.quantile(np.cumsum(simulated, axis=1), [0.1, 0.5, 0.9], axis=0)
    miss = float(truth[-1] - median[-1])
    half_width = float(high[-1] - median[-1] if miss > 0 else median[-1] - low[-1])
    return _Origin(
        at=at,
        error=float(np.mean(np.abs(truth - median))),
        error_naive=float(np.mean(np.abs(truth))),
        scale=float(np.mean(np.abs(past))),
        off_by=_in_half_widths(abs(miss), half_width),
    )


def _in_half_widths(miss: float, half_width: float) -> float:
    if half_width > 0:
        return miss / half_width
    return np.inf if miss > _ROUNDING else 0.0


def _spread_without(origins: list[_Origin], judged: _Origin, horizon: int) -> float:
    """Return the spread learnt from origins that share no forecast day with ``judged``."""
    return _spread([o.off_by for o in origins if abs(o.at - judged.at) >= horizon])


def _spread(off_by: list[float]) -> float:
    if len(off_by) < _FEWEST_FOR_WIDTH:
        return 1.0
    # The conformal rank: the share that covers one more, unseen, truth.
    rank = min(int(np.ceil(COVERAGE * (len(off_by) + 1))), len(off_by)) - 1
    return float(np.clip(np.sort(off_by)[rank], _NARROWEST, _WIDEST))
