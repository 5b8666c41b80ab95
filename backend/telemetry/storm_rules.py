"""Which alarms are one matter of power or network and are told of together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

STORM_WITHIN: Final = timedelta(minutes=2)
STORM_UNITS: Final = 3
"""DOMAIN 2h: so many units within two minutes are one matter of power or network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alarm that was told, or is about to be; ``storm_id`` None: it stands alone."""

    alarm_id: UUID
    unit_id: UUID
    at: datetime
    storm_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What belongs together; ``begins``: nobody has been told of it yet."""

    storm_id: UUID
    begins: bool


def storm_of(recent: Sequence[Told], new: Sequence[Told]) -> Storm | None:
    """Return the storm that new alarms belong to, None where each is a matter of its own.

    Three units within two minutes are one; whatever follows within two minutes of it joins.
    """
    if not new:
        return None
    at = max(each.at for each in new)
    near = [each for each in recent if at - each.at <= STORM_WITHIN]
    running = next((each.storm_id for each in near if each.storm_id is not None), None)
    if running is not None:
        return Storm(storm_id=running, begins=False)
    if len({each.unit_id for each in [*near, *new]}) >= STORM_UNITS:
        return Storm(storm_id=new[0].alarm_id, begins=True)
    return None
