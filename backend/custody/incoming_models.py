"""Parcels that are expected from outside, with what the sender says is in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.custody.ids import Arrival, IncomingState


class Incoming(Base):
    """A parcel from outside, from its announcement until each tube has an outcome."""

    __tablename__ = "incoming"
    __table_args__ = (
        CheckConstraint("(state = 'received') = (closed_at IS NOT NULL)", name="closed_with_time"),
        Index("ix_incoming_project", "project_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(Identity(), unique=True, init=False)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    """Whose samples they will be; who sees the project sees the parcel."""
    sender: Mapped[str] = mapped_column(short_text())
    carrier: Mapped[str] = mapped_column(short_text())
    tracking: Mapped[str] = mapped_column(short_text())
    seal: Mapped[str] = mapped_column(short_text())
    document: Mapped[str] = mapped_column(short_text())
    expected_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str] = mapped_column(short_text())
    state: Mapped[IncomingState] = mapped_column(
        text_enum(IncomingState), default=IncomingState.EXPECTED
    )
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    told_late_on: Mapped[date | None] = mapped_column(default=None)


class IncomingLine(Base):
    """A tube that the sender names, by a barcode or by a name."""

    __tablename__ = "incoming_line"
    __table_args__ = (
        CheckConstraint("(arrival IS NULL) = (arrived_at IS NULL)", name="arrived_with_time"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
    )

    incoming_id: Mapped[UUID] = mapped_column(ForeignKey("incoming.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """As in the sender's list, from one."""
    code: Mapped[str] = mapped_column(short_text(200))
    """The barcode or the name, as it was written."""
    arrival: Mapped[Arrival | None] = mapped_column(text_enum(Arrival), default=None)
    arrived_at: Mapped[datetime | None] = mapped_column(default=None)
    condition: Mapped[str] = mapped_column(short_text(300), default="")


class IncomingOver(Base):
    """A code that was scanned on arrival and that the sender did not name."""

    __tablename__ = "incoming_over"

    incoming_id: Mapped[UUID] = mapped_column(ForeignKey("incoming.id"), primary_key=True)
    code: Mapped[str] = mapped_column(short_text(64), primary_key=True)
    scanned_at: Mapped[datetime]
