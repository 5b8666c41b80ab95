"""Which indexes of a kit to take for a lane, and the smallest change that mends one.

Deterministic: the same kit and the same question give the same answer. Of equally good choices the
one that stands first in the kit wins.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from math import comb

import numpy as np

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.balance import dark_and_doubtful
from backend.sequencing.indexing.collisions import (
    DEFAULT_MISMATCHES,
    Barcode,
    Clash,
    Relaxation,
    clash,
    clashes,
    distances,
    relaxed,
)
from backend.sequencing.indexing.colours import Sight
from backend.sequencing.indexing.orientation import as_sequenced
from backend.sequencing.indexing.proving import seek

EXACT_CHOICES = 20_000
"""So many sets are all tried; of more, a good one is searched for by swaps, and then a better."""
_MOST_SWAPS = 2
_MOST_TRIES = 10_000


@dataclass(frozen=True, slots=True)
class KitIndex:
    """An index of a kit; ``i5`` in forward direction, "" for a single index."""

    name: str
    i7: str
    i5: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """How the lane's sequencer sees and reads indexes."""

    chemistry: Sight
    i5_orientation: I5Orientation = I5Orientation.FORWARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Indexes taken for a lane, and how good they are together.

    ``distance`` is the smallest number of bases by which two of them differ on their better index
    read; None for a single library. ``dark`` and ``doubtful`` count cycles of both index reads
    that fail and that only warn. ``exact`` says that no better set exists.
    """

    indexes: tuple[KitIndex, ...]
    distance: int | None
    dark: int
    doubtful: int
    exact: bool

    @property
    def reason(self) -> str:
        """Say how good they are together."""
        apart = "" if self.distance is None else f"any two differ by {self.distance} bases or more"
        light = f"{self.dark} cycles are dark, {self.doubtful} lack a channel"
        if not (self.dark or self.doubtful):
            light = "every cycle is balanced"
        best = "no other set is better" if self.exact else "a better set may exist"
        return ", ".join(part for part in (apart, light, best) if part)

    @property
    def sentence(self) -> str:
        """Say which these are, and why."""
        return f"{', '.join(each.name for each in self.indexes)}: {self.reason}."


@dataclass(frozen=True, slots=True)
class Swap:
    """One library that gets another index."""

    library: str
    index: KitIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The smallest change that mends a lane: other indexes, or stricter mismatch allowances."""

    swaps: tuple[Swap, ...] = ()
    relaxation: Relaxation | None = None

    @property
    def sentence(self) -> str:
        """Say what to do."""
        if self.relaxation is not None:
            return (
                f"Allow {self.relaxation.mismatches_i7} mismatches in i7 and "
                f"{self.relaxation.mismatches_i5} in i5 for this lane; reads with more errors in "
                "their index become undetermined."
            )
        return " ".join(f"Give {each.library} {each.index.name} instead." for each in self.swaps)


_Score = tuple[int, int, int, int]
_Judge = Callable[[tuple[int, ...]], _Score]


def pick(
    kit: Sequence[KitIndex],
    count: int,
    *,
    light: Light,
    mismatches: int = DEFAULT_MISMATCHES,
) -> Picked:
    """Take ``count`` indexes of a kit that are told apart and light every cycle.

    First what the demultiplexer needs (2·mismatches + 1 bases between any two), then as few dark
    and doubtful cycles as can be, then the largest distance: a distance beyond the need saves no
    reads, while a dark cycle loses them all. Where every cycle is lit, only sets that are further
    apart are better: they are looked for until there is none, or too many branches were tried.

    Raises:
        ValueError: the kit has fewer indexes, mixes lengths, or ``count`` is less than 1.
    """
    if not 1 <= count <= len(kit):
        raise ValueError(f"{count} indexes cannot be taken of a kit of {len(kit)}.")
    apart = _apart(kit)
    need = 2 * mismatches + 1

    def score(chosen: tuple[int, ...]) -> _Score:
        nearest = int(apart[np.ix_(chosen, chosen)].min()) if count > 1 else need
        dark, doubtful = _light_of([kit[place] for place in chosen], light)
        return (min(nearest, need), -dark, -doubtful, nearest)

    exact = comb(len(kit), count) <= EXACT_CHOICES
    if exact:
        best = max(combinations(range(len(kit)), count), key=score)
    else:
        best, exact = _proven(apart, _by_swaps(len(kit), count, score), score)
    nearest = score(best)[3] if count > 1 else None
    dark, doubtful = _light_of([kit[place] for place in best], light)
    return Picked(
        indexes=tuple(kit[place] for place in best),
        distance=nearest,
        dark=dark,
        doubtful=doubtful,
        exact=exact,
    )


def smallest_repair(
    lane: Sequence[Barcode],
    kit: Sequence[KitIndex],
    *,
    light: Light,
    independent: bool = False,
) -> Repair | None:
    """Return the smallest change after which a lane has no collision and no dark cycle.

    Another index for one library is tried first, then for two, each with indexes of the kit that
    the lane does not use; then for one library of every collision, which need not be the fewest;
    where that fails and only collisions are wrong, stricter allowances.
    Of a kit so large that two swaps have over 10,000 ways, the first 10,000 are tried. Names of
    the lane's libraries are distinct.
    ``lane`` has i5 in forward direction, as the kit. None where nothing is wrong, or nothing helps.
    """
    if _is_good(lane, light, independent=independent):
        return None
    wrong = clashes(lane, independent=independent)
    for size in range(1, min(_MOST_SWAPS, len(lane)) + 1):
        for swaps in _changes(lane, kit, wrong, size):
            if _mends(lane, swaps, light, independent=independent):
                return Repair(swaps=swaps)
    many = _one_after_another(lane, kit, wrong, light, independent=independent)
    if many:
        return Repair(swaps=many)
    if _dark_of(lane, light):
        return None
    found = relaxed(lane, independent=independent)
    return None if found is None else Repair(relaxation=found)


