"""Keys and closed vocabularies of incidents."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

IncidentId = NewType("IncidentId", UUID)
ItemId = NewType("ItemId", UUID)


class IncidentKind(StrEnum):
    """Whether one unit is concerned or what several share."""

    UNIT = "unit"
    SITE_POWER = "site_power"
    """Several units at once: look at the power before the units."""


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    CONTAINED = "contained"
    """Every unit is back in its range; people have not closed it yet."""
    CLOSED = "closed"
    MERGED = "merged"
    """Went into another incident, which has everything that this one had."""


class HoldState(StrEnum):
    """What became of the proposal to hold an item."""

    NONE = "none"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Disposition(StrEnum):
    """What becomes of what stood there, as the one who closes says."""

    NO_IMPACT = "no_impact"
    USE_RESTRICTED = "use_restricted"
    RETEST = "retest"
    DISCARD = "discard"
    DECIDED_BY_SAMPLE = "decided_by_sample"


class ReadingsFrom(StrEnum):
    """What an exposure was reckoned from."""

    READINGS = "readings"
    FIVE_MINUTES = "five_minutes"
    HOURS = "hours"
    NOTHING = "nothing"


class ItemOrder(StrEnum):
    """In which order items are listed."""

    EXPOSURE = "exposure"
    PLACE = "place"
