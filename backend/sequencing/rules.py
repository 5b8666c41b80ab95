"""Decisions of the queue: which index pairs collide, and where a card may go. No I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from backend.sequencing.ids import RequestState, RunState
from backend.sequencing.indexing.collisions import Barcode, clash

BOARD = (
    RequestState.WAITING,
    RequestState.POOLED,
    RequestState.PLANNED,
    RequestState.RUNNING,
    RequestState.DEMULTIPLEXED,
    RequestState.QC,
    RequestState.DONE,
)
"""Columns from left to right."""

_DNA = re.compile(r"[ACGT]{4,24}")


@dataclass(frozen=True, slots=True)
class IndexedLibrary:
    """A library and the index pair it carries; ``index_i5`` is None for a single index."""

    name: str
    index_i7: str
    index_i5: str | None


@dataclass(frozen=True, slots=True)
class Collision:
    """Two libraries of one lane whose reads cannot be told apart."""

    first: str
    second: str
    distance_i7: int
    distance_i5: int | None
    cycles_i7: int
    """Cycles that both have and that are compared."""
    cycles_i5: int | None
    needed: int
    """Cycles of one of the two indexes that would have to differ."""

    @property
    def sentence(self) -> str:
        """Say which two, in how many of the cycles they differ, and how many are needed."""
        told = f"i7 differs in {self.distance_i7} of {self.cycles_i7} cycles"
        needed = f"{self.needed} are needed"
        if self.distance_i5 is not None:
            told += f" and i5 in {self.distance_i5} of {self.cycles_i5}"
            needed += " in one of them"
        return f"{self.first} and {self.second} cannot be told apart: {told}, {needed}"


def is_index(text: str) -> bool:
    """Say whether ``text`` is an index sequence: 4 to 24 of A, C, G and T."""
    return bool(_DNA.fullmatch(text))


def collision(first: IndexedLibrary, second: IndexedLibrary) -> Collision | None:
    """Return how two libraries of a lane collide, or None when they are told apart.

    The index engine judges, with one mismatch allowed on each side: both indexes must be close;
    where one library has no second index only the first counts.
    """
    one, other = _barcode(first), _barcode(second)
    found = clash(one, other)
    if found is None:
        return None
    is_dual = found.distance_i5 is not None
    return Collision(
        first.name,
        second.name,
        found.distance_i7 or 0,
        found.distance_i5,
        cycles_i7=min(len(one.i7), len(other.i7)),
        cycles_i5=min(len(one.i5), len(other.i5)) if is_dual else None,
        needed=one.mismatches_i7 + other.mismatches_i7 + 1,
    )


def collisions(libraries: Sequence[IndexedLibrary]) -> list[Collision]:
    """Return every colliding pair of a lane, in the order of the libraries."""
    return [found for pair in combinations(libraries, 2) if (found := collision(*pair)) is not None]


def neighbour(state: RequestState, step: int) -> RequestState | None:
    """Return the column ``step`` (−1 or 1) beside a card's, or None at the edge and off it."""
    if state not in BOARD:
        return None
    index = BOARD.index(state) + step
    return BOARD[index] if 0 <= index < len(BOARD) else None


def column_of(
    now: RequestState, *, pooled: bool, loaded: bool, runs: Sequence[RunState]
) -> RequestState:
    """Return the column a request belongs in by where its libraries stand.

    ``pooled``: every library is in a ready pool; ``loaded``: every one is on a lane of a run that
    is planned, running or finished; ``runs``: the states of those runs. What people decide after
    the last run stays as it is.
    """
    if not pooled:
        return RequestState.WAITING
    if RunState.RUNNING in runs:
        return RequestState.RUNNING
    if not loaded:
        return RequestState.POOLED
    if RunState.PLANNED in runs:
        return RequestState.PLANNED
    after = (RequestState.QC, RequestState.DONE)
    return now if now in after else RequestState.DEMULTIPLEXED


def refusals(
    state: RequestState,
    to: RequestState,
    *,
    colliding: Sequence[Collision],
    unusable: Sequence[str],
    mends: Sequence[str] = (),
) -> list[str]:
    """Return every reason why a card may not go from ``state`` to ``to``; empty means it may.

    ``unusable`` are sentences about samples on hold or failed in quality control, ``mends`` the
    smallest changes of indexes that would tell the libraries apart, where there are any.
    """
    if to not in (neighbour(state, 1), neighbour(state, -1)):
        return [f"A card moves one column at a time, and {to.value} is not beside {state.value}."]
    reasons = {
        (RequestState.WAITING, RequestState.POOLED): [
            *(f"{each.sentence}." for each in colliding),
            *((mends or ["Give one of them another index."]) if colliding else []),
            *unusable,
        ],
        (RequestState.POOLED, RequestState.PLANNED): [
            "A pool is planned by giving it an instrument and a time: use “Plan run”."
        ],
        (RequestState.PLANNED, RequestState.RUNNING): list(unusable),
        (RequestState.RUNNING, RequestState.PLANNED): [
            "The run has started. What is on the flow cell cannot be taken back."
        ],
        (RequestState.DEMULTIPLEXED, RequestState.RUNNING): [
            "The run has ended. Ask for the libraries to be sequenced again instead."
        ],
    }
    return reasons.get((state, to), [])


def _barcode(library: IndexedLibrary) -> Barcode:
    return Barcode(name=library.name, i7=library.index_i7, i5=library.index_i5 or "")
