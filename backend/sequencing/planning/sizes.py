"""Sizes of flow cell: what each run of a plan would be with another one, and the last changes.

A run's other sizes are the slots that overlap its own on its instrument. What the programme chose
is tried run by run, as a person would ask: would the smaller do, does the larger cost more?
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.sequencing.planning.loading import OUT, Loading, insert

_NOISE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a run of a plan would be with another flow cell, the rest standing as it is.

    ``left_out`` libraries would find no lane; where all do, ``dearer`` is what the plan would cost
    more, in days that a library of weight 1 is late. Less than nothing is never left standing.
    """

    slot: str
    instead: str
    left_out: int
    dearer: float


def resize(loading: Loading) -> None:
    """Take another size for a run, while one holds all that is on it and costs less.

    What is pinned keeps its slot.
    """
    changed = True
    while changed:
        changed = False
        for slot in _used(loading):
            if any(_keeps(loading, slot, instead) for instead in _others(loading, slot)):
                changed = True


def sizes(loading: Loading) -> tuple[Size, ...]:
    """Return for each run, in the order of slots, each other flow cell that it could have had.

    Of one that could begin at several times, the one that begins nearest. Leaves everything as it
    was.
    """
    slots = loading.layout.problem.slots
    found = []
    for slot in _used(loading):
        mine = slots[slot]
        nearest: dict[str, int] = {}
        for instead in _others(loading, slot):
            name = slots[instead].flow_cell
            before = nearest.get(name)
            if name != mine.flow_cell and (
                before is None
                or abs(slots[instead].start - mine.start) < abs(slots[before].start - mine.start)
            ):
                nearest[name] = instead
        found += [_tried(loading, slot, instead) for instead in nearest.values()]
    return tuple(found)


def _used(loading: Loading) -> list[int]:
    """Return the slots in use with nothing pinned to them."""
    fixed = {loading.layout.lane_slots[lane] for lane in loading.layout.pinned.values()}
    return [slot for slot, held in enumerate(loading.filled) if held and slot not in fixed]


def _others(loading: Loading, slot: int) -> Iterator[int]:
    """Yield the slots that would be free were it not for this one."""
    rivals = loading.layout.rivals
    for instead in rivals[slot]:
        if not any(loading.filled[each] for each in rivals[instead] if each != slot):
            yield instead


def _keeps(loading: Loading, slot: int, instead: int) -> bool:
    """Move a run to another size if all fits and that costs less; else leave it as it was."""
    before = loading.cost
    was = _moved(loading, slot, instead)
    if all(loading.lane_of[each] != OUT for each in was) and loading.cost < before - _NOISE:
        return True
    _back(loading, was)
    return False


def _tried(loading: Loading, slot: int, instead: int) -> Size:
    before = loading.cost
    was = _moved(loading, slot, instead)
    slots = loading.layout.problem.slots
    found = Size(
        slot=slots[slot].key,
        instead=slots[instead].key,
        left_out=sum(loading.lane_of[each] == OUT for each in was),
        dearer=loading.cost - before,
    )
    _back(loading, was)
    return found


def _moved(loading: Loading, slot: int, instead: int) -> dict[int, int]:
    """Put all of a run on the lanes of another slot, the largest first; return its old lanes."""
    libraries = loading.layout.problem.libraries
    was = {each: loading.lane_of[each] for each in loading.in_slot(slot)}
    for each in was:
        loading.remove(each)
    everywhere = frozenset(range(len(loading.layout.problem.slots)))
    largest_first = sorted(was, key=lambda each: (-libraries[each].reads_millions, each))
    insert(loading, largest_first, everywhere - {instead})
    return was


def _back(loading: Loading, was: dict[int, int]) -> None:
    for each in was:
        if loading.lane_of[each] != OUT:
            loading.remove(each)
    for each, lane in was.items():
        loading.place(each, lane)
