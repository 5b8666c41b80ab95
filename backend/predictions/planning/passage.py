"""When simulated levels first reach a limit."""

from collections.abc import Sequence

import numpy as np

from backend.predictions.planning.series import Floats

DOTS = 20


def first_passage(levels: Floats, limit: float) -> Floats:
    """Return the day, counted from 1, on which each path first reaches ``limit``; inf if never.

    ``levels`` has shape (n_paths, horizon); the result (n_paths,).
    """
    # Sums of thirds and sevenths end a hair below the whole position they mean.
    reached = levels >= limit - 1e-6
    first: Floats = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)
    return first


def passage_quantile(days: Floats, share: float) -> int | None:
    """Return the day by which ``share`` of the paths have passed; None when they do not."""
    day = float(np.quantile(days, share, method="inverted_cdf"))
    return None if np.isinf(day) else int(day)


def equally_likely(days: Floats) -> Sequence[int | None]:
    """Return twenty equally likely days, earliest first; None for beyond the horizon."""
    return [passage_quantile(days, (dot + 0.5) / DOTS) for dot in range(DOTS)]
