"""Slots chosen for libraries made a placing: which lane of its slot each one goes to."""

from collections.abc import Callable

import numpy as np

from backend.sequencing.planning.improve import Best, improve
from backend.sequencing.planning.layout import Layout
from backend.sequencing.planning.loading import (
    OUT,
    Loading,
    Placing,
    by_due_date,
    insert,
    made_to_stand,
)

_WARM = 0.6
"""Temperature, in cost, of a search that only mends what settling lost."""


def settled(layout: Layout, chosen: dict[int, int], before: Placing) -> Loading:
    """Put libraries on lanes of the slots chosen for them, those of an unchanged run as they were.

    The larger go first; one that finds no lane of its slot goes where it costs least.
    """
    was = _by_slot(layout, before)
    now: dict[int, set[int]] = {}
    for library, slot in chosen.items():
        now.setdefault(slot, set()).add(library)
    same = {slot for slot, libraries in now.items() if was.get(slot) == libraries}
    loading = Loading(layout)
    loading.load(
        tuple(
            lane
            if library in layout.pinned or (lane != OUT and chosen.get(library) in same)
            else OUT
            for library, lane in enumerate(before)
        )
    )
    everywhere = frozenset(range(len(layout.problem.slots)))
    reads = layout.problem.libraries
    for library in sorted(chosen, key=lambda each: -reads[each].reads_millions):
        if loading.lane_of[library] == OUT:
            insert(loading, [library], everywhere - {chosen[library]})
    insert(loading, [each for each in by_due_date(layout) if loading.lane_of[each] == OUT])
    return loading


def mended(
    loading: Loading, rng: np.random.Generator, rounds: int, is_over: Callable[[], bool]
) -> Best:
    """Search on for some rounds from a loading just settled, and return the best that may stand.

    What the solver counts as room in a run need not be room in one of its lanes: a library that
    found none went to another run, from where a few exchanges mostly bring it back.
    """
    standing = made_to_stand(loading)
    best = Best(standing.placing(), standing.cost)
    improve(loading, best, rng, lambda done: 1.0 if is_over() else done / rounds, hot=_WARM)
    return best


def _by_slot(layout: Layout, placing: Placing) -> dict[int, set[int]]:
    inside: dict[int, set[int]] = {}
    for library, lane in enumerate(placing):
        if lane != OUT:
            inside.setdefault(layout.lane_slots[lane], set()).add(library)
    return inside
