"""How much an opened door warms a unit and how soon it is cold again, from its own openings.

A straight line through the rises over the minutes open; a rise that is predicted from the other
openings says how wrong the line is. Where the minutes tell nothing, the mean does. The maximum of
noisy readings lies above their mean even without a door: the line's constant holds that.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.telemetry.thermal.model import Floats
from backend.telemetry.thermal.segments import Series

LEAST_OPENINGS: Final = 10
"""So that one in ten of them can lie outside the interval on each side."""
LONGEST_MIN: Final = 30.0
"""A door that stands open for longer is an incident of its own."""
_BEFORE_MIN: Final = 15.0
_AFTER_MIN: Final = 30.0
"""The air is warmest within it; a probe in a buffer comes some minutes late."""
_COLD_WITHIN_MIN: Final = 180.0
_LEAST_READINGS: Final = 3
"""Of each side of an opening: one reading in five minutes."""
_OPEN: Final = 0.5
_GAP_MIN: Final = 5.0
_COLD_AGAIN_K: Final = 0.5
_SHARES: Final = (0.1, 0.5, 0.9)
_LINE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One opening; ``back_min`` after the door was shut, None where it was opened before."""

    start_min: float
    open_min: float
    rise_k: float
    back_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A median, and between which 80 % lie."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorFit:
    """A unit's doors; ``rmse_k`` and the interval are of openings that the line had not seen.

    ``k_per_min`` 0: longer openings do not warm it more than can be told.
    """

    openings: int
    k_per_min: float
    constant_k: float
    rmse_k: float
    low_k: float
    high_k: float
    longest_min: float
    back_min: Spread | None

    def rise_k(self, open_min: float) -> Spread:
        """Return by how much the sensor rises when the door is open for so long."""
        median = max(0.0, self.constant_k + self.k_per_min * open_min)
        return Spread(
            low=max(0.0, median + self.low_k), median=median, high=max(0.0, median + self.high_k)
        )


def find_openings(temperature: Series, door: Series) -> list[Opening]:
    """Return the openings before which the unit was settled, oldest first."""
    found = []
    runs = _runs(door)
    for index, (start, end) in enumerate(runs):
        ended_before = runs[index - 1][1] if index else -np.inf
        next_start = runs[index + 1][0] if index + 1 < len(runs) else np.inf
        if start - ended_before < _AFTER_MIN or end - start > LONGEST_MIN:
            continue
        opening = _opening(temperature, start, end, next_start)
        if opening is not None:
            found.append(opening)
    return found


def fit_doors(openings: list[Opening]) -> DoorFit | None:
    """Return what the openings tell; None with fewer than LEAST_OPENINGS."""
    if len(openings) < LEAST_OPENINGS:
        return None
    minutes = np.array([each.open_min for each in openings])
    rises = np.array([each.rise_k for each in openings])
    slope, constant, left = 0.0, float(rises.mean()), _left_by_mean(rises)
    if len(np.unique(minutes)) >= _LINE:
        steep, start, others = _line(minutes, rises)
        if steep > 0 and _rms(others) < _rms(left):
            slope, constant, left = steep, start, others
    low, high = np.quantile(left, (_SHARES[0], _SHARES[-1]))
    backs = [each.back_min for each in openings if each.back_min is not None]
    return DoorFit(
        openings=len(openings),
        k_per_min=slope,
        constant_k=constant,
        rmse_k=_rms(left),
        low_k=float(low),
        high_k=float(high),
        longest_min=float(minutes.max()),
        back_min=_spread(backs) if len(backs) >= LEAST_OPENINGS else None,
    )


def _runs(door: Series) -> list[tuple[float, float]]:
    """Return from when until when the door stood open; a run with a gap in it is left out."""
    is_open = door.values > _OPEN
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_open, [False]])))
    found = []
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if after == len(door.values):
            break  # open still
        if np.diff(door.minutes[first : after + 1]).max() <= _GAP_MIN:
            found.append((float(door.minutes[first]), float(door.minutes[after])))
    return found


def _opening(series: Series, start: float, end: float, next_start: float) -> Opening | None:
    before = _between(series, start - _BEFORE_MIN, start)
    after = _between(series, start, min(end + _AFTER_MIN, next_start))
    if min(len(before.values), len(after.values)) < _LEAST_READINGS:
        return None
    base, peak = float(before.values.mean()), int(after.values.argmax())
    rise = float(after.values[peak]) - base
    warmest_at = max(end, float(after.minutes[peak]))
    late = _between(series, warmest_at, min(end + _COLD_WITHIN_MIN, next_start))
    cold = np.flatnonzero(late.values <= base + _COLD_AGAIN_K)
    return Opening(
        start_min=start,
        open_min=end - start,
        rise_k=max(0.0, rise),
        back_min=float(late.minutes[cold[0]]) - end if len(cold) else None,
    )


def _between(series: Series, start: float, end: float) -> Series:
    first, last = np.searchsorted(series.minutes, (start, end))
    return Series(series.minutes[first:last], series.values[first:last])


def _line(minutes: Floats, rises: Floats) -> tuple[float, float, Floats]:
    """Return slope, constant, and what is left of each rise by the line through the others."""
    away = minutes - minutes.mean()
    slope = float(away @ rises / (away @ away))
    constant = float(rises.mean() - slope * minutes.mean())
    leverage = 1 / len(rises) + away**2 / (away @ away)
    # One opening alone at its length draws the line through itself: the others tell no slope.
    others = (rises - constant - slope * minutes) / np.maximum(1 - leverage, 1e-6)
    return slope, constant, others


def _left_by_mean(rises: Floats) -> Floats:
    return np.asarray((rises - rises.mean()) * len(rises) / (len(rises) - 1))


def _rms(left: Floats) -> float:
    return float(np.sqrt(np.mean(left**2)))


def _spread(values: list[float]) -> Spread:
    low, median, high = np.quantile(values, _SHARES)
    return Spread(low=float(low), median=float(median), high=float(high))
