"""Which of a unit's sensors counts when, for sensors come and go. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A sensor in a unit; without ``since`` from the beginning, without ``until`` to this day."""

    sensor_id: UUID
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a sensor said from ``start`` until before ``end`` counts."""

    sensor_id: UUID
    start: datetime
    end: datetime


def turns(stays: Sequence[Stay], start: datetime, end: datetime) -> list[Turn]:
    """Return which sensor counts when from ``start`` to ``end``, oldest first, none beside another.

    ``stays`` are the one to be preferred first: each counts for as long as it stood there and none
    before it did. An instant at which none stood is in no turn.
    """
    found: list[Turn] = []
    free = [(start, end)]
    for stay in stays:
        left: list[tuple[datetime, datetime]] = []
        for since, until in free:
            first = since if stay.since is None else max(since, stay.since)
            last = until if stay.until is None else min(until, stay.until)
            if first >= last:
                left.append((since, until))
                continue
            found.append(Turn(sensor_id=stay.sensor_id, start=first, end=last))
            left += [(one, other) for one, other in ((since, first), (last, until)) if one < other]
        free = left
    return sorted(found, key=lambda each: each.start)
