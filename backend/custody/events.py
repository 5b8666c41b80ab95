"""Facts about who holds what."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesOffered:
    """Somebody offered tubes to somebody."""

    TYPE: ClassVar[str] = "custody.samples_offered"
    AGGREGATE: ClassVar[str] = "custody_offer"

    aggregate_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    samples: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined:
    """The receiver did not take tubes; they stay with the giver."""

    TYPE: ClassVar[str] = "custody.offer_declined"
    AGGREGATE: ClassVar[str] = "custody_offer"

    aggregate_id: UUID
    from_id: UUID
    to_name: str
    samples: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """The giver took an offer back."""

    TYPE: ClassVar[str] = "custody.offer_withdrawn"
    AGGREGATE: ClassVar[str] = "custody_offer"

    aggregate_id: UUID
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleHandedOver:
    """A tube went from one person to another; both said so."""

    TYPE: ClassVar[str] = "custody.sample_handed_over"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    offer_id: UUID
    from_name: str
    to_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCheckedOut:
    """Somebody took a tube for a purpose, until a day."""

    TYPE: ClassVar[str] = "custody.sample_checked_out"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    checkout_id: UUID
    holder_name: str
    purpose: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReturned:
    """A tube came back; ``used_ul`` and ``was_thawed`` are what was said of it."""

    TYPE: ClassVar[str] = "custody.sample_returned"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    checkout_id: UUID
    used_ul: str
    was_thawed: bool
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOverdue:
    """A checkout passed its day; told once a day until the tube is back."""

    TYPE: ClassVar[str] = "custody.return_overdue"
    AGGREGATE: ClassVar[str] = "custody_checkout"

    aggregate_id: UUID
    holder_id: UUID
    barcode: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLate:
    """A parcel's day passed and it is not here; told once a day until it is closed.

    ``people``: who sent or announced it, and who owns the project that it is for.
    """

    TYPE: ClassVar[str] = "custody.parcel_late"
    AGGREGATE: ClassVar[str] = "parcel"

    aggregate_id: UUID
    code: str
    page: str
    party: str
    expected_on: str
    people: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsFound:
    """The detector found gaps that were not there before."""

    TYPE: ClassVar[str] = "custody.gaps_found"
    AGGREGATE: ClassVar[str] = "custody_watch"

    aggregate_id: UUID
    opened: int
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectGapsFound:
    """The detector found gaps in one project; each gap is told once, when it opens."""

    TYPE: ClassVar[str] = "custody.project_gaps_found"
    AGGREGATE: ClassVar[str] = "project"

    aggregate_id: UUID
    owner_id: UUID
    project: str
    opened: int
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentOpened:
    """Somebody began a packing list."""

    TYPE: ClassVar[str] = "custody.shipment_opened"
    AGGREGATE: ClassVar[str] = "shipment"

    aggregate_id: UUID
    code: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentMoved:
    """A shipment was packed, handed to its carrier, or closed."""

    TYPE: ClassVar[str] = "custody.shipment_moved"
    AGGREGATE: ClassVar[str] = "shipment"

    aggregate_id: UUID
    code: str
    state: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePacked:
    """A tube was laid into a shipment, or taken out of it again."""

    TYPE: ClassVar[str] = "custody.sample_packed"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    shipment: str
    is_packed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArrived:
    """What became of a tube of a shipment."""

    TYPE: ClassVar[str] = "custody.sample_arrived"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    shipment: str
    arrival: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOver:
    """A code was scanned on arrival that is not on the packing list."""

    TYPE: ClassVar[str] = "custody.code_over"
    AGGREGATE: ClassVar[str] = "shipment"

    aggregate_id: UUID
    shipment: str
    scanned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAnnounced:
    """Somebody outside sends tubes."""

    TYPE: ClassVar[str] = "custody.incoming_announced"
    AGGREGATE: ClassVar[str] = "incoming"

    aggregate_id: UUID
    code: str
    sender: str
    named: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingScanned:
    """A code was scanned on arrival; ``arrival`` is over where the sender did not name it."""

    TYPE: ClassVar[str] = "custody.incoming_scanned"
    AGGREGATE: ClassVar[str] = "incoming"

    aggregate_id: UUID
    code: str
    scanned: str
    arrival: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingClosed:
    """Every tube of a parcel from outside has an outcome."""

    TYPE: ClassVar[str] = "custody.incoming_closed"
    AGGREGATE: ClassVar[str] = "incoming"

    aggregate_id: UUID
    code: str
    short: int
