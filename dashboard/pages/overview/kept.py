"""Regions of the Overview, kept as drawn until something moves them.

After a commit every open Overview asks for the same regions at once, and who opens the page between
two commits gets what the last person got: drawing them anew would cost each the same queries and
say the same. What was drawn serves those who may see the same (permissions, projects and, where a
region is about the person, the person), of the same state of the laboratory: the versions of the
region's topics, read in the drawing's own snapshot. It is never older than OLDEST, because a few
things move without an event: ages in minutes, history bars, the queues' depths.

Each process keeps its own. A refusal is not kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock

from dash.development.base_component import Component
from flask import Flask, current_app

from dashboard.still import stilled

OLDEST = timedelta(seconds=15)
_MOST = 256
_NAME = "tracseq-overview-regions"


class KeptRegions:
    """Drawn regions by what they depend on; those not asked for longest make room."""

    def __init__(self, most: int = _MOST) -> None:
        self._most, self._lock = most, Lock()
        self._drawn: OrderedDict[Hashable, tuple[datetime, Component]] = OrderedDict()

    def find(self, key: Hashable, now: datetime) -> Component | None:
        """Return what was drawn for a key, unless it is older than OLDEST."""
        with self._lock:
            at, drawn = self._drawn.get(key, (None, None))
            if at is None or now - at > OLDEST:
                return None
            self._drawn.move_to_end(key)
            return drawn

    def keep(self, key: Hashable, now: datetime, drawn: Component) -> None:
        """Keep what was drawn at ``now``."""
        with self._lock:
            self._drawn[key] = now, drawn
            self._drawn.move_to_end(key)
            while len(self._drawn) > self._most:
                self._drawn.popitem(last=False)


def kept_or_drawn(key: Hashable, now: datetime, draw: Callable[[], Component]) -> Component:
    """Return what this process drew for the key, or draw it and keep it as markup.

    Raises:
        AppError: what ``draw`` raises.
    """
    regions: KeptRegions = current_app.extensions.setdefault(_NAME, KeptRegions())
    found = regions.find(key, now)
    if found is None:
        found = stilled(draw())
        regions.keep(key, now, found)
    return found


def forget(program: Flask) -> None:
    """Have the program draw every region anew; for benchmarks of just that."""
    program.extensions.pop(_NAME, None)
