"""What people pinned, as the planner takes it; and what of it cannot be kept, with the reason.

A pin to a lane is a place. A pin to a run without a lane, and a pin away from a run, bar the
library from slots; the planner chooses among those that are left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backend.sequencing.indexing.collisions import Barcode, clash
from backend.sequencing.planning.layout import READS_SLACK, cuts_index, may_read, overlap
from backend.sequencing.planning.mixing import why_apart
from backend.sequencing.planning.problem import Library, Pin, Problem, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A person's wish for a library: to a run, to a lane of it (from 1), or away from it.

    A run is any of ``slots``, which begin together with one flow cell each; with a lane it is the
    first of them that can be kept.
    """

    key: str
    library: str
    slots: tuple[str, ...]
    lane: int | None = None
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Unkept:
    """A wish that cannot be kept, and why."""

    key: str
    library: str
    why: str


def pin_libraries(problem: Problem, wishes: Sequence[Wish]) -> tuple[Problem, list[Unkept]]:
    """Return the problem with every wish that can be kept, earlier wishes first, and the others.

    Wishes for libraries that do not wait are passed over.
    """
    keeping = _Keeping(problem)
    unkept = []
    for wish in wishes:
        if wish.library not in keeping.libraries:
            continue
        why = keeping.add(wish)
        if why:
            unkept.append(Unkept(wish.key, wish.library, why))
    return keeping.pinned(), unkept


class _Keeping:
    """Takes one wish after the other, and refuses what those before it leave no room for."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.libraries = {each.key: each for each in problem.libraries}
        self.slots = {each.key: each for each in problem.slots}
        self.only: dict[str, frozenset[str]] = {}
        self.barred: dict[str, set[str]] = {}
        self.lanes: dict[str, tuple[str, int]] = {}
        for pin in problem.pins:
            self.only[pin.library] = frozenset({pin.slot})
            self.lanes[pin.library] = (pin.slot, pin.lane)

    def add(self, wish: Wish) -> str:
        """Keep a wish, or return why it cannot be kept."""
        slots = [self.slots[key] for key in wish.slots if key in self.slots]
        if not slots:
            return "" if wish.is_away else "the instrument is not free then"
        keys = frozenset(each.key for each in slots)
        if wish.is_away:
            only = self.only.get(wish.library)
            if only is not None and only <= keys:
                return "it is pinned to that very run"
            self.barred.setdefault(wish.library, set()).update(keys)
            return ""
        library = self.libraries[wish.library]
        whys = {each.key: self._cannot_go(library, each, wish.lane) for each in slots}
        fitting = [key for key, why in whys.items() if not why]
        if not fitting:
            return next(iter(whys.values()))
        if wish.lane is not None:
            fitting = fitting[:1]
            self.lanes[wish.library] = (fitting[0], wish.lane)
        self.only[wish.library] = frozenset(fitting)
        return ""

    def pinned(self) -> Problem:
        everywhere = frozenset(self.slots)
        libraries = tuple(
            replace(each, barred=self._barred(each.key, everywhere))
            for each in self.problem.libraries
        )
        pins = tuple(
            Pin(library=library, slot=slot, lane=lane)
            for library, (slot, lane) in self.lanes.items()
        )
        return replace(self.problem, libraries=libraries, pins=pins)

    def _barred(self, library: str, everywhere: frozenset[str]) -> frozenset[str]:
        only = self.only.get(library)
        if only is not None:
            return everywhere - only
        return frozenset(self.barred.get(library, set()))

    def _cannot_go(self, library: Library, slot: Slot, lane: int | None) -> str:
        others = [self.libraries[key] for key, at in self.only.items() if slot.key in at]
        reasons = (
            (
                "it is pinned to another run",
                slot.key not in self.only.get(library.key, {slot.key}),
            ),
            (
                "it is pinned away from that run",
                slot.key in self.barred.get(library.key, set()),
            ),
            (
                "it needs more reads than a lane there yields",
                library.reads_millions > slot.lane_reads_millions + READS_SLACK,
            ),
            ("no reagents of its flow cell read so many cycles", not may_read(library, slot)),
            (
                "its index, UMI included, takes more cycles than it reads",
                cuts_index(library, slot.index_cycles),
            ),
            (
                "the run is booked or pinned with another flow cell",
                any(self._shuts(slot, at) for at in self.only.values()),
            ),
            (
                "the run is booked or pinned for another read length",
                any(each.configuration != library.configuration for each in others),
            ),
        )
        why = next((said for said, holds in reasons if holds), "")
        return why or ("" if lane is None else self._cannot_share(library, slot, lane))

    def _shuts(self, slot: Slot, pinned: frozenset[str]) -> bool:
        """Say whether wherever something is pinned to, this slot cannot be used beside it."""
        return slot.key not in pinned and all(overlap(slot, self.slots[key]) for key in pinned)

    def _cannot_share(self, library: Library, slot: Slot, lane: int) -> str:
        if not 1 <= lane <= slot.lanes:
            return f"the instrument has no lane {lane}"
        if self.lanes.get(library.key, (slot.key, lane)) != (slot.key, lane):
            return "it is pinned to another lane"
        beside = [
            self.libraries[key]
            for key, at in self.lanes.items()
            if at == (slot.key, lane) and key != library.key
        ]
        if _clashes(library, beside):
            return "its indexes cannot be told apart from those of another library there"
        if any(why_apart(library, each, self.problem.mixing) for each in beside):
            return "it may not share a lane with another library there"
        reads = library.reads_millions + sum(each.reads_millions for each in beside)
        if reads > slot.lane_reads_millions + READS_SLACK:
            return "the lane would need more reads than it yields"
        return ""


def _clashes(library: Library, beside: Iterable[Library]) -> bool:
    return any(clash(_barcode(library), _barcode(each)) is not None for each in beside)


def _barcode(library: Library) -> Barcode:
    return Barcode(name=library.key, i7=library.i7, i5=library.i5)
