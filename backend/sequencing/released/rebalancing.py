"""Pools over the lanes of a run, so that nothing collides and the lanes are evenly full. No I/O.

A branch and bound over all arrangements: it ends with the best there is, unless a run has so many
pools that the number of steps runs out; then it says that a better one may exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.collisions import clashes
from backend.sequencing.released.checks import barcodes
from backend.sequencing.views import LaneLibrary

MOST_STEPS = 40_000
_UNIT = 1000
"""Reads are counted in thousandths of a million, so that sums of them are exact."""

_Score = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A pool on a lane with the reads it shall give there, millions."""

    pool_code: str
    lane: int
    reads_millions: float


@dataclass(frozen=True, slots=True)
class Shape:
    """How an arrangement stands: pairs of pools that collide, and how full its lanes are, 0–1."""

    collisions: int
    fullest: float
    emptiest: float
    """Of the lanes that hold something."""


@dataclass(frozen=True, slots=True)
class Rebalanced:
    """A better arrangement: its moves as (pool, from, to), before and after."""

    moves: Sequence[tuple[str, int, int]]
    before: Shape
    after: Shape
    is_proven: bool
    """Whether every arrangement was considered."""


def rebalance(
    placed: Sequence[Placed],
    libraries: Sequence[LaneLibrary],
    orientation: I5Orientation,
    *,
    lanes: int,
    usable_millions: float,
    most_steps: int = MOST_STEPS,
) -> Rebalanced:
    """Return the best arrangement; without moves where none is better than this one.

    Better is, in this order: fewer pairs of pools that collide in a lane, fewer reads over what a
    lane yields, a less full fullest lane, more even lanes. The parts of a pool stay on lanes of
    their own.
    """
    search = _Search(placed, _colliding(libraries, orientation), lanes, usable_millions)
    now = [each.lane - 1 for each in placed]
    found = search.run(now, most_steps)
    labelled = now if found is None else search.kept_in_place(found, now)
    moves = [
        (each.pool_code, each.lane, to + 1)
        for each, to in zip(placed, labelled, strict=True)
        if to != each.lane - 1
    ]
    return Rebalanced(moves, search.shape(now), search.shape(labelled), search.is_proven)


def _colliding(
    libraries: Sequence[LaneLibrary], orientation: I5Orientation
) -> frozenset[tuple[str, str]]:
    """Return the pairs of pools that may not share a lane."""
    pools: dict[str, dict[str, LaneLibrary]] = {}
    for each in libraries:
        pools.setdefault(each.pool_code, {})[each.barcode] = each
    seen = {code: barcodes(list(held.values()), orientation) for code, held in pools.items()}
    owner = {each.name: code for code, held in seen.items() for each in held}
    found = set()
    for one, other in combinations(sorted(seen), 2):
        # A library that is in both would be there twice.
        is_shared = pools[one].keys() & pools[other].keys()
        pairs = clashes([*seen[one], *seen[other]])
        if is_shared or any(owner[pair.first] != owner[pair.second] for pair in pairs):
            found |= {(one, other), (other, one)}
    return frozenset(found)