def _changes(
    lane: Sequence[Barcode], kit: Sequence[KitIndex], wrong: Sequence[Clash], size: int
) -> Iterator[tuple[Swap, ...]]:
    """Yield ways to give ``size`` libraries another index, so that no collision is left alone."""
    used = {(each.i7, each.i5) for each in lane}
    free = [each for each in kit if (each.i7, each.i5) not in used]
    tried = 0
    for libraries in combinations([each.name for each in lane], size):
        if not all({each.first, each.second} & set(libraries) for each in wrong):
            continue
        for chosen in permutations(free, size):
            tried += 1
            if tried > _MOST_TRIES:
                return
            yield tuple(map(Swap, libraries, chosen))


def _one_after_another(
    lane: Sequence[Barcode],
    kit: Sequence[KitIndex],
    wrong: Sequence[Clash],
    light: Light,
    *,
    independent: bool,
) -> tuple[Swap, ...]:
    """Swap the second library of every collision; empty where that leaves anything wrong."""
    used = {(each.i7, each.i5) for each in lane}
    free = [each for each in kit if (each.i7, each.i5) not in used]
    swaps: list[Swap] = []
    by_name = {each.name: each for each in lane}
    for library in dict.fromkeys(each.second for each in wrong):
        others = [each for each in _changed(lane, swaps) if each.name != library]
        fitting = (
            index
            for index in free
            if not any(
                clash(
                    replace(by_name[library], i7=index.i7, i5=index.i5),
                    each,
                    independent=independent,
                )
                for each in others
            )
        )
        chosen = next(fitting, None)
        if chosen is None:
            return ()
        free.remove(chosen)
        swaps.append(Swap(library, chosen))
    return tuple(swaps) if _is_good(_changed(lane, swaps), light, independent=independent) else ()


def _mends(
    lane: Sequence[Barcode], swaps: Sequence[Swap], light: Light, *, independent: bool
) -> bool:
    """Say whether a lane is good after swaps that leave no collision among the other libraries."""
    names = {each.library for each in swaps}
    changed = _changed(lane, swaps)
    for place, one in enumerate(changed):
        if one.name in names:
            others = (each for at, each in enumerate(changed) if at != place)
            if any(clash(one, each, independent=independent) for each in others):
                return False
    return not _dark_of(changed, light)


def _changed(lane: Sequence[Barcode], swaps: Sequence[Swap]) -> list[Barcode]:
    to = {each.library: each.index for each in swaps}
    return [
        replace(each, i7=to[each.name].i7, i5=to[each.name].i5) if each.name in to else each
        for each in lane
    ]


def _is_good(lane: Sequence[Barcode], light: Light, *, independent: bool) -> bool:
    return not clashes(lane, independent=independent) and not _dark_of(lane, light)


def _dark_of(lane: Sequence[Barcode], light: Light) -> int:
    return _light_of([KitIndex(each.name, each.i7, each.i5) for each in lane], light)[0]


def _light_of(indexes: Sequence[KitIndex], light: Light) -> tuple[int, int]:
    """Return how many cycles of both index reads fail, and how many only warn."""
    seen = [
        dark_and_doubtful([each.i7 for each in indexes if each.i7], light.chemistry),
        dark_and_doubtful(
            [as_sequenced(each.i5, light.i5_orientation) for each in indexes if each.i5],
            light.chemistry,
        ),
    ]
    return sum(dark for dark, _ in seen), sum(doubtful for _, doubtful in seen)


def _apart(kit: Sequence[KitIndex]) -> np.ndarray:
    """Return bases by which two indexes differ on the better of both reads, shape (n, n).

    The diagonal holds the largest number, so that a smallest one is of two indexes.
    """
    apart = distances([each.i7 for each in kit])
    if all(each.i5 for each in kit):
        apart = np.maximum(apart, distances([each.i5 for each in kit]))
    np.fill_diagonal(apart, np.iinfo(apart.dtype).max)
    return apart


def _proven(
    apart: np.ndarray, best: tuple[int, ...], score: _Judge
) -> tuple[tuple[int, ...], bool]:
    """Better a set while one is further apart; say whether none is better than the last.

    A set with a cycle that is dark or lacks a channel is returned as it is, unproven: one that is
    no further apart might still be lit better.
    """
    reached = score(best)
    _, dark, doubtful, nearest = reached
    if dark or doubtful:
        return best, False
    sought = seek(apart, nearest + 1, len(best), lambda chosen: score(chosen) > reached)
    if sought.found is None:
        return best, sought.exhausted
    return _proven(apart, sought.found, score)


def _by_swaps(size: int, count: int, score: _Judge) -> tuple[int, ...]:
    """Start with the kit's first indexes and swap one at a time while that is better."""
    best = tuple(range(count))
    reached = score(best)
    while True:
        tried = [
            tuple(sorted((*best[:place], other, *best[place + 1 :])))
            for place in range(count)
            for other in range(size)
            if other not in best
        ]
        better = max(tried, key=score)
        if score(better) <= reached:
            return best
        best, reached = better, score(better)
