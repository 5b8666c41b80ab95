"""Finding the warm-ups in a unit's readings: long monotone rises while nothing cooled.

A running unit's own rises, between two compressor starts or after a door, are minutes and a few
kelvin. They tell how fast air answers, not how much the contents hold; so they are no warm-ups.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from backend.telemetry.thermal.model import REMEMBERED_MIN, Before, Floats

SHORTEST_MIN = 45.0
LEAST_READINGS = 5
LEAST_RISE_K = 5.0
_STANDING_OUT_K = 3.0
_OFF_SHARE = 0.15
"""Below this share of the power it mostly takes, a unit does not cool: a fan or a display runs."""
_DOOR_SHARE = 0.1
_ONE_STEP = 0.55
"""A rise that is mostly one step is a door or a defrost."""
_FOOT_K = 0.4
_WOBBLE_K = 0.8
"""How far the noise of a probe, some tenths, lets a reading fall: at the foot and in a rise."""
_MOST_POINTS = 40


class Evidence(StrEnum):
    """Why a rise counts as one without cooling."""

    POWER = "power"
    """The power sensor says that the unit took next to nothing."""
    RISE = "rise"
    """It rose as a unit without cooling does; no power sensor says otherwise."""


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one sensor, oldest first: minutes from any fixed instant, and values."""

    minutes: Floats
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """One warm-up; ``minutes`` from its start, shape (n,) with at most 40 averaged points."""

    start_min: float
    minutes: Floats
    temperature_c: Floats
    before: Before
    evidence: Evidence

    @property
    def rise_k(self) -> float:
        return float(self.temperature_c[-1] - self.temperature_c[0])

    @property
    def lasted_min(self) -> float:
        return float(self.minutes[-1])


def find_warm_ups(
    temperature: Series, power: Series | None = None, door: Series | None = None
) -> list[WarmUp]:
    """Return a unit's warm-ups, oldest first.

    Where there is a power sensor it decides; a rise with the power on is a weak compressor or an
    open door, and neither is what a power loss does. A rise with the door open is left out too.
    """
    rises = _rises(temperature)
    if power is not None and len(power.values):
        covered = (power.minutes[0], power.minutes[-1])
        rises = [
            each for each in rises if not covered[0] <= temperature.minutes[each[1]] <= covered[1]
        ]
        powerless = [(*each, Evidence.POWER) for each in _without_power(temperature, power)]
    else:
        powerless = []
    chosen = sorted([*((*each, Evidence.RISE) for each in rises), *powerless])
    return [
        _cut(temperature, first, last, evidence)
        for first, last, evidence in chosen
        if _share_above(door, temperature.minutes[first], temperature.minutes[last], 0.5)
        <= _DOOR_SHARE
    ]


def before(series: Series, instant_min: float) -> Before:
    """Return the readings of the last hours before an instant."""
    first = int(np.searchsorted(series.minutes, instant_min - REMEMBERED_MIN))
    last = int(np.searchsorted(series.minutes, instant_min))
    return Before(instant_min - series.minutes[first:last], series.values[first:last])


def _rises(series: Series) -> list[tuple[int, int]]:
    """Return (first, last) of the rises far above what the unit does when it runs."""
    values = series.values
    if len(values) < LEAST_READINGS:
        return []
    base = float(np.median(values))
    usual = 1.4826 * float(np.median(np.abs(values - base)))
    high = values > base + max(_STANDING_OUT_K, 4 * usual)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], high, [False]])))
    found = []
    for index, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        rise = _steady(series, _foot(series, index), end - 1)
        if rise is not None:
            found.append(rise)
    return found


def _without_power(temperature: Series, power: Series) -> list[tuple[int, int]]:
    """Return (first, last) of the rises within stretches in which the unit took no power."""
    off = power.values <= _OFF_SHARE * float(np.quantile(power.values, 0.95))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], off, [False]])))
    found = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        start, stop = power.minutes[begin], power.minutes[end - 1]
        if stop - start < SHORTEST_MIN:
            continue
        first = int(np.searchsorted(temperature.minutes, start))
        last = int(np.searchsorted(temperature.minutes, stop, side="right")) - 1
        rise = _steady(temperature, first, last, math.inf) if last > first else None
        if rise is not None:
            found.append(rise)
    return found


def _foot(series: Series, index: int) -> int:
    """Return where the rise that has reached ``index`` began: the last that is as low as its low.

    The low itself may lie hours back, in the noise of a unit that still runs.
    """
    values, longest_gap = series.values, _longest_gap(series)
    low = index
    for each in range(index - 1, -1, -1):
        if series.minutes[each + 1] - series.minutes[each] > longest_gap:
            break
        if values[each] > values[low] + _FOOT_K:
            break
        if values[each] < values[low]:
            low = each
    as_low = np.flatnonzero(values[low : index + 1] <= values[low] + _WOBBLE_K)
    return low + int(as_low[-1])


def _steady(
    series: Series, first: int, end: int, wobble_k: float = _WOBBLE_K
) -> tuple[int, int] | None:
    """Return the part from ``first`` up to where it stops rising; None if that is no warm-up.

    Where the power is known to be off air may fall first: a door or a late start had warmed it.
    """
    minutes, values = series.minutes, series.values
    longest_gap = _longest_gap(series)
    last = first
    for each in range(first + 1, end + 1):
        too_late = minutes[each] - minutes[each - 1] > longest_gap
        if too_late or values[each] < values[last] - wobble_k:
            break
        if values[each] > values[last]:
            last = each
    if last - first + 1 < LEAST_READINGS or minutes[last] - minutes[first] < SHORTEST_MIN:
        return None
    rise = float(values[last] - values[first])
    biggest_step = float(np.diff(values[first : last + 1]).max())
    return (first, last) if rise >= LEAST_RISE_K and biggest_step <= _ONE_STEP * rise else None


def _longest_gap(series: Series) -> float:
    return max(20.0, 3 * float(np.median(np.diff(series.minutes))))


def _share_above(series: Series | None, start: float, end: float, limit: float) -> float:
    if series is None:
        return 0.0
    within = series.values[(series.minutes >= start) & (series.minutes <= end)]
    return float(np.mean(within > limit)) if len(within) else 0.0


def _cut(series: Series, first: int, last: int, evidence: Evidence) -> WarmUp:
    start = float(series.minutes[first])
    minutes = series.minutes[first : last + 1] - start
    values = series.values[first : last + 1]
    if len(minutes) > _MOST_POINTS:
        # Neighbours share their error: thinned by averaging they count for what they tell.
        parts = np.array_split(np.arange(1, len(minutes)), _MOST_POINTS - 1)
        minutes = np.array([0.0, *(minutes[part].mean() for part in parts)])
        values = np.array([values[0], *(values[part].mean() for part in parts)])
    return WarmUp(
        start_min=start,
        minutes=minutes,
        temperature_c=values,
        before=before(series, start),
        evidence=evidence,
    )
