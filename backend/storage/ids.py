"""Keys and closed vocabularies of storage."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

NodeId = NewType("NodeId", UUID)
PlacementId = NewType("PlacementId", UUID)
PlanId = NewType("PlanId", UUID)
RackScanId = NewType("RackScanId", UUID)
RelocationPlanId = NewType("RelocationPlanId", UUID)
BlockId = NewType("BlockId", UUID)
PickListId = NewType("PickListId", UUID)
PickLineId = NewType("PickLineId", UUID)
InventoryAuditId = NewType("InventoryAuditId", UUID)
InventoryCheckId = NewType("InventoryCheckId", UUID)
UnitTypeId = NewType("UnitTypeId", UUID)


class NodeKind(StrEnum):
    """Kinds of places, from outside in; what each may hold says place_kinds.py."""

    SITE = "site"
    ROOM = "room"
    UNIT = "unit"
    SHELF = "shelf"
    RACK = "rack"
    STACK = "stack"
    """Boxes one upon the other: the towers of a chest freezer, the canisters of a dewar."""
    DRAWER = "drawer"
    BOX = "box"
    PLATE = "plate"
    BAG = "bag"
    """Tubes without positions: in a bag, or loose in a drawer or on a shelf."""


class Numbering(StrEnum):
    """How a box names its positions: what is printed on its lid."""

    LETTERS = "letters"
    """Letters for rows, numbers for columns: A1 to J10, A1 to P24."""
    ROWS = "rows"
    """Running numbers, row by row: 1 to 9 in the first row of a 9 x 9 box, 10 to 18 in the next."""
    COLUMNS = "columns"
    """Running numbers, column by column, as the slots of some racks are counted."""


class UnitStatus(StrEnum):
    """Whether a unit takes samples."""

    ACTIVE = "active"
    DEFROSTING = "defrosting"
    BACKUP = "backup"
    RETIRED = "retired"


class LooseIn(StrEnum):
    """Where units of a type come with a place for tubes without a grid."""

    NOWHERE = "nowhere"
    OUTERMOST = "outermost"
    """One on each shelf, or whatever the unit is divided into first."""
    INNERMOST = "innermost"
    """One in each rack, or whatever its boxes stand in."""


class PlaceLabels(StrEnum):
    """How alike places side by side are called, from the left or from the front."""

    LETTERS = "letters"
    NUMBERS = "numbers"


class PlacementSource(StrEnum):
    """How a placement came to be known."""

    SCAN = "scan"
    MANUAL = "manual"
    IMPORT = "import"
    PLAN = "plan"
    API = "api"
    RACKSCAN = "rackscan"


class Conflict(StrEnum):
    """What becomes of tubes that stand where a block of tubes is to go."""

    REFUSE = "refuse"
    SWAP = "swap"
    """They go to the positions that the block leaves."""
    TRAY = "tray"
    """They go into the hand of whoever moves the block."""


class Doubt(StrEnum):
    """Why it is not sure that a sample stands where its placement says."""

    NO_READ = "no_read"
    """A scan of the rack could not read its position, or found another tube there."""
    SPILLED = "spilled"
    """The box fell; the tube has not been put back yet."""
    NOT_FOUND = "not_found"
    """Somebody who was to pick it did not find it there."""


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
    ACCEPTING = "accepting"
    """It is ready, and a worker places its samples: told of its row, never written there."""
    ACCEPTED = "accepted"
    TAKING_BACK = "taking_back"
    """It was accepted, and a worker takes its samples out again: told, never written."""
    DISMISSED = "dismissed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RelocationKind(StrEnum):
    """Why stored tubes are to change their places."""

    CONSOLIDATE = "consolidate"
    """To free boxes with few moves."""
    EVACUATE = "evacuate"
    """To save what stands in a failing unit."""


class PickPurpose(StrEnum):
    """What becomes of the tubes of a pick list."""

    TAKE_OUT = "take_out"
    MOVE = "move"
    EVACUATE = "evacuate"
    WORKLIST = "worklist"
    """They go to a pipetting robot."""

    @property
    def moves(self) -> bool:
        """Whether tubes go from one position to another, so that each is scanned twice."""
        return self in {PickPurpose.MOVE, PickPurpose.EVACUATE}


class PickState(StrEnum):
    """Where a pick list stands."""

    OPEN = "open"
    DONE = "done"
    """Every line has an answer."""
    CLOSED = "closed"
    """A person ended it; lines without an answer were left."""


class PickOutcome(StrEnum):
    """What became of a line of a pick list."""

    PICKED = "picked"
    """Taken out; of a move: in somebody's hand, on its way."""
    PLACED = "placed"
    SHORT = "short"
    SKIPPED = "skipped"


class ShortReason(StrEnum):
    """Why a tube could not be picked."""

    NOT_FOUND = "not_found"
    EMPTY = "empty"
    DAMAGED = "damaged"
    WRONG_TUBE = "wrong_tube"

    @property
    def speaks_against(self) -> bool:
        """Whether it says that the tube does not stand where it is recorded."""
        return self is not ShortReason.DAMAGED


class InventoryPurpose(StrEnum):
    """What a physical audit is held for; it decides how large a share is looked at."""

    PERIODIC = "periodic"
    MOVED_UNSEALED = "moved_unsealed"
    """After a move that a freezer's failure forced, boxes without a seal."""
    MOVED_SEALED = "moved_sealed"
    """The same, boxes under a tamper-evident seal: the seal is looked at first."""


class InventoryState(StrEnum):
    """Where a physical audit stands."""

    OPEN = "open"
    CLOSED = "closed"


class InventoryLevel(StrEnum):
    """How much is looked at, and why: what the sample asked for, and what errors made of it."""

    TUBES = "tubes"
    """Some tubes of a box of the sample."""
    BOX = "box"
    """All tubes of a box."""
    RACK = "rack"
    """All boxes of a rack in which there were errors."""
    UNIT = "unit"
    """All boxes of a unit in which there were errors."""


class CheckState(StrEnum):
    """Whether a box of a physical audit has been looked at."""

    OPEN = "open"
    DONE = "done"


class CheckMethod(StrEnum):
    """How a box of a physical audit was looked at."""

    RACK_SCAN = "rack_scan"
    TUBES = "tubes"
    SEAL = "seal"
    """Its seal was whole, so nobody opened it."""
    ABSENT = "absent"
    """It was not where it is recorded."""
