"""A zone's occupancy, day by day without gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MINIMUM_DAYS = 60
"""Fewer days than this say nothing about a month's rhythm; no forecast is made."""
LONGEST_DAYS = 730
"""Older days are left out: intake two years ago was another laboratory's."""


@dataclass(frozen=True, slots=True)
class OccupancyDay:
    """Positions taken and positions there at the end of a day."""

    day: date
    used: int
    capacity: int


@dataclass(frozen=True, slots=True, eq=False)
class OccupancyHistory:
    """Levels at the end of each day, shape (n_days,), oldest first, no gaps."""

    last_day: date
    used: Floats
    capacity: int
    """Positions there on the last day."""

    @property
    def n_days(self) -> int:
        return len(self.used)

    @property
    def increments(self) -> Floats:
        """Net positions taken each day, shape (n_days − 1,)."""
        return np.diff(self.used)


def history_of(days: Sequence[OccupancyDay]) -> OccupancyHistory | None:
    """Return the history of days in any order; None without any.

    A missing day lies on the straight line between its neighbours: the net intake of the gap is
    known, only its spread over the days is not.
    """
    if not days:
        return None
    ordered = sorted(days, key=lambda each: each.day)
    known = np.array([each.day.toordinal() for each in ordered], dtype=np.float64)
    every = np.arange(known[0], known[-1] + 1)
    used = np.interp(every, known, [float(each.used) for each in ordered])[-LONGEST_DAYS:]
    return OccupancyHistory(ordered[-1].day, used, ordered[-1].capacity)
