"""Keys and closed vocabularies of storage."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

NodeId = NewType("NodeId", UUID)
PlacementId = NewType("PlacementId", UUID)
PlanId = NewType("PlanId", UUID)


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


class PlanState(StrEnum):
    """Where a placement plan stands."""

    REQUESTED = "requested"
    READY = "ready"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    FAILED = "failed"
    CANCELLED = "cancelled"
