"""What readers of hands and blocks receive."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.core.principal import UserId
from backend.samples.ids import SampleId
from backend.storage.ids import BlockId, NodeId
from backend.storage.rules import Position
from backend.storage.views import PlacementView

REMIND_AFTER = timedelta(minutes=60)
"""A tube out of its freezer for longer is told to whoever holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayItem:
    """A tube in somebody's hand and where it came from; None for one that stood nowhere."""

    sample_id: SampleId
    barcode: str
    taken_at: datetime
    from_path: str | None
    """Of the box, as it is called now."""
    from_position: str | None
    from_box_id: NodeId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandTray:
    """What one person has in hand, the longest first."""

    items: tuple[TrayItem, ...] = ()

    @property
    def oldest_at(self) -> datetime | None:
        """Since when something is in hand; None when nothing is."""
        return self.items[0].taken_at if self.items else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsTray(HandTray):
    """A tray with whose it is."""

    user_id: UserId
    user_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """A tube that stands where another is to go; what it is, only for those who may see it."""

    sample_id: SampleId | None
    barcode: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTarget:
    """Where a tube of a block would go, and which other tube stands there now."""

    sample_id: SampleId
    barcode: str
    position: Position
    occupant: Occupant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPreview:
    """Where each tube of a block would go, in the order asked for."""

    box_id: NodeId
    box_path: str
    targets: tuple[BlockTarget, ...]
    refusals: tuple[str, ...] = ()
    """Every rule that keeps one of the tubes out of the box, as sentences."""

    @property
    def conflicts(self) -> tuple[BlockTarget, ...]:
        """The targets where another tube stands."""
        return tuple(target for target in self.targets if target.occupant is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMoved:
    """What moving a block did; every sample of ``in_hand`` is in the mover's tray now."""

    block_id: BlockId
    box_path: str
    moved: tuple[PlacementView, ...]
    """The block, in the order asked for; tubes that stood there already are left out."""
    swapped: tuple[PlacementView, ...] = ()
    """Tubes that gave way and where they stand now."""
    in_hand: tuple[TrayItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockUndone:
    """A block that was taken back: how many tubes are where they were before."""

    box_path: str
    tubes: int
