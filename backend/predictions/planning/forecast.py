"""A zone's forecast: levels with intervals, time until full, and the score beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backend.predictions.planning import backtest, passage, paths
from backend.predictions.planning.backtest import Score
from backend.predictions.planning.series import MINIMUM_DAYS, Floats, OccupancyHistory

METHOD = "capacity 1.0"
HORIZON_DAYS = 365
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
DRAWN_DAYS = (*range(1, HORIZON_DAYS, 3), HORIZON_DAYS)
"""Days whose quantiles are kept; three days apart draw the same fan as one."""
_PATHS = 1000


@dataclass(frozen=True, slots=True)
class NotEnoughHistory:
    """No forecast: ``n_days`` of the ``needed`` days are there."""

    n_days: int
    needed: int = MINIMUM_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityOutlook:
    """What is likely to come, in positions and in days from the history's last day."""

    days: Sequence[int]
    levels: Mapping[float, Sequence[int]]
    """Level on each of ``days`` by quantile."""
    full_p10_days: int | None
    full_p50_days: int | None
    full_p90_days: int | None
    """Days until full; None means not within HORIZON_DAYS at that quantile."""
    dots: Sequence[int | None]
    """Twenty equally likely days of being full, earliest first."""
    score: Score


def forecast_capacity(
    history: OccupancyHistory, rng: np.random.Generator
) -> CapacityOutlook | NotEnoughHistory:
    """Forecast one zone. Deterministic for a given rng.

    Quantile p10 is the early date: one future in ten is full by then.
    """
    if history.n_days < MINIMUM_DAYS:
        return NotEnoughHistory(history.n_days)
    tested = backtest.run(history.increments, rng)
    levels = _levels(history, tested.spread, rng)
    full = passage.first_passage(levels, history.capacity)
    if history.used[-1] >= history.capacity:
        full = np.zeros(len(levels))
    shown = np.quantile(levels[:, [day - 1 for day in DRAWN_DAYS]], QUANTILES, axis=0)
    return CapacityOutlook(
        days=DRAWN_DAYS,
        levels={share: _whole(line) for share, line in zip(QUANTILES, shown, strict=True)},
        full_p10_days=passage.passage_quantile(full, 0.1),
        full_p50_days=passage.passage_quantile(full, 0.5),
        full_p90_days=passage.passage_quantile(full, 0.9),
        dots=passage.equally_likely(full),
        score=tested.score,
    )


def _levels(history: OccupancyHistory, spread: float, rng: np.random.Generator) -> Floats:
    """Return simulated levels, shape (_PATHS, HORIZON_DAYS), spread about their median."""
    increments = paths.simulate(history.increments, n_paths=_PATHS, horizon=HORIZON_DAYS, rng=rng)
    rises = np.cumsum(increments, axis=1)
    median = np.median(rises, axis=0)
    levels: Floats = np.maximum(history.used[-1] + median + spread * (rises - median), 0.0)
    return levels


def _whole(line: Floats) -> list[int]:
    return [round(level) for level in line]
