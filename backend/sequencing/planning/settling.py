"""Slots chosen for libraries made a placing: which lane of its slot each one goes to."""

from backend.sequencing.planning.layout import Layout
from backend.sequencing.planning.loading import OUT, Loading, Placing, by_due_date, insert


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


def _by_slot(layout: Layout, placing: Placing) -> dict[int, set[int]]:
    inside: dict[int, set[int]] = {}
    for library, lane in enumerate(placing):
        if lane != OUT:
            inside.setdefault(layout.lane_slots[lane], set()).add(library)
    return inside
