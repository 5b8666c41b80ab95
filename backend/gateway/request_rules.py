"""How long answers took, kept as a histogram: which bucket, and which quantile. Pure."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import timedelta

BOUNDS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 60_000)
"""Upper bounds. Up to 10 s they are the default buckets of Prometheus' client libraries; a request
of a minute is ended by the server itself, so nothing lies above the last (deploy/gunicorn.conf.py).
"""
WINDOW = timedelta(minutes=5)
"""What “now” means: the last five whole minutes."""
CHART = timedelta(hours=6)
CHART_STEP = timedelta(minutes=10)
KEEP = timedelta(days=8)


def bound_of(seconds: float) -> int:
    """Return the upper bound, in ms, of the bucket that a duration falls into."""
    return BOUNDS_MS[min(bisect_left(BOUNDS_MS, seconds * 1000), len(BOUNDS_MS) - 1)]


def quantile_ms(histogram: Mapping[int, int], share: float) -> float | None:
    """Return the latency that ``share`` (0–1) of the requests stayed within; None without any.

    ``histogram`` is requests by upper bound. Within a bucket requests are taken as spread evenly,
    so the answer is right to within the bucket's width.
    """
    total = sum(histogram.values())
    if not total:
        return None
    rank, below, lower = share * total, 0, 0
    for bound in BOUNDS_MS:
        here = histogram.get(bound, 0)
        if here and below + here >= rank:
            return lower + (bound - lower) * (rank - below) / here
        below, lower = below + here, bound
    return float(lower)
