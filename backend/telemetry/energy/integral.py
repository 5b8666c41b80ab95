"""Integrating over days what a sensor said, gaps left out: seconds in, hours out. Pure.

Between two points values change evenly, unless they lie farther apart than a gap: what happened
there is not known, and nothing is made up for it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GAP_S: Final = 20 * 60.0
"""Two points farther apart are a gap, unless three times the usual distance is more (DOMAIN 2h)."""
_USUAL: Final = 3.0
_HOUR_S: Final = 3600.0
_TWO: Final = 2


def integrate(at_s: Floats, values: Floats, edges_s: Floats) -> tuple[Floats, Floats]:
    """Return the integral in value times hours, and the hours known, between each two edges.

    ``at_s`` rises strictly, shape (n,) as ``values``; ``edges_s`` rises, shape (m,), the results
    have shape (m − 1,).
    """
    if len(at_s) < _TWO:
        nothing = np.zeros(max(len(edges_s) - 1, 0))
        return nothing, nothing.copy()
    lasts = np.diff(at_s)
    known = lasts <= max(GAP_S, _USUAL * float(np.median(lasts)))
    slopes = np.diff(values) / lasts
    until = np.concatenate([[0.0], np.cumsum(np.where(known, lasts, 0.0))])
    grown = np.where(known, lasts * (values[:-1] + values[1:]) / 2, 0.0)
    whole = np.concatenate([[0.0], np.cumsum(grown)])
    segment = np.clip(np.searchsorted(at_s, edges_s, side="right") - 1, 0, len(lasts) - 1)
    into = np.clip(edges_s - at_s[segment], 0.0, lasts[segment]) * known[segment]
    middle = values[segment] + slopes[segment] * into / 2
    return (
        np.diff(whole[segment] + into * middle) / _HOUR_S,
        np.diff(until[segment] + into) / _HOUR_S,
    )
