"""Lanes of one run made equally full, where nothing else is lost by it.

It comes last and counts least, so it is a small tidying of a finished plan: libraries change lanes
within their run, never runs. A search hot enough for delays would shake it off again.
"""

from itertools import product
from math import inf

from backend.sequencing.planning.loading import Loading

_NOISE = 1e-9
_MOST_STEPS = 200


def even_out(loading: Loading) -> None:
    """Move libraries between the lanes of each run, or swap two, while that costs less."""
    if not loading.layout.problem.weights.uneven:
        return
    for slot, place in enumerate(loading.layout.problem.slots):
        first = loading.layout.first_lane[slot]
        lanes = [lane for lane in range(first, first + place.lanes) if loading.members[lane]]
        steps = 0
        while len(lanes) > 1 and steps < _MOST_STEPS and _step(loading, lanes):
            steps += 1


def _step(loading: Loading, lanes: list[int]) -> bool:
    """Take the first step that pays off the fullest lane; say whether there was one."""
    fullest = max(lanes, key=lambda lane: (loading.reads[lane], -lane))
    for lane in sorted(lanes, key=lambda each: (loading.reads[each], each)):
        if lane == fullest:
            continue
        if any(_moves(loading, each, lane) for each in _free(loading, fullest)):
            return True
        pairs = product(_free(loading, fullest), _free(loading, lane))
        if any(_swap(loading, one, other) for one, other in pairs):
            return True
    return False


def _free(loading: Loading, lane: int) -> list[int]:
    return [each for each in loading.on_lane(lane) if each not in loading.layout.pinned]


def _moves(loading: Loading, library: int, lane: int) -> bool:
    """Move a library if that costs less; otherwise leave everything as it was."""
    before = loading.cost
    home = loading.remove(library)
    if loading.members[home] and loading.price(library, lane) < inf:
        loading.place(library, lane)
        if loading.cost < before - _NOISE:
            return True
        loading.remove(library)
    loading.place(library, home)
    return False


def _swap(loading: Loading, one: int, other: int) -> bool:
    """Swap two libraries if that costs less; otherwise leave everything as it was."""
    amounts = loading.layout.problem.libraries
    if amounts[one].reads_millions <= amounts[other].reads_millions:
        return False
    before = loading.cost
    home, there = loading.remove(one), loading.remove(other)
    if loading.price(one, there) < inf:
        loading.place(one, there)
        if loading.price(other, home) < inf:
            loading.place(other, home)
            if loading.cost < before - _NOISE:
                return True
            loading.remove(other)
        loading.remove(one)
    loading.place(one, home)
    loading.place(other, there)
    return False
