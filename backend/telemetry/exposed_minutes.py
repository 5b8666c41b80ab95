"""How many minutes a sensor was above a limit within a window. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Final

from backend.telemetry.views import ReadingPoint

_A_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Instants above a limit, oldest first, and what each adds up to with those before, minutes."""

    instants: Sequence[datetime]
    totals: Sequence[float]
    step: timedelta

    @classmethod
    def of(cls, exposed: Sequence[ReadingPoint], step: timedelta) -> "Exposure":
        """Add up readings above a limit; each stands until the next one, or for ``step``."""
        instants = [point.at for point in exposed]
        gaps = [min(later - at, step) / _A_MINUTE for at, later in pairwise(instants)]
        return cls(instants=instants, totals=[0.0, *accumulate(gaps)], step=step)

    def minutes(self, until: datetime, window: timedelta) -> float:
        """Return the minutes above within ``window`` before ``until``."""
        first = bisect_right(self.instants, until - window)
        last = bisect_right(self.instants, until) - 1
        if last < first:
            return 0.0
        standing = min(until - self.instants[last], self.step) / _A_MINUTE
        return self.totals[last] - self.totals[first] + standing
