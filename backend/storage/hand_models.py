"""Tubes in people's hands, and blocks of tubes that were moved together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.storage.ids import Conflict


class HandTrayItem(Base):
    """A tube out of its position, in one person's hand, on its way.

    The row goes with the next link of the tube's chain of custody, whoever writes that: placed,
    handed over, checked out, or ended (trigger custody_event_hand).
    """

    __tablename__ = "hand_tray_item"
    __table_args__ = (
        CheckConstraint(
            "(from_box_id IS NULL) = (from_row IS NULL)"
            " AND (from_box_id IS NULL) = (from_column IS NULL)",
            name="from_whole",
        ),
        Index("ix_hand_tray_item_user", "user_id", "taken_at"),
    )

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    user_id: Mapped[UUID]
    user_name: Mapped[str] = mapped_column(short_text())
    taken_at: Mapped[datetime]
    from_box_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"), default=None)
    """Where it stood; None for a tube that stood nowhere."""
    from_row: Mapped[int | None] = mapped_column(default=None)
    from_column: Mapped[int | None] = mapped_column(default=None)
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its person was told that it is out for long."""
    escalated_at: Mapped[datetime | None] = mapped_column(default=None)
    """When whoever answers for storage was told."""


class BlockMove(Base):
    """Tubes that were moved into a box in one step, and how the step is taken back."""

    __tablename__ = "block_move"
    __table_args__ = (Index("ix_block_move_box", "box_id", "moved_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    conflict: Mapped[Conflict] = mapped_column(text_enum(Conflict))
    steps: Mapped[list[Any]]
    """What changed for each tube (`block_steps.Step`), for taking it back."""
    moved_at: Mapped[datetime]
    moved_by: Mapped[UUID | None]
    moved_by_name: Mapped[str] = mapped_column(short_text())
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
