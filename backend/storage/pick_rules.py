"""In which order tubes are fetched, and how their lines are numbered. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias
from uuid import UUID

MOST_LINES: Final = 20_000

PlaceKey: TypeAlias = tuple[tuple[int, str], ...]
"""Sort order and label of every place from the site inwards to the box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a tube stands."""

    box: UUID
    row: int
    column: int


def place_key(box: UUID, nodes: Mapping[UUID, tuple[UUID | None, int, str]]) -> PlaceKey:
    """Return the way to a box, from ``nodes``: parent, sort order and label of each place."""
    way: list[tuple[int, str]] = []
    at: UUID | None = box
    while at is not None:
        at, order, label = nodes[at]
        way.append((order, label))
    return tuple(reversed(way))


def by_place(spots: Sequence[Spot], keys: Mapping[UUID, PlaceKey]) -> list[int]:
    """Return indexes into ``spots``: unit, shelf, rack, box, position. Each door opens once."""
    return sorted(
        range(len(spots)),
        key=lambda at: (keys[spots[at].box], spots[at].row, spots[at].column),
    )


def in_given_groups(spots: Sequence[Spot]) -> list[int]:
    """Return indexes into ``spots``: boxes as they were given, neighbours of a box by position.

    Who empties a unit knows what cannot wait; sorting by place would undo that.
    """
    order: list[int] = []
    for _, run in groupby(range(len(spots)), key=lambda at: spots[at].box):
        order.extend(sorted(run, key=lambda at: (spots[at].row, spots[at].column)))
    return order


def list_name(number: int) -> str:
    """What people call a pick list: PL-0042."""
    return f"PL-{number:04d}"
