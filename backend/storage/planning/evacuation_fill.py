"""Finding room for one tube after the other; those that have room may be sent to another box."""

from collections.abc import Sequence

from backend.storage.planning.feasibility import clashes
from backend.storage.planning.problem import Box
from backend.storage.planning.relocation import Conflicts, RackCompany, Sort

_Step = tuple[int, int]
"""A sort, and the box in which it gives way to the sort before it."""
_MOST_RACKS = 3
"""Racks that change hands for one tube; more have never been needed, and each costs as many tries
as there are racks."""


class Fill:
    """How many tubes of every sort go into which box.

    Whom to admit is a matroid: who comes first keeps a place, though not always the same one.
    Classes that may not share a rack break that; then racks change hands, one after the other, as
    long as all whom one held find room elsewhere. ``near`` are the boxes to be used, nearest
    first. A sort that finds no way finds none later.
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
        self._conflicts = conflicts
        self._company = RackCompany(conflicts)
        self.counts: dict[tuple[int, int], int] = {}

    def admit(self, sort: int) -> bool:
        """Make room for one more tube of a sort; False where there is no way."""
        if sort in self._closed:
            return False
        if self._find(sort, frozenset()):
            return True
        self._closed.add(sort)
        return False

    def boxes_of(self, sort: int) -> list[int]:
        """Return the box of each admitted tube of a sort, nearest first."""
        return [box for box in self._ways[sort] for _ in range(self.counts.get((sort, box), 0))]

    def _find(self, sort: int, taken_over: frozenset[str]) -> bool:
        return self._settle(sort) or self._take_over(sort, taken_over)

    def _settle(self, sort: int) -> bool:
        """Let a tube in where there is room, or where others move over for it."""
        box = self._room(sort)
        if box is None:
            return self._reroute(sort)
        self._enter(sort, box)
        return True

    def _take_over(self, sort: int, taken_over: frozenset[str]) -> bool:
        """Let a rack change hands, for this tube or one that moves over for it."""
        if len(taken_over) >= _MOST_RACKS:
            return False
        for rack, taker in self._in_other_hands(sort):
            if rack in taken_over:
                continue
            before = dict(self.counts)
            sent_off = self._send_off(rack, taker)
            if self._settle(sort) and all(
                self._find(each, taken_over | {rack}) for each in sent_off
            ):
                return True
            self._go_back(before)
        return False

    def _in_other_hands(self, sort: int) -> list[tuple[str, int]]:
        """Return the racks that keep a tube out, or one that could move over for it, with whom."""
        racks: dict[tuple[str, int], None] = {}
        for taker in self._search(sort)[1]:
            for box in self._ways[taker]:
                if not self._may_enter(taker, box):
                    racks[self._racks[box], taker] = None
        return list(racks)

    def _send_off(self, rack: str, sort: int) -> list[int]:
        """Take out of a rack whatever may not stand beside a sort; return the sort of each tube."""
        rivals = [
            (each, box)
            for (each, box), count in sorted(self.counts.items())
            if count and self._racks[box] == rack and self._are_rivals(each, sort)
            for _ in range(count)
        ]
        for each, box in rivals:
            self._leave(each, box)
        self._look_anew()
        return [each for each, _ in rivals]

    def _are_rivals(self, one: int, other: int) -> bool:
        held = self._sorts[one].segregation
        return held is not None and clashes(
            self._sorts[other].segregation, frozenset({held}), self._conflicts
        )

    def _go_back(self, before: dict[tuple[int, int], int]) -> None:
        """Have everybody stand again where they stood before a try."""
        for key in {*self.counts, *before}:
            self._repeat(key, before.get(key, 0) - self.counts.get(key, 0))
        self._look_anew()

    def _repeat(self, key: tuple[int, int], times: int) -> None:
        step = self._enter if times > 0 else self._leave
        for _ in range(abs(times)):
            step(*key)

    def _look_anew(self) -> None:
        """Boxes that were full may have room again."""
        self._first = [0] * len(self._sorts)

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
        last, came_from = self._search(sort)
        if last is None:
            return False
        before = dict(self.counts)
        if self._shift(*last, came_from):
            return True
        self._go_back(before)
        return False

    def _search(self, sort: int) -> tuple[_Step | None, dict[int, _Step | None]]:
        """Return who could move into which free box at the end of a row, and whom a row reaches."""
        came_from: dict[int, _Step | None] = {sort: None}
        queue = [sort]
        for taker in queue:
            if taker != sort and (box := self._room(taker)) is not None:
                return (taker, box), came_from
            for box in self._ways[taker]:
                if not self._may_enter(taker, box):
                    continue
                for giver in range(len(self._sorts)):
                    if giver not in came_from and self.counts.get((giver, box), 0):
                        came_from[giver] = (taker, box)
                        queue.append(giver)
        return None, came_from

    def _shift(self, sort: int, box: int, came_from: dict[int, _Step | None]) -> bool:
        """Let a row move over; False where two of it that clash would meet in one rack."""
        if not self._may_enter(sort, box):
            return False
        self._enter(sort, box)
        while (step := came_from[sort]) is not None:
            taker, given_up = step
            self._leave(sort, given_up)
            if not self._may_enter(taker, given_up):
                return False
            self._enter(taker, given_up)
            sort = taker
        return True

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
