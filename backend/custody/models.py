"""The chain of custody, hand-overs, checkouts and what the gap detector found."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.custody.ids import (
    Answer,
    Arrival,
    Cause,
    GapKind,
    OfferState,
    PartyKind,
    ShipmentState,
)


class CustodyEvent(Base):
    """One link of a sample's chain: from whom, to whom, when, in what condition.

    Append-only, and each link begins where the one before it ended (21_custody.sql). Links of
    placements are written by a trigger there.
    """

    __tablename__ = "custody_event"
    __table_args__ = (
        UniqueConstraint("sample_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        Index("ix_custody_event_holder", "to_id", "sample_id"),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default_factory=new_id, server_default=text("gen_random_uuid()")
    )
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    number: Mapped[int]
    cause: Mapped[Cause] = mapped_column(text_enum(Cause))
    from_kind: Mapped[PartyKind] = mapped_column(text_enum(PartyKind, named="from_kind"))
    from_id: Mapped[UUID | None]
    from_label: Mapped[str] = mapped_column(short_text(330))
    """The name as it was then; a person may be renamed, a box moved."""
    to_kind: Mapped[PartyKind] = mapped_column(text_enum(PartyKind, named="to_kind"))
    to_id: Mapped[UUID | None]
    to_label: Mapped[str] = mapped_column(short_text(330))
    at: Mapped[datetime]
    condition: Mapped[str] = mapped_column(short_text(300), default="", server_default="")
    temperature_c: Mapped[float | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(short_text(500), default="", server_default="")
    seal: Mapped[str] = mapped_column(short_text(), default="", server_default="")
    """Of the parcel that it travelled in."""
    document: Mapped[str] = mapped_column(short_text(), default="", server_default="")
    """Of the paper that went with it, as a waybill or a permit."""
    actor_id: Mapped[UUID | None] = mapped_column(default=None)
    actor_name: Mapped[str] = mapped_column(short_text())


class CustodyOffer(Base):
    """Tubes that one person offers to another."""

    __tablename__ = "custody_offer"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="two_parties"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_with_time"),
        Index("ix_custody_offer_to", "to_id", postgresql_where=text("state = 'open'")),
        Index("ix_custody_offer_from", "from_id", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    from_name: Mapped[str] = mapped_column(short_text())
    to_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    to_name: Mapped[str] = mapped_column(short_text())
    condition: Mapped[str] = mapped_column(short_text(300), default="")
    note: Mapped[str] = mapped_column(short_text(500), default="")
    state: Mapped[OfferState] = mapped_column(text_enum(OfferState), default=OfferState.OPEN)
    offered_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class CustodyOfferLine(Base):
    """One tube of an offer, and the answer to it."""

    __tablename__ = "custody_offer_line"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_with_time"),
        Index("ix_custody_offer_line_sample", "sample_id"),
    )

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("custody_offer.id"), primary_key=True)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    answer: Mapped[Answer | None] = mapped_column(text_enum(Answer), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(short_text(300), default="")


class CustodyCheckout(Base):
    """A tube that somebody has for a purpose until a day; open until it is back."""

    __tablename__ = "custody_checkout"
    __table_args__ = (
        Index(
            "uq_custody_checkout_open",
            "sample_id",
            unique=True,
            postgresql_where=text("returned_at IS NULL"),
        ),
        Index("ix_custody_checkout_due", "due_on", postgresql_where=text("returned_at IS NULL")),
        CheckConstraint("returned_at >= out_at", name="returned_after_out"),
        CheckConstraint("used_ul >= 0", name="used_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    """Follows the tube when it is handed over; so does the duty to bring it back."""
    holder_name: Mapped[str] = mapped_column(short_text())
    purpose: Mapped[str] = mapped_column(short_text(300))
    out_at: Mapped[datetime]
    due_on: Mapped[date]
    box_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"), default=None)
    """Where it stood; None if it stood nowhere."""
    row: Mapped[int | None] = mapped_column(default=None)
    column: Mapped[int | None] = mapped_column(default=None)
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    used_ul: Mapped[Decimal | None] = mapped_column(default=None)
    """None: nobody said."""
    was_thawed: Mapped[bool | None] = mapped_column(default=None)
    """None: nobody said."""
    return_note: Mapped[str] = mapped_column(short_text(300), default="")
    reminded_on: Mapped[date | None] = mapped_column(default=None)


class CustodyFinding(Base):
    """A gap that the detector found, from when until when it saw it."""

    __tablename__ = "custody_finding"
    __table_args__ = (
        Index(
            "uq_custody_finding_open",
            "sample_id",
            "kind",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    kind: Mapped[GapKind] = mapped_column(text_enum(GapKind))
    sentence: Mapped[str] = mapped_column(short_text(400))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Shipment(Base):
    """Tubes that go to somebody, from the first scan until each has an outcome."""

    __tablename__ = "shipment"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('shipped', 'received')) = (shipped_at IS NOT NULL)",
            name="shipped_with_time",
        ),
        CheckConstraint(
            "num_nulls(from_site_id, to_site_id) IN (0, 2)"
            " AND (from_site_id IS NULL OR from_site_id <> to_site_id)",
            name="between_two_sites",
        ),
        CheckConstraint("(state = 'received') = (closed_at IS NOT NULL)", name="closed_with_time"),
        CheckConstraint("shipped_at IS NULL OR carrier <> ''", name="shipped_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(Identity(), unique=True, init=False)
    recipient: Mapped[str] = mapped_column(short_text())
    condition: Mapped[str] = mapped_column(short_text(300), default="")
    """As dry ice, 10 kg."""
    state: Mapped[ShipmentState] = mapped_column(
        text_enum(ShipmentState), default=ShipmentState.DRAFT
    )
    carrier: Mapped[str] = mapped_column(short_text(), default="")
    tracking: Mapped[str] = mapped_column(short_text(), default="")
    seal: Mapped[str] = mapped_column(short_text(), default="")
    document: Mapped[str] = mapped_column(short_text(), default="")
    """Reference of the paper that goes with it, as a waybill or a transfer agreement."""
    expected_on: Mapped[date | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str] = mapped_column(short_text())
    from_site_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"), default=None)
    """Of the laboratory's own; None where it goes to somebody else."""
    to_site_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"), default=None)
    told_late_on: Mapped[date | None] = mapped_column(default=None)
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class ShipmentLine(Base):
    """A tube on the packing list and what became of it."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        CheckConstraint("(arrival IS NULL) = (arrived_at IS NULL)", name="arrived_with_time"),
        Index("ix_shipment_line_sample", "sample_id"),
    )

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    arrival: Mapped[Arrival | None] = mapped_column(text_enum(Arrival), default=None)
    arrived_at: Mapped[datetime | None] = mapped_column(default=None)
    condition: Mapped[str] = mapped_column(short_text(300), default="")


class ShipmentOver(Base):
    """A code that was scanned on arrival and is not on the packing list."""

    __tablename__ = "shipment_over"

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    code: Mapped[str] = mapped_column(short_text(64), primary_key=True)
    scanned_at: Mapped[datetime]