class _Search:
    """One search: pools by their reads, the largest first, each tried on every lane."""

    def __init__(
        self,
        placed: Sequence[Placed],
        colliding: frozenset[tuple[str, str]],
        lanes: int,
        usable_millions: float,
    ) -> None:
        self._placed = placed
        self._reads = [round(each.reads_millions * _UNIT) for each in placed]
        self._usable = round(usable_millions * _UNIT)
        self._lanes = lanes
        self._colliding = colliding
        self._order = sorted(range(len(placed)), key=lambda at: (-self._reads[at], at))
        self._steps = 0
        self.is_proven = True

    def run(self, now: Sequence[int], most_steps: int) -> list[int] | None:
        """Return the lanes of the best arrangement, None where ``now`` is not beaten."""
        self._steps = most_steps
        self._best: _Score = self._score(now)
        self._found: list[int] | None = None
        self._left = [0] * (len(self._order) + 1)
        for place in range(len(self._order) - 1, -1, -1):
            self._left[place] = self._left[place + 1] + self._reads[self._order[place]]
        self._at = [-1] * len(self._placed)
        self._held: list[list[int]] = [[] for _ in range(self._lanes)]
        self._sums = [0] * self._lanes
        self._descend(0, 0)
        return self._found

    def kept_in_place(self, found: Sequence[int], now: Sequence[int]) -> list[int]:
        """Return an arrangement with its lanes named so that much stays where it is."""
        shared: dict[tuple[int, int], int] = {}
        for at, lane in enumerate(found):
            pair = (lane, now[at])
            shared[pair] = shared.get(pair, 0) + self._reads[at]
        name: dict[int, int] = {}
        for lane, was in sorted(shared, key=lambda pair: (-shared[pair], pair)):
            if lane not in name and was not in name.values():
                name[lane] = was
        free = [lane for lane in range(self._lanes) if lane not in name.values()]
        for lane in sorted(set(found) - set(name)):
            name[lane] = free.pop(0)
        return [name[lane] for lane in found]

    def shape(self, lanes: Sequence[int]) -> Shape:
        """Return how an arrangement stands."""
        sums = self._sums_of(lanes)
        used = [reads / self._usable for reads in sums if reads]
        return Shape(self._score(lanes)[0], max(used, default=0.0), min(used, default=0.0))

    def _score(self, lanes: Sequence[int]) -> _Score:
        pairs = combinations(range(len(lanes)), 2)
        clashing = sum(
            lanes[one] == lanes[other] and self._clash(one, other) for one, other in pairs
        )
        sums = self._sums_of(lanes)
        return (
            clashing,
            sum(max(reads - self._usable, 0) for reads in sums),
            max(sums, default=0),
            sum(reads * reads for reads in sums),
        )

    def _sums_of(self, lanes: Sequence[int]) -> list[int]:
        sums = [0] * self._lanes
        for at, lane in enumerate(lanes):
            sums[lane] += self._reads[at]
        return sums

    def _clash(self, one: int, other: int) -> bool:
        return (
            self._placed[one].pool_code,
            self._placed[other].pool_code,
        ) in self._colliding

    def _descend(self, depth: int, clashing: int) -> None:
        if depth == len(self._order):
            score = self._score(self._at)
            if score < self._best:
                self._best, self._found = score, list(self._at)
            return
        at = self._order[depth]
        code = self._placed[at].pool_code
        tried_empty = False
        for lane in sorted(range(self._lanes), key=lambda lane: (self._sums[lane], lane)):
            held = self._held[lane]
            # Lanes that hold nothing are alike: one of them stands for all.
            if (not held and tried_empty) or any(
                self._placed[other].pool_code == code for other in held
            ):
                continue
            tried_empty |= not held
            if self._steps <= 0:
                self.is_proven = False
                return
            self._steps -= 1
            more = clashing + sum(self._clash(at, other) for other in held)
            self._put(at, lane)
            if self._bound(depth + 1, more) < self._best:
                self._descend(depth + 1, more)
            self._take(at, lane)

    def _put(self, at: int, lane: int) -> None:
        self._at[at] = lane
        self._held[lane].append(at)
        self._sums[lane] += self._reads[at]

    def _take(self, at: int, lane: int) -> None:
        self._at[at] = -1
        self._held[lane].pop()
        self._sums[lane] -= self._reads[at]

    def _bound(self, depth: int, clashing: int) -> _Score:
        """Return what no arrangement from here on is better than: the rest poured in like water."""
        rest, level = self._left[depth], 0
        filled = sorted(self._sums)
        squares = sum(reads * reads for reads in filled)
        for count in range(1, self._lanes + 1):
            lower = filled[:count]
            total = sum(lower) + rest
            # The water stands as high as the next lane, or this is where it stays.
            if count == self._lanes or total <= filled[count] * count:
                level = -(-total // count)
                squares += total * total // count - sum(reads * reads for reads in lower)
                break
        over = sum(max(reads - self._usable, 0) for reads in filled)
        return (clashing, over, max(filled[-1], level), squares)
