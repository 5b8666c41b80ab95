"""Decisions of the queue: which index pairs collide, and where a card may go. No I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from backend.sequencing.ids import RequestState, RunState

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

TOLD_APART_FROM = 3
"""Distance at which one mismatch on each side still leaves no doubt: 2·1 + 1 (DOMAIN 2c)."""

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

    @property
    def sentence(self) -> str:
        """Say which two, and how close."""
        apart = f"{self.distance_i7}"
        if self.distance_i5 is not None:
            apart += f" and {self.distance_i5}"
        bases = "base" if apart == "1" else "bases"
        return f"{self.first} and {self.second} differ by {apart} {bases}"


def is_index(text: str) -> bool:
    """Say whether ``text`` is an index sequence: 4 to 24 of A, C, G and T."""
    return bool(_DNA.fullmatch(text))


def distance(first: str, second: str) -> int:
    """Return the number of differing bases over the shorter of the two."""
    return sum(a != b for a, b in zip(first, second, strict=False))


def collision(first: IndexedLibrary, second: IndexedLibrary) -> Collision | None:
    """Return how two libraries of a lane collide, or None when they are told apart.

    Both indexes must be close; where one library has no second index only the first counts.
    """
    distance_i7 = distance(first.index_i7, second.index_i7)
    if distance_i7 >= TOLD_APART_FROM:
        return None
    if first.index_i5 is None or second.index_i5 is None:
        return Collision(first.name, second.name, distance_i7, None)
    distance_i5 = distance(first.index_i5, second.index_i5)
    if distance_i5 >= TOLD_APART_FROM:
        return None
    return Collision(first.name, second.name, distance_i7, distance_i5)


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
) -> list[str]:
    """Return every reason why a card may not go from ``state`` to ``to``; empty means it may.

    ``unusable`` are sentences about samples on hold or failed in quality control.
    """
    if to not in (neighbour(state, 1), neighbour(state, -1)):
        return [f"A card moves one column at a time, and {to.value} is not beside {state.value}."]
    reasons = {
        (RequestState.WAITING, RequestState.POOLED): [
            *(f"{each.sentence}. Give one of them another index." for each in colliding),
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
