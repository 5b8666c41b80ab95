"""Decisions of the queue: what an index is, and where a card may go. No I/O."""

import re
from collections.abc import Sequence

from backend.sequencing.ids import RequestState, RunState
from backend.sequencing.indexing.collisions import Clash

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


def is_index(text: str) -> bool:
    """Say whether ``text`` is an index sequence: 4 to 24 of A, C, G and T."""
    return bool(_DNA.fullmatch(text))


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
    colliding: Sequence[Clash],
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
