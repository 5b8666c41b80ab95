"""What readers of custody receive."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backend.core.principal import UserId
from backend.custody.ids import (
    Arrival,
    Cause,
    CheckoutId,
    GapKind,
    IncomingId,
    IncomingState,
    OfferId,
    ShipmentId,
    ShipmentState,
)
from backend.samples.ids import MaterialType


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One change of hands."""

    number: int
    at: datetime
    cause: Cause
    from_label: str
    to_label: str
    condition: str
    temperature_c: float | None
    note: str
    seal: str
    document: str
    actor_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTube:
    """A tube in somebody's hands."""

    sample_id: UUID
    barcode: str
    name: str
    since: datetime
    cause: Cause
    is_offered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """An open hand-over with the tubes that wait for an answer."""

    id: OfferId
    from_id: UserId
    from_name: str
    to_id: UserId
    to_name: str
    condition: str
    note: str
    offered_at: datetime
    barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutView:
    """A tube that is out."""

    id: CheckoutId
    barcode: str
    name: str
    holder_id: UserId
    holder_name: str
    purpose: str
    out_at: datetime
    due_on: date
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """An open gap."""

    barcode: str
    kind: GapKind
    sentence: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyCounts:
    """How much each view of the custody page holds."""

    held: int
    waiting: int
    out: int
    overdue: int
    gaps: int
    shipments: int
    """Those that are not closed."""
    incoming: int
    """Parcels that are announced and not closed, and shipments under way between own sites."""
    late_shipments: int
    late_incoming: int
    """Parcels whose day has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody to whom tubes may be offered."""

    id: UserId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a run of the detector changed; ``late`` parcels were told of."""

    opened: int
    closed: int
    reminded: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLineView:
    """A tube on a packing list."""

    barcode: str
    name: str
    material: MaterialType
    volume_ul: Decimal | None
    arrival: Arrival | None
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentView:
    """A shipment; its lines are empty in a list."""

    id: ShipmentId
    code: str
    recipient: str
    condition: str
    state: ShipmentState
    carrier: str
    tracking: str
    seal: str
    document: str
    expected_on: date | None
    is_late: bool
    """It is under way and its day has passed."""
    from_site: str | None
    """The laboratory's own site that sends it; then ``recipient`` is another of its sites."""
    created_by_name: str
    samples: int
    arrived: int
    lines: tuple[ShipmentLineView, ...] = ()
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingLineView:
    """A tube that a sender named; ``barcode`` is that of the sample that carries its code."""

    code: str
    barcode: str | None
    arrival: Arrival | None
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingView:
    """A parcel from outside; its lines are empty in a list."""

    id: IncomingId
    code: str
    project: str
    sender: str
    carrier: str
    tracking: str
    seal: str
    document: str
    expected_on: date
    is_late: bool
    state: IncomingState
    created_by_name: str
    named: int
    arrived: int
    """How many have an outcome, whichever."""
    lines: tuple[IncomingLineView, ...] = ()
    over: tuple[str, ...] = ()
