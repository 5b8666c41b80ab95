"""Ruin and recreate with a falling temperature: take libraries off, put them back another way."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf

import numpy as np

from backend.sequencing.planning.layout import Layout
from backend.sequencing.planning.loading import (
    OUT,
    Loading,
    Placing,
    insert,
    made_to_stand,
    may_stand,
)

_COLD = 0.15
_MOST_RUINED = 14
_LISTEN_EVERY = 16
_NOISE = 1e-9


@dataclass
class Best:
    """The best placing so far that a plan may have, and what it costs."""

    placing: Placing
    cost: float


def improve(
    loading: Loading,
    best: Best,
    rng: np.random.Generator,
    fraction: Callable[[int], float],
    *,
    hot: float,
) -> None:
    """Search from ``loading`` until ``fraction`` of the rounds done says 1; ``best`` is kept.

    The same generator and the same number of rounds give the same plan.
    """
    search = _Search(loading, rng)
    done, temperature = 0, hot
    while loading.lane_of:
        if done % _LISTEN_EVERY == 0:
            share = fraction(done)
            if share >= 1:
                return
            temperature = hot * (_COLD / hot) ** share
            keep(best, loading)
        search.attempt(temperature)
        done += 1
        if loading.cost < best.cost - _NOISE and may_stand(loading):
            keep(best, loading)


def keep(best: Best, loading: Loading) -> None:
    """Take a placing for the best if it is; made to stand first where it breaks a rule."""
    standing = loading if may_stand(loading) else made_to_stand(loading)
    if standing.cost < best.cost - _NOISE:
        best.placing, best.cost = standing.placing(), standing.cost


class _Search:
    def __init__(self, loading: Loading, rng: np.random.Generator) -> None:
        self.loading = loading
        self.layout: Layout = loading.layout
        self.rng = rng
        self.free = [each for each in range(len(loading.lane_of)) if each not in self.layout.pinned]
        self.slots = range(len(self.layout.problem.slots))
        self.fixed = {self.layout.lane_slots[lane] for lane in self.layout.pinned.values()}

    def attempt(self, temperature: float) -> None:
        """One round; everything goes back as it was if the change is too dear to take."""
        if not self.free:
            return
        loading, before = self.loading, self.loading.cost
        libraries, banned, wanted = self._ruin()
        was = {each: loading.lane_of[each] for each in libraries}
        self._take_off(libraries)
        self._recreate(libraries, banned, wanted)
        worse = loading.cost - before
        if worse <= 0 or self.rng.random() < exp(-worse / temperature):
            return
        self._take_off(libraries)
        for each, lane in was.items():
            if lane != OUT:
                loading.place(each, lane)

    def _take_off(self, libraries: list[int]) -> None:
        for each in libraries:
            if self.loading.lane_of[each] != OUT:
                self.loading.remove(each)

    def _recreate(
        self, libraries: list[int], banned: frozenset[int], wanted: dict[int, int]
    ) -> None:
        """Where a slot is wanted for a library, it goes there if it may; the others after it."""
        loading = self.loading
        for each, slot in wanted.items():
            first = self.layout.first_lane[slot]
            lanes = range(first, first + self.layout.problem.slots[slot].lanes)
            if self.layout.costs[each][slot] < inf:
                price, lane = min((loading.price(each, lane), lane) for lane in lanes)
                if price < inf:
                    loading.place(each, lane)
        left = [each for each in libraries if loading.lane_of[each] == OUT]
        insert(loading, self._ordered(left), banned)

    def _ordered(self, libraries: list[int]) -> list[int]:
        known = self.layout.problem.libraries
        if self.rng.random() < 0.5:  # noqa: PLR2004  # large ones first half the time
            return sorted(libraries, key=lambda each: -known[each].reads_millions)
        return [libraries[place] for place in self.rng.permutation(len(libraries))]

    def _ruin(self) -> tuple[list[int], frozenset[int], dict[int, int]]:
        """Choose what to take off, slots to keep out of, and where some of it should go."""
        match int(self.rng.integers(8)):
            case 0:
                return self._close()
            case 1:
                return self._exchange()
            case 2:
                return self._open()
            case _:
                return self._some()

    def _some(self) -> tuple[list[int], frozenset[int], dict[int, int]]:
        """A few libraries of one configuration, or those of two lanes."""
        one = self.free[int(self.rng.integers(len(self.free)))]
        same = [
            each
            for each in self.free
            if self.layout.configuration_of[each] == self.layout.configuration_of[one]
        ]
        count = int(self.rng.integers(1, min(len(same), _MOST_RUINED) + 1))
        chosen = self.rng.choice(len(same), size=count, replace=False)
        return sorted({one, *(same[place] for place in chosen)}), frozenset(), {}

    def _close(self) -> tuple[list[int], frozenset[int], dict[int, int]]:
        """Everything of one run, which stays closed, with a few more to make room."""
        used = [slot for slot in self.slots if self.loading.filled[slot] and slot not in self.fixed]
        if not used:
            return self._some()
        slot = used[int(self.rng.integers(len(used)))]
        more, _, _ = self._some()
        return sorted({*self.loading.in_slot(slot), *more}), frozenset({slot}), {}

    def _exchange(self) -> tuple[list[int], frozenset[int], dict[int, int]]:
        """What two slots hold, the other way round."""
        used = [slot for slot in self.slots if self.loading.filled[slot] and slot not in self.fixed]
        if not used:
            return self._some()
        one = used[int(self.rng.integers(len(used)))]
        instrument = self.layout.problem.slots[one].instrument
        alike = [
            slot
            for slot in self.slots
            if slot not in self.fixed
            and slot != one
            and abs(slot - one) < 8  # noqa: PLR2004  # far apart it never pays
            and self.layout.problem.slots[slot].instrument == instrument
        ]
        if not alike:
            return self._some()
        other = alike[int(self.rng.integers(len(alike)))]
        here, there = self.loading.in_slot(one), self.loading.in_slot(other)
        wanted = dict.fromkeys(here, other) | dict.fromkeys(there, one)
        return [*here, *there], frozenset(), wanted

    def _open(self) -> tuple[list[int], frozenset[int], dict[int, int]]:
        """A free slot for the libraries that gain most by it, for the reads they take of it."""
        unused = [slot for slot in self.slots if not self.loading.filled[slot]]
        if not unused:
            return self._some()
        slot = unused[int(self.rng.integers(len(unused)))]
        one = self.free[int(self.rng.integers(len(self.free)))]
        gains = {
            each: (gain + self.rng.random()) / self.layout.problem.libraries[each].reads_millions
            for each in self.free
            if self.layout.configuration_of[each] == self.layout.configuration_of[one]
            and (gain := self._gain(each, slot)) > -1
        }
        order = sorted(gains, key=lambda each: -gains[each])
        kind = self.layout.problem.slots[slot]
        room, chosen = kind.lanes * kind.lane_reads_millions, []
        for each in order:
            room -= self.layout.problem.libraries[each].reads_millions
            if room < 0:
                break
            chosen.append(each)
        # What runs with another flow cell at that time makes room: a size is changed so, too.
        rivals = self.layout.rivals[slot]
        if self.fixed.intersection(rivals):
            return self._some()
        beside = {each for rival in rivals for each in self.loading.in_slot(rival)}
        return (
            [*chosen, *sorted(beside.difference(chosen))],
            frozenset(),
            dict.fromkeys(chosen, slot),
        )

    def _gain(self, library: int, slot: int) -> float:
        """Return the delay that a library saves by going to a slot."""
        lane = self.loading.lane_of[library]
        now = self.layout.problem.weights.left_out
        if lane != OUT:
            now = self.layout.costs[library][self.layout.lane_slots[lane]]
        return now - self.layout.costs[library][slot]
