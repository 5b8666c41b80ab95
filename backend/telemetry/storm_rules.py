"""Which alarms are one matter of power or network and are told of together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from backend.telemetry.common_rules import Numbers

Shared = Mapping[UUID, frozenset[str]]
"""What each unit has in common with others, its room and its power circuit, as words."""
NOWHERE: Final = frozenset({"nowhere"})
"""What units share of which nobody knows where they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alarm that was told, or is about to be; ``storm_id`` None: it stands alone."""

    alarm_id: UUID
    unit_id: UUID
    at: datetime
    storm_id: UUID | None = None
    shares: frozenset[str] = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What belongs together; ``begins``: nobody has been told of it yet.

    ``alarms`` are those that come to it now, of a storm that begins the earlier ones too.
    """

    storm_id: UUID
    begins: bool
    alarms: frozenset[UUID]


def storms_of(recent: Sequence[Told], new: Sequence[Told], numbers: Numbers) -> list[Storm]:
    """Return the storms that new alarms belong to; those of none are matters of their own.

    So many units that share a room or a circuit are one within so many minutes, as ``numbers``
    say; whoever shares it and follows as soon joins. Units of other rooms and circuits do not.
    ``recent`` are the alarms of the last minutes, and all of the storms that those belong to.
    """
    if not new:
        return []
    at = max(each.at for each in new)
    near = [each for each in recent if at - each.at <= numbers.storm_within]
    shared_by_storm = _shared_by_storm(recent, numbers)
    groups: list[list[Told]] = []
    for word in sorted({word for each in new for word in each.shares}):
        those = [each for each in [*near, *new] if word in each.shares]
        is_running = any(word in shared_by_storm.get(each.storm_id, ()) for each in those)
        if is_running or len({each.unit_id for each in those}) >= numbers.storm_units:
            groups.append(those)
    fresh = [each.alarm_id for each in new]
    return [_storm(group, fresh) for group in _united(groups)]


def _shared_by_storm(told: Sequence[Told], numbers: Numbers) -> dict[UUID | None, frozenset[str]]:
    """Return what makes each storm one: the words that enough of its units share."""
    found: dict[UUID | None, frozenset[str]] = {}
    for storm_id in {each.storm_id for each in told if each.storm_id is not None}:
        of_storm = [each for each in told if each.storm_id == storm_id]
        found[storm_id] = frozenset(
            word
            for word in {word for each in of_storm for word in each.shares}
            if len({each.unit_id for each in of_storm if word in each.shares})
            >= numbers.storm_units
        )
    return found


def _united(groups: Sequence[Sequence[Told]]) -> list[list[Told]]:
    """Return groups of which no two have an alarm in common."""
    found: list[dict[UUID, Told]] = []
    for group in groups:
        united = {each.alarm_id: each for each in group}
        apart = []
        for other in found:
            if other.keys() & united.keys():
                united = other | united
            else:
                apart.append(other)
        found = [*apart, united]
    return [list(each.values()) for each in found]


def _storm(group: Sequence[Told], fresh: Sequence[UUID]) -> Storm:
    ordered = sorted(group, key=lambda each: (each.at, each.alarm_id))
    running = next((each.storm_id for each in ordered if each.storm_id is not None), None)
    alone = frozenset(each.alarm_id for each in group if each.storm_id is None)
    # It is told in the place of a new alarm: of the others people have been told already.
    first = next(each for each in fresh if each in alone)
    return Storm(storm_id=running or first, begins=running is None, alarms=alone)
