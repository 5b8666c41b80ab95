"""Where the tubes of a block go, and where those in their way can go instead. No I/O."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from backend.storage.ids import NodeId
from backend.storage.place_kinds import MOST_COLUMNS, MOST_ROWS
from backend.storage.rules import BoxShape, Position

MOST_TOGETHER: Final = MOST_ROWS * MOST_COLUMNS
"""Tubes of one step: all of the largest box there can be, and no more than a request does."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One position of one box."""

    box_id: NodeId
    position: Position


def choose_targets(
    shape: BoxShape,
    *,
    unusable: Collection[Position],
    occupied: Collection[Position],
    start: Position | None,
    count: int,
) -> tuple[Position, ...]:
    """Return ``count`` positions in fill order, fewer when fewer are left.

    From ``start`` on, those where a tube stands count, too: who asks decides what becomes of it.
    Without a start only free ones count. Blocked and reserved ones never do.
    """
    closed = frozenset(unusable) | (frozenset(occupied) if start is None else frozenset())
    usable = [
        position
        for position in shape.positions()
        if position not in closed and (start is None or position >= start)
    ]
    return tuple(usable[:count])


def swap_goals(
    displaced: Collection[Spot], sources: Mapping[Spot, Spot | None]
) -> dict[Spot, Spot | None]:
    """Return per spot whose tube must give way the spot that the block leaves free for it.

    ``sources`` says of every spot that the block fills where its tube came from: None where that
    was a hand, or nowhere. Within one box the block may fill what it leaves; then the way goes on
    to the spot that is really left. None where there is none. No two tubes get one spot.
    """
    goals: dict[Spot, Spot | None] = {}
    for spot in displaced:
        goal = sources[spot]
        while goal is not None and goal in sources:
            goal = sources[goal]
        goals[spot] = goal
    return goals
