"""Keys and closed vocabularies of storage."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

NodeId = NewType("NodeId", UUID)
PlacementId = NewType("PlacementId", UUID)
PlanId = NewType("PlanId", UUID)
RackScanId = NewType("RackScanId", UUID)
RelocationPlanId = NewType("RelocationPlanId", UUID)


class NodeKind(StrEnum):
    """Levels of the tree, from outside in."""

    SITE = "site"
    ROOM = "room"
    UNIT = "unit"
    SHELF = "shelf"
    RACK = "rack"
    BOX = "box"


class UnitStatus(StrEnum):
    """Whether a unit takes samples."""

    ACTIVE = "active"
    DEFROSTING = "defrosting"
    BACKUP = "backup"
    RETIRED = "retired"


class PlacementSource(StrEnum):
    """How a placement came to be known."""

    SCAN = "scan"
    MANUAL = "manual"
    IMPORT = "import"
    PLAN = "plan"
    API = "api"
    RACKSCAN = "rackscan"


class Doubt(StrEnum):
    """Why it is not sure that a sample stands where its placement says."""

    NO_READ = "no_read"
    """A scan of the rack could not read its position, or found another tube there."""
    SPILLED = "spilled"
    """The box fell; the tube has not been put back yet."""


class ScanState(StrEnum):
    """Where a rack scan stands."""

    DRAFT = "draft"
    COMMITTED = "committed"
    UNDONE = "undone"
    DISCARDED = "discarded"


class PlanState(StrEnum):
    """Where a placement plan stands."""

    REQUESTED = "requested"
    READY = "ready"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RelocationKind(StrEnum):
    """Why stored tubes are to change their places."""

    CONSOLIDATE = "consolidate"
    """To free boxes with few moves."""
    EVACUATE = "evacuate"
    """To save what stands in a failing unit."""
