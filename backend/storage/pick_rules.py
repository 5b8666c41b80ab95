"""In which order tubes are fetched, and how their lines are numbered. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, TypeAlias
from uuid import UUID

MOST_LINES: Final = 20_000
DOOR_LEFT_ALONE: Final = timedelta(minutes=5)
"""Without an answer for so long nobody is taken to stand before an open door; our own default."""
_DIGITS: Final = 12

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


def door_open_since(
    answers: Sequence[tuple[str, datetime]], unit: str, now: datetime
) -> datetime | None:
    """Return since when somebody has had a unit open, as their answers tell; None where it is not.

    ``answers`` are the unit and instant of each, the latest first. The door opened a little before
    the first of them: no sensor says when, and what a sensor says is on the unit's own page.
    """
    since, after = None, now
    for opened, at in answers:
        if opened != unit or after - at > DOOR_LEFT_ALONE:
            break
        since = after = at
    return since


def list_name(number: int) -> str:
    """What people call a pick list: PL-0042."""
    return f"PL-{number:04d}"


def list_number(name: str) -> int | None:
    """Return the number that a name says, however it is typed; None where it says none."""
    digits = name.strip().upper().removeprefix("PL-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS else None
