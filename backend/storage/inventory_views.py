"""What readers of physical audits receive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.storage.ids import (
    CheckMethod,
    CheckState,
    InventoryAuditId,
    InventoryCheckId,
    InventoryLevel,
    InventoryPurpose,
    InventoryState,
    NodeId,
    RackScanId,
)
from backend.storage.inventory_rules import Tally
from backend.storage.scanning.verdicts import ScanLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Why more was looked at than had been drawn; ``added`` boxes came in."""

    level: InventoryLevel
    path: str
    why: str
    added: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InventorySummary:
    """One line of the list of audits."""

    id: InventoryAuditId
    title: str
    purpose: InventoryPurpose
    state: InventoryState
    created_at: datetime
    started_by_name: str
    boxes: int
    done: int
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A box of an audit. ``lines`` are empty for who may not see every tube of it."""

    id: InventoryCheckId
    box_id: NodeId
    path: str
    level: InventoryLevel
    state: CheckState
    method: CheckMethod | None
    positions: tuple[str, ...] | None
    """Those that were drawn, in fill order; None: every tube of the box."""
    tally: Tally
    lines: tuple[ScanLine, ...]
    scan_id: RackScanId | None
    checked_at: datetime | None
    checked_by_name: str | None

    @property
    def is_part(self) -> bool:
        """Say whether only some tubes of the box are looked at."""
        return self.positions is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """The box that is looked at: what is asked of it, and how far it is."""

    check: CheckView
    is_loose: bool
    """A bag or a drawer: its tubes have numbers that stand nowhere on them, and are read as they
    come."""
    asked: tuple[str, ...]
    """Positions that are to be read, in fill order."""
    read: Mapping[str, str]
    """Position to what was read there: a barcode, or empty for nothing or no code."""

    @property
    def left(self) -> tuple[str, ...]:
        """Positions that are still to be read."""
        return tuple(position for position in self.asked if position not in self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryView:
    """An audit with how far it is; its boxes come page by page (`inventory_queries.checks`)."""

    id: InventoryAuditId
    title: str
    purpose: InventoryPurpose
    state: InventoryState
    share: float
    seed: int
    tubes_per_box: int | None
    strata: Mapping[str, tuple[int, int]]
    """Per unit's label how many boxes it held and how many of them were drawn."""
    created_at: datetime
    started_by_name: str
    closed_at: datetime | None
    closed_by_name: str | None
    closing_note: str | None
    escalations: tuple[Escalation, ...]
    boxes: int
    done: int
    tally: Tally
    by_unit: Mapping[str, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What reading one position did, and which one is next."""

    position: str
    next_position: str
    """Empty when every position has been read."""
    left: int
    also_at: str
    """Another position where the same code was read; empty as a rule."""
