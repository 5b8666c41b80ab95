"""Finding room for one tube after the other; those that have room may be sent to another box."""

from collections.abc import Sequence

from backend.storage.planning.problem import Box
from backend.storage.planning.relocation import Conflicts, RackCompany, Sort

_Step = tuple[int, int]
"""A sort, and the box in which it gives way to the sort before it."""


class Fill:
    """How many tubes of every sort go into which box.

    Whom to admit is a matroid: who comes first keeps a place, though not always the same one.
    ``near`` are the boxes to be used, nearest first. A sort that finds no way finds none later.
    """

    def __init__(
        self, boxes: Sequence[Box], sorts: Sequence[Sort], near: Sequence[int], conflicts: Conflicts
    ) -> None:
        self._racks = [box.rack for box in boxes]
        self._free = [box.free for box in boxes]
        self._sorts = sorts
        rank = {box: number for number, box in enumerate(near)}
        self._ways = [sorted(sort.allowed, key=rank.__getitem__) for sort in sorts]
        self._first = [0] * len(sorts)
        self._closed: set[int] = set()
        self._company = RackCompany(conflicts)
        self.counts: dict[tuple[int, int], int] = {}

    def admit(self, sort: int) -> bool:
        """Make room for one more tube of a sort; False where there is no way."""
        if sort in self._closed:
            return False
        box = self._room(sort)
        if box is not None:
            self._enter(sort, box)
            return True
        if self._reroute(sort):
            return True
        self._closed.add(sort)
        return False

    def boxes_of(self, sort: int) -> list[int]:
        """Return the box of each admitted tube of a sort, nearest first."""
        return [box for box in self._ways[sort] for _ in range(self.counts.get((sort, box), 0))]

    def _room(self, sort: int) -> int | None:
        ways = self._ways[sort]
        while self._first[sort] < len(ways) and not self._free[ways[self._first[sort]]]:
            self._first[sort] += 1
        for box in ways[self._first[sort] :]:
            if self._free[box] and self._may_enter(sort, box):
                return box
        return None

    def _reroute(self, sort: int) -> bool:
        """Find the shortest row of tubes that each move over by one, and let them."""
        came_from: dict[int, _Step | None] = {sort: None}
        queue = [sort]
        for taker in queue:
            if taker != sort and (box := self._room(taker)) is not None:
                self._shift(taker, box, came_from)
                return True
            for box in self._ways[taker]:
                if not self._may_enter(taker, box):
                    continue
                for giver in range(len(self._sorts)):
                    if giver not in came_from and self.counts.get((giver, box), 0):
                        came_from[giver] = (taker, box)
                        queue.append(giver)
        return False

    def _shift(self, sort: int, box: int, came_from: dict[int, _Step | None]) -> None:
        self._enter(sort, box)
        while (step := came_from[sort]) is not None:
            taker, given_up = step
            self._leave(sort, given_up)
            self._enter(taker, given_up)
            sort = taker

    def _may_enter(self, sort: int, box: int) -> bool:
        return self._company.admits(self._racks[box], self._sorts[sort].segregation)

    def _enter(self, sort: int, box: int) -> None:
        self.counts[sort, box] = self.counts.get((sort, box), 0) + 1
        self._free[box] -= 1
        self._company.enter(self._racks[box], self._sorts[sort].segregation)

    def _leave(self, sort: int, box: int) -> None:
        self.counts[sort, box] -= 1
        self._free[box] += 1
        self._company.enter(self._racks[box], self._sorts[sort].segregation, -1)
