"""Lots of reagents, and how many reactions are left of each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class ReagentLot(Base):
    """One delivery of a kit: what its box says, and what is left of it."""

    __tablename__ = "reagent_lot"
    __table_args__ = (
        CheckConstraint(
            "reactions_left BETWEEN 0 AND reactions_total", name="reactions_left_of_total"
        ),
        CheckConstraint("opened_on >= received_on", name="opened_after_receipt"),
        Index(
            "uq_reagent_lot_number",
            text("lower(catalogue_number)"),
            text("lower(lot)"),
            unique=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kit: Mapped[str] = mapped_column(short_text(120))
    catalogue_number: Mapped[str] = mapped_column(short_text(60))
    lot: Mapped[str] = mapped_column(short_text(60))
    expires_on: Mapped[date]
    """The last day on which it is good."""
    received_on: Mapped[date]
    opened_on: Mapped[date | None] = mapped_column(default=None)
    reactions_total: Mapped[int]
    reactions_left: Mapped[int]
    recorded_by_name: Mapped[str] = mapped_column(short_text())
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
