"""The problem as numbers: libraries, slots and lanes are their places in the lists.

A lane's light is a whole number with two bits a cycle of the index reads, one for each channel;
what several libraries light together is their union.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import inf

from backend.sequencing.indexing.collisions import Barcode, clash
from backend.sequencing.indexing.colours import Colours, Sight, colours_of
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.planning.mixing import family, why_apart
from backend.sequencing.planning.problem import Library, Problem, Slot

READS_SLACK = 1e-6
"""Millions of reads; sums of decimals that fill a lane exactly are not above it."""
_Configurations = frozenset[str] | None
_Cycles = tuple[int, int] | None
_Kind = tuple[str, str, _Configurations, _Cycles, int, float, float, float, Colours, bool, float]
DARK_IN_SEARCH = 25.0
"""What a forbidden dark cycle costs while the search is on its way through it."""


@dataclass(frozen=True)
class Layout:
    """``costs[l][s]`` is the delay of library l in slot s, infinite where it may not go."""

    problem: Problem
    configurations: tuple[str, ...]
    configuration_of: tuple[int, ...]
    costs: tuple[tuple[float, ...], ...]
    lane_slots: tuple[int, ...]
    """Slot of each lane."""
    first_lane: tuple[int, ...]
    """First lane of each slot."""
    clashing: tuple[int, ...]
    """For each library the set, as bits, of those whose indexes are too like its own."""
    family_of: tuple[int, ...]
    apart: tuple[int, ...]
    """For each family the set, as bits, of families that may not share its lane."""
    light: tuple[tuple[int, ...], ...]
    """In each slot the light of each library."""
    cycles: int
    pinned: Mapping[int, int]
    """Lane of each library that a person placed."""
    rivals: tuple[tuple[int, ...], ...]
    """For each slot those of its instrument that overlap it in time: one of them is used."""

    @cached_property
    def unshareable(self) -> tuple[int, ...]:
        """For each library the set, as bits, of those that cannot share its lane."""
        members = [0] * len(self.apart)
        for library, kin in enumerate(self.family_of):
            members[kin] |= 1 << library
        barred = []
        for families in self.apart:
            others = 0
            for kin, libraries in enumerate(members):
                others |= libraries if families >> kin & 1 else 0
            barred.append(others)
        return tuple(
            clashing | barred[kin]
            for clashing, kin in zip(self.clashing, self.family_of, strict=True)
        )

    @cached_property
    def lanes_of(self) -> tuple[tuple[int, ...], ...]:
        """Lanes that each library may go to at all."""
        return tuple(
            tuple(
                lane for lane, slot in enumerate(self.lane_slots) if self.costs[library][slot] < inf
            )
            for library in range(len(self.costs))
        )

    def balance(self, light: int) -> tuple[float, int]:
        """Return what the light of a used lane costs in the search, and its dark cycles."""
        lowest = ((1 << 2 * self.cycles) - 1) // 3
        missing = 2 * self.cycles - light.bit_count()
        dark = self.cycles - ((light | light >> 1) & lowest).bit_count()
        weights = self.problem.weights
        each = DARK_IN_SEARCH if weights.dark_cycle is None else weights.dark_cycle
        return weights.missing_channel * missing + each * dark, dark

    @cached_property
    def crowds(self) -> tuple[tuple[int, ...], ...]:
        """Return the largest sets of slots that all overlap: of each at most one is used.

        Intervals that overlap pairwise have a moment in common, and it may be taken to be the start
        of one of them.
        """
        slots = self.problem.slots
        found = {
            frozenset((at, *(each for each in rivals if slots[each].start <= slots[at].start)))
            for at, rivals in enumerate(self.rivals)
            if rivals
        }
        return tuple(
            tuple(sorted(each))
            for each in sorted(found, key=sorted)
            if len(each) > 1 and not any(each < other for other in found)
        )

    @cached_property
    def shifts(self) -> tuple[tuple[int, int], ...]:
        """Return (earlier, later) slots where a run may always move to the earlier one.

        Everything is ready by then, and the slots are alike but for their time; so a run whose
        earlier slot is free, with no rival of it in use, may go there and costs no more. Of the
        best plans the one that starts earliest, added up over its runs, therefore uses no later
        slot while the earlier one and all of its rivals are free.
        """
        slots = self.problem.slots
        ready = max((library.ready for library in self.problem.libraries), default=0.0)
        fixed = {self.lane_slots[lane] for lane in self.pinned.values()}
        chains: dict[_Kind, list[int]] = {}
        for at in sorted(range(len(slots)), key=lambda s: (slots[s].instrument, slots[s].start)):
            chains.setdefault(_kind(slots[at]), []).append(at)
        return tuple(
            (early, late)
            for chain in chains.values()
            for early, late in pairwise(chain)
            if late not in fixed
            and slots[early].start >= ready
            and late not in self.rivals[early]
            and not self._keeps_apart(early, late)
        )

    def _keeps_apart(self, early: int, late: int) -> bool:
        """Say whether a library that may go to the later slot is kept off the earlier one."""
        slots = self.problem.slots
        return any(
            slots[early].key in library.barred and slots[late].key not in library.barred
            for library in self.problem.libraries
        )


def build_layout(problem: Problem) -> Layout:
    """Number everything, and decide once which libraries may go where and with whom.

    Raises:
        ValueError: dark cycles are forbidden although a person's pins may need one.
    """
    if problem.pins and problem.weights.dark_cycle is None:
        raise ValueError("With pins a dark cycle needs a price: a pinned lane may have one.")
    names = tuple(sorted({library.configuration for library in problem.libraries}))
    lane_slots = tuple(s for s, slot in enumerate(problem.slots) for _ in range(slot.lanes))
    i7_cycles = max((len(library.i7) for library in problem.libraries), default=0)
    i5_cycles = max((len(library.i5) for library in problem.libraries), default=0)
    ways = {(slot.chemistry, slot.i5_reversed) for slot in problem.slots}
    light = {
        (chemistry, reversed_): tuple(
            _light(each.i7, i7_cycles, chemistry)
            | _light(reverse_complement(each.i5) if reversed_ else each.i5, i5_cycles, chemistry)
            << 2 * i7_cycles
            for each in problem.libraries
        )
        for chemistry, reversed_ in ways
    }
    first_lane = tuple(
        sum(slot.lanes for slot in problem.slots[:s]) for s in range(len(problem.slots))
    )
    family_of, apart = _families(problem)
    return Layout(
        problem=problem,
        configurations=names,
        configuration_of=tuple(names.index(each.configuration) for each in problem.libraries),
        costs=tuple(
            tuple(delay(library, slot) for slot in problem.slots) for library in problem.libraries
        ),
        lane_slots=lane_slots,
        first_lane=first_lane,
        clashing=_clashing(problem.libraries),
        family_of=family_of,
        apart=apart,
        light=tuple(light[slot.chemistry, slot.i5_reversed] for slot in problem.slots),
        cycles=i7_cycles + i5_cycles,
        pinned=_pinned(problem, first_lane),
        rivals=_rivals(problem.slots),
    )


def delay(library: Library, slot: Slot) -> float:
    """Return the weighted days late in a slot; infinite where it may not go or does not fit."""
    if slot.key in library.barred or not may_read(library, slot):
        return inf
    fits = library.reads_millions <= slot.lane_reads_millions + READS_SLACK
    if not fits or library.ready > slot.start or cuts_index(library, slot.index_cycles):
        return inf
    return library.weight * max(0.0, slot.end - library.due)


def may_read(library: Library, slot: Slot) -> bool:
    """Say whether the flow cell of a slot can be set up as a library needs it."""
    return slot.configurations is None or library.configuration in slot.configurations


def cuts_index(library: Library, read: tuple[int, int] | None) -> bool:
    """Say whether a run reads fewer cycles of an index than a library has, its UMI included.

    ``read`` None is a run whose lengths follow from what is on it.
    """
    if read is None:
        return False
    return any(has < needed for has, needed in zip(read, library.index_cycles, strict=True))


def overlap(one: Slot, other: Slot) -> bool:
    """Say whether two slots of one instrument cannot both be used."""
    return one.instrument == other.instrument and one.start < other.end and other.start < one.end


def _rivals(slots: Sequence[Slot]) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in slots]
    for one, other in combinations(range(len(slots)), 2):
        if overlap(slots[one], slots[other]):
            found[one].append(other)
            found[other].append(one)
    return tuple(tuple(each) for each in found)


def _clashing(libraries: Sequence[Library]) -> tuple[int, ...]:
    barcodes = [Barcode(name=each.key, i7=each.i7, i5=each.i5) for each in libraries]
    sets = [0] * len(barcodes)
    for one, other in combinations(range(len(barcodes)), 2):
        if clash(barcodes[one], barcodes[other]) is not None:
            sets[one] |= 1 << other
            sets[other] |= 1 << one
    return tuple(sets)


def _families(problem: Problem) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the family of each library, and for each family those that are kept apart from it."""
    rules = problem.mixing
    of_library = [family(each, rules) for each in problem.libraries]
    speaks_for = dict(zip(of_library, problem.libraries, strict=True))
    order = list(speaks_for)
    sets = [0] * len(order)
    for one, other in combinations(range(len(order)), 2):
        if why_apart(speaks_for[order[one]], speaks_for[order[other]], rules) is not None:
            sets[one] |= 1 << other
            sets[other] |= 1 << one
    return tuple(order.index(each) for each in of_library), tuple(sets)


def _light(index: str, cycles: int, sight: Sight) -> int:
    """Return the light of one index read; behind a shorter index the adapter lights everything."""
    colours = colours_of(sight)
    channels = sorted(channel.name for channel in colours.channels)
    found = 0
    for cycle in range(cycles):
        bits = 0b11
        if channels and cycle < len(index):
            bits = sum(1 << channels.index(name) for name in colours.lit(index[cycle]))
        found |= bits << 2 * cycle
    return found


def _pinned(problem: Problem, first_lane: Sequence[int]) -> dict[int, int]:
    libraries = {each.key: number for number, each in enumerate(problem.libraries)}
    slots = {each.key: number for number, each in enumerate(problem.slots)}
    return {
        libraries[pin.library]: first_lane[slots[pin.slot]] + pin.lane - 1 for pin in problem.pins
    }


def _kind(slot: Slot) -> _Kind:
    return (
        slot.instrument,
        slot.flow_cell,
        slot.configurations,
        slot.index_cycles,
        slot.lanes,
        slot.lane_reads_millions,
        slot.run_cost,
        slot.lane_cost,
        colours_of(slot.chemistry),
        slot.i5_reversed,
        round(slot.end - slot.start, 6),
    )
