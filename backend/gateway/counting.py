"""Counting requests inside one web process, in memory; the sign of life takes them along."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.core import clock
from backend.gateway import request_rules
from backend.gateway.ids import RouteClass
from backend.gateway.views import Counted

EXTENSION = "tracseq_requests"
"""Where the server keeps its tally, for the process that runs it."""
_KEPT_WITHOUT_DATABASE = timedelta(hours=1)

_Key = tuple[datetime, RouteClass, int]


class RequestTally:
    """What one process has answered since it was last asked. Threads may add at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[_Key, tuple[int, int]] = {}

    def add(self, route_class: RouteClass, seconds: float, *, failed: bool) -> None:
        """Count one answered request."""
        self._add((_minute(), route_class, request_rules.bound_of(seconds)), 1, int(failed))

    def take(self) -> list[Counted]:
        """Return what was counted and begin anew.

        A row without requests says that this minute was counted: nothing came, and that is known.
        """
        self._add((_minute(), RouteClass.PAGES, request_rules.BOUNDS_MS[0]), 0, 0)
        with self._lock:
            counts, self._counts = self._counts, {}
        return [
            Counted(minute=minute, route_class=of, up_to_ms=bound, requests=number, errors=errors)
            for (minute, of, bound), (number, errors) in counts.items()
        ]

    def put_back(self, counted: Sequence[Counted]) -> None:
        """Count again what could not be written; an hour of it at most."""
        oldest = _minute() - _KEPT_WITHOUT_DATABASE
        for row in counted:
            if row.minute >= oldest:
                key = (row.minute, row.route_class, row.up_to_ms)
                self._add(key, row.requests, row.errors)

    def _add(self, key: _Key, requests: int, errors: int) -> None:
        with self._lock:
            before = self._counts.get(key, (0, 0))
            self._counts[key] = (before[0] + requests, before[1] + errors)


def _minute() -> datetime:
    return clock.utc_now().replace(second=0, microsecond=0)
