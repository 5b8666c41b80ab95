"""Shares of what was counted, with how far they can be trusted. No I/O."""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with the bounds that hold it with 95 % confidence."""

    share: float
    low: float
    high: float


def wilson(part: int, whole: int) -> Interval | None:
    """Return ``part`` of ``whole`` with its Wilson score interval; None where nothing was counted.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927), 209-212.
    """
    if not whole:
        return None
    share, z2 = part / whole, Z_95**2
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    spread = share * (1 - share) / whole + z2 / (4 * whole * whole)
    half = Z_95 / (1 + z2 / whole) * math.sqrt(spread)
    # The bounds meet 0 and 1 exactly where nothing or everything was so.
    low = 0.0 if not part else middle - half
    high = 1.0 if part == whole else middle + half
    return Interval(share, low, high)
