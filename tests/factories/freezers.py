"""Simulated freezers whose law is known: what the forecast is judged by."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from backend.predictions.planning.series import Floats, OccupancyHistory

LAST_DAY = date(2026, 11, 22)
FUTURE_DAYS = 365
_WEEK = np.array([1.3, 1.2, 1.1, 1.2, 0.9, 0.15, 0.15])


@dataclass(frozen=True, slots=True)
class Freezer:
    """A history that a forecaster may see, and the day on which it was full, which they may not."""

    history: OccupancyHistory
    full_after_days: int


def simulated_freezer(seed: int, n_days: int) -> Freezer | None:
    """Compound Poisson intake with weekdays, growth, a season and, for a third, clean-outs.

    None when it does not fill within FUTURE_DAYS.
    """
    rng = np.random.default_rng(seed)
    rate, batch = rng.uniform(5, 40), rng.choice([2, 8, 24])
    growth, season, phase = rng.uniform(-0.2, 0.5), rng.uniform(0, 0.3), rng.uniform()
    cleaned, clean_day = rng.choice([0, 0, 0.2]), rng.integers(91)
    days = np.arange(n_days + FUTURE_DAYS)
    expected = rate * _WEEK[days % 7] / _WEEK.mean() * np.exp(growth * days / 365)
    expected *= 1 + season * np.sin(2 * np.pi * (days / 365 + phase))
    arrivals = rng.poisson(expected / batch)
    intake = np.array([rng.poisson(batch, size=number).sum() for number in arrivals])
    removed = np.where(days % 91 == clean_day, round(cleaned * 91 * rate), 0)
    levels: Floats = np.maximum(rng.uniform(3000, 6000) + np.cumsum(intake - removed), 0)
    room = max(rate * rng.integers(30, 200) * (1 - cleaned), 10)
    capacity = int(levels[n_days - 1] + room)
    full = np.nonzero(levels[n_days:] >= capacity)[0]
    if len(full) == 0:
        return None
    history = OccupancyHistory(LAST_DAY, levels[:n_days], capacity)
    return Freezer(history, int(full[0]) + 1)
