"""Pick lists: tubes to fetch in the order of their places, and what became of each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.storage.ids import PickOutcome, PickPurpose, PickState


class PickList(Base):
    """Tubes that somebody is to fetch. Its row is held, before samples, by whoever answers."""

    __tablename__ = "pick_list"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_dated"),
        Index("ix_pick_list_state", "state", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(Identity(), unique=True, init=False)
    """What people call it."""
    title: Mapped[str] = mapped_column(short_text())
    purpose: Mapped[PickPurpose] = mapped_column(text_enum(PickPurpose))
    state: Mapped[PickState] = mapped_column(text_enum(PickState), default=PickState.OPEN)
    made_by: Mapped[UUID | None]
    made_by_name: Mapped[str] = mapped_column(short_text())
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)


class PickLine(Base):
    """One tube of a list: where it stood when the list was made, and what became of it."""

    __tablename__ = "pick_line"
    __table_args__ = (
        UniqueConstraint("list_id", "sample_id"),
        UniqueConstraint("list_id", "step"),
        CheckConstraint("(outcome IS NULL) = (at IS NULL)", name="outcome_dated"),
        CheckConstraint(
            "(to_row IS NULL) = (to_column IS NULL) AND (to_row IS NULL OR to_box_id IS NOT NULL)",
            name="destination_whole",
        ),
        Index("ix_pick_line_outcome", "list_id", "outcome"),
        Index("ix_pick_line_sample", "sample_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    list_id: Mapped[UUID] = mapped_column(ForeignKey("pick_list.id"))
    step: Mapped[int]
    """From 1, in the order in which doors are opened."""
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    from_box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    from_row: Mapped[int]
    from_column: Mapped[int]
    to_box_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"), default=None)
    """None: of a move, whatever box is scanned; else it is only taken out."""
    to_row: Mapped[int | None] = mapped_column(default=None)
    """None with a box: its first free position."""
    to_column: Mapped[int | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(short_text(300), default="", server_default="")
    """Why this tube, or why there; may be empty."""
    outcome: Mapped[PickOutcome | None] = mapped_column(text_enum(PickOutcome), default=None)
    outcome_reason: Mapped[str] = mapped_column(short_text(300), default="", server_default="")
    stay_id: Mapped[UUID | None] = mapped_column(ForeignKey("placement.id"), default=None)
    """The stay that the answer ended (picked), began (placed) or cast doubt on (short)."""
    by: Mapped[UUID | None] = mapped_column(default=None)
    by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    at: Mapped[datetime | None] = mapped_column(default=None)
