"""Which part of a plan is thrown open for the solver to arrange anew, the rest standing as it is.

A part small enough is solved to its end in seconds, where the whole is not in hours.
"""

from collections.abc import Callable, Sequence
from math import inf

import numpy as np

from backend.sequencing.planning.layout import Layout
from backend.sequencing.planning.loading import OUT, Placing

FEWEST = 12
MOST = 160
_LATE_TRIED = 4


class Neighbourhoods:
    """Chooses what to throw open. The same generator gives the same parts."""

    def __init__(self, layout: Layout, rng: np.random.Generator) -> None:
        self._layout = layout
        self._rng = rng
        self._slots = layout.problem.slots
        self._by_start = sorted(range(len(self._slots)), key=lambda slot: self._slots[slot].start)

    def choose(self, placing: Placing, size: int) -> set[tuple[int, int]]:
        """Return the (library, slot) pairs that may be used; about ``size`` libraries may move.

        Every library keeps the pair it has.
        """
        inside: dict[int, list[int]] = {}
        for library, lane in enumerate(placing):
            if lane != OUT:
                inside.setdefault(self._layout.lane_slots[lane], []).append(library)
        ways: Sequence[Callable[[Placing, dict[int, list[int]]], list[int]]] = (
            self._window,
            self._window,
            self._one_configuration,
            self._around_late,
        )
        order = ways[int(self._rng.integers(len(ways)))](placing, inside)
        slots, free = self._filled(order, inside, size)
        free |= {library for library, lane in enumerate(placing) if lane == OUT}
        costs = self._layout.costs
        pairs = {(each, slot) for each in free for slot in slots if costs[each][slot] < inf}
        pairs |= {
            (library, self._layout.lane_slots[lane])
            for library, lane in enumerate(placing)
            if lane != OUT
        }
        return pairs

    def _filled(
        self, order: Sequence[int], inside: dict[int, list[int]], size: int
    ) -> tuple[set[int], set[int]]:
        """Take slots in the order given until their libraries are enough."""
        slots: set[int] = set()
        free: set[int] = set()
        for slot in order:
            here = inside.get(slot, [])
            if free and len(free) + len(here) > size:
                break
            slots.add(slot)
            free.update(here)
        return slots, free

    def _window(self, _: Placing, __: dict[int, list[int]]) -> list[int]:
        """All instruments from some day on, so that runs trade places and libraries."""
        at = int(self._rng.integers(len(self._by_start)))
        middle = self._slots[self._by_start[at]].start
        return self._near(self._by_start, middle)

    def _one_configuration(self, _: Placing, inside: dict[int, list[int]]) -> list[int]:
        """Runs of one configuration, and free slots, over a longer time."""
        used = sorted(inside)
        if not used:
            return self._window(_, inside)
        one = used[int(self._rng.integers(len(used)))]
        kind = self._layout.configuration_of[inside[one][0]]
        alike = [
            slot
            for slot in self._by_start
            if slot not in inside or self._layout.configuration_of[inside[slot][0]] == kind
        ]
        return self._near(alike, self._slots[one].start)

    def _around_late(self, placing: Placing, inside: dict[int, list[int]]) -> list[int]:
        """The run of a dear library, and the time in which it would have been on time."""
        dear = max(
            (int(self._rng.integers(len(placing))) for _ in range(_LATE_TRIED)),
            key=lambda each: self._cost(each, placing[each]),
        )
        lane, due = placing[dear], self._layout.problem.libraries[dear].due
        if lane == OUT:
            return self._window(placing, inside)
        home = self._layout.lane_slots[lane]
        near = sorted(self._by_start, key=lambda slot: abs(self._slots[slot].end - due))
        return [home, *(slot for slot in near if slot != home)]

    def _cost(self, library: int, lane: int) -> float:
        return 0.0 if lane == OUT else self._layout.costs[library][self._layout.lane_slots[lane]]

    def _near(self, slots: Sequence[int], middle: float) -> list[int]:
        return sorted(slots, key=lambda slot: abs(self._slots[slot].start - middle))
