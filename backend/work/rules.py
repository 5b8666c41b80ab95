"""Pure decisions about background work."""

from datetime import timedelta
from typing import Final

QUEUES: Final = ("urgent", "default", "long")
"""In the order in which a free worker looks. ``urgent`` is short work that a person waits for."""

LEASE_S: Final = 15.0
"""How long a silent worker keeps its job. It renews every third of it."""

_FIRST_RETRY_S = 2.0
_LONGEST_RETRY_S = 300.0
_KEPT_DAYS = 14


def retry_delay_s(attempt: int, jitter: float) -> float:
    """Return how long to wait after failed attempt number ``attempt`` (from 1).

    Doubles from 2 s to 5 min. ``jitter`` is 0–1 and spreads the wait over 50–150 %, so that jobs
    that failed together do not come back together.
    """
    doubled: float = _FIRST_RETRY_S * 2 ** min(attempt - 1, 10)
    return min(doubled, _LONGEST_RETRY_S) * (0.5 + jitter)


def kept_for() -> timedelta:
    """Return how long a finished job's row is kept; what it did is in the audit trail for good."""
    return timedelta(days=_KEPT_DAYS)
