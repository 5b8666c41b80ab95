"""Plans to move stored tubes, and what whole boxes have moved."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.storage.ids import PlanState, RelocationKind


class RelocationPlan(Base):
    """A proposal to free boxes or to empty a failing unit; nothing moves until a person accepts."""

    __tablename__ = "relocation_plan"
    __table_args__ = (Index("ix_relocation_plan_unit", "unit_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"))
    kind: Mapped[RelocationKind] = mapped_column(text_enum(RelocationKind))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    scope: Mapped[dict[str, Any]]
    """As `relocating` wrote it: ``boxes_to_free``, ``box_ids``, ``to_other_units``."""
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(short_text())
    state: Mapped[PlanState] = mapped_column(text_enum(PlanState), default=PlanState.REQUESTED)
    incident_id: Mapped[UUID | None] = mapped_column(default=None)
    """The incident that asks for the evacuation; incidents stand above storage, so no key."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    ready_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    objective_moves: Mapped[int | None] = mapped_column(default=None)
    bound_moves: Mapped[int | None] = mapped_column(default=None)
    """No plan that frees as many boxes needs fewer moves; None for evacuations."""
    summary: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    pick_list_id: Mapped[UUID | None] = mapped_column(default=None)
    """The list by which the accepted tubes are carried."""


class RelocationMove(Base):
    """One line: a tube into a position, or a whole box into a rack; and what became of it."""

    __tablename__ = "relocation_move"
    __table_args__ = (
        Index("ix_relocation_move_plan", "plan_id", "step", unique=True),
        CheckConstraint("(sample_id IS NULL) = (to_rack_id IS NOT NULL)", name="tube_or_box"),
        CheckConstraint("(sample_id IS NULL) = (to_box_id IS NULL)", name="tube_into_box"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("relocation_plan.id"))
    step: Mapped[int]
    from_box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    reasons: Mapped[list[Any]]
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("sample.id"), default=None)
    from_row: Mapped[int | None] = mapped_column(default=None)
    from_column: Mapped[int | None] = mapped_column(default=None)
    to_box_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"), default=None)
    to_row: Mapped[int | None] = mapped_column(default=None)
    to_column: Mapped[int | None] = mapped_column(default=None)
    to_rack_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"), default=None)
    tubes: Mapped[int] = mapped_column(default=1)
    """How many move with this line."""
    outcome: Mapped[str | None] = mapped_column(short_text(300), default=None)
    """None while open; ``listed``, ``agreed``, ``moved``, ``declined``, or why it cannot be."""


class BoxMove(Base):
    """A whole box that went from one rack to another.

    Its tubes' stays are the box's, so where a tube stood at a time is: its stay's box, where this
    table says that the box stood then.
    """

    __tablename__ = "box_move"
    __table_args__ = (Index("ix_box_move_box", "box_id", "moved_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    from_unit_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    from_path: Mapped[str] = mapped_column(short_text(300))
    from_order: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Where it stood among the boxes of its rack."""
    to_unit_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    to_path: Mapped[str] = mapped_column(short_text(300))
    moved_at: Mapped[datetime]
    moved_by: Mapped[UUID | None]
    moved_by_name: Mapped[str] = mapped_column(short_text())
    tubes: Mapped[int]
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("relocation_plan.id"), default=None)
