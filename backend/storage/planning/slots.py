"""Boxes as the solver sees them: one by one, or gathered where nothing tells them apart."""

from dataclasses import dataclass

import numpy as np

from backend.storage.planning.layout import IntArray, Layout


@dataclass(frozen=True, slots=True)
class Slots:
    """``count[s]`` boxes of one unit that hold the same projects and groups and take the same lots.

    Where the boxes differ in room, rack or reach, the slot promises the best of each: ``free`` is
    the most that one of them takes, ``access_s`` the least, ``per_rack`` the most that one rack
    holds, ``longest`` and ``second`` the places of its two longest free runs. So gathering never
    raises a cost or forbids a plan. ``stack`` numbers the racks, or the group of racks
    (``stack_size`` of them) that a slot may lie in.
    """

    first_box: IntArray
    count: list[int]
    free: list[int]
    capacity: list[int]
    access_s: list[float]
    per_rack: list[int]
    longest: list[int]
    second: list[int]
    stack: list[int]
    stack_size: list[int]
    unit: list[int]

    def candidates(self, layout: Layout, lot: int) -> list[int]:
        """Slots that the lot may use."""
        allowed = layout.allowed[layout.sort_of_lot[lot], self.first_box]
        slots: list[int] = np.flatnonzero(allowed).tolist()
        return slots

    def pair_count(self, layout: Layout) -> int:
        """How many (lot, slot) pairs the solver would be given."""
        per_sort = layout.allowed[:, self.first_box].sum(axis=1)
        return int(per_sort[layout.sort_of_lot].sum())


def single_slots(layout: Layout) -> Slots:
    """One slot per box: the problem itself."""
    return _slots(layout, [[box] for box in range(len(layout.free))], by_unit=False)


def coarse_slots(layout: Layout) -> Slots:
    """Gather the boxes of a unit, whatever their rack: small enough for whole numbers."""
    return _slots(layout, _gather(layout), by_unit=True)


def _gather(layout: Layout) -> list[list[int]]:
    """Group the boxes of a unit by all that decides a cost; boxes without room are left out."""
    lots = layout.problem.lots
    projects = {lot.project for lot in lots}
    groups = {lot.group for lot in lots}
    alike: dict[object, list[int]] = {}
    for index, box in enumerate(layout.problem.boxes):
        takes = layout.allowed[:, index]
        if takes.any():
            held = box.projects & projects, box.groups & groups, box.used == 0
            key = (box.unit, *held, takes.tobytes())
            alike.setdefault(key, []).append(index)
    return list(alike.values())


def _slots(layout: Layout, gathered: list[list[int]], *, by_unit: bool) -> Slots:
    first = np.array([boxes[0] for boxes in gathered], dtype=np.int64)
    stacks = layout.unit_of_box if by_unit else layout.rack_of_box
    racks = [layout.rack_of_box[boxes] for boxes in gathered]
    unit_racks = [
        len(set(layout.rack_of_box[layout.unit_of_box == unit])) for unit in range(layout.n_units)
    ]
    units = layout.unit_of_box[first].tolist()
    return Slots(
        first_box=first,
        count=[len(boxes) for boxes in gathered],
        free=[int(layout.free[boxes].max()) for boxes in gathered],
        capacity=[int(layout.free[boxes].sum()) for boxes in gathered],
        access_s=[float(layout.access_s[boxes].min()) for boxes in gathered],
        per_rack=[int(np.unique(held, return_counts=True)[1].max()) for held in racks],
        longest=[_longest(layout, boxes, 0) for boxes in gathered],
        second=[_longest(layout, boxes, 1) for boxes in gathered],
        stack=stacks[first].tolist(),
        stack_size=[unit_racks[unit] if by_unit else 1 for unit in units],
        unit=units,
    )


def _longest(layout: Layout, boxes: list[int], nth: int) -> int:
    """The most places that the nth run of one of the boxes has, the longest being the 0th."""
    return max(
        (runs[nth] for runs in (layout.runs[box] for box in boxes) if len(runs) > nth), default=0
    )
