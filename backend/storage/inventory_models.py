"""Physical audits: what was drawn, what was seen in each box, and what errors led to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.storage.ids import (
    CheckMethod,
    CheckState,
    InventoryLevel,
    InventoryPurpose,
    InventoryState,
)


class InventoryAudit(Base):
    """A look at part of what stands in some units, drawn so that it can be drawn again."""

    __tablename__ = "inventory_audit"
    __table_args__ = (
        CheckConstraint("share > 0 AND share <= 1", name="share_is_part"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_dated"),
        Index("ix_inventory_audit_created", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    title: Mapped[str] = mapped_column(short_text(120))
    purpose: Mapped[InventoryPurpose] = mapped_column(text_enum(InventoryPurpose))
    strata: Mapped[dict[str, Any]]
    """Per unit's label how many boxes it held and how many of them were drawn."""
    share: Mapped[float]
    seed: Mapped[int]
    tubes_per_box: Mapped[int | None] = mapped_column(default=None)
    """How many tubes of a drawn box are looked at; None for all."""
    started_by: Mapped[UUID | None]
    started_by_name: Mapped[str] = mapped_column(short_text())
    state: Mapped[InventoryState] = mapped_column(
        text_enum(InventoryState), default=InventoryState.OPEN
    )
    escalations: Mapped[list[Any]] = mapped_column(default_factory=list)
    """What errors led to (`inventory_views.Escalation`), oldest first."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    closing_note: Mapped[str | None] = mapped_column(short_text(500), default=None)


class InventoryCheck(Base):
    """One box of a physical audit: what was read in it, and what that meant."""

    __tablename__ = "inventory_check"
    __table_args__ = (
        UniqueConstraint("audit_id", "box_id"),
        CheckConstraint("correct >= 0 AND correct <= checked", name="correct_are_checked"),
        CheckConstraint("(state = 'done') = (checked_at IS NOT NULL)", name="done_dated"),
        CheckConstraint("(state = 'done') = (method IS NOT NULL)", name="done_somehow"),
        Index("ix_inventory_check_audit", "audit_id", "state", "step"),
        Index("ix_inventory_check_unit", "unit_id", "checked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("inventory_audit.id"))
    box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    unit_id: Mapped[UUID]
    rack_id: Mapped[UUID | None]
    step: Mapped[int]
    """Place in the walk: unit by unit, shelf by shelf."""
    level: Mapped[InventoryLevel] = mapped_column(text_enum(InventoryLevel))
    positions: Mapped[list[Any] | None] = mapped_column(default=None)
    """Labels of the drawn positions; None where the whole box is looked at."""
    reads: Mapped[list[Any]] = mapped_column(
        default_factory=list, server_default=text("'[]'::jsonb")
    )
    """What was read tube by tube (`scanning.reading.TubeRead`), while the check is open too."""
    lines: Mapped[list[Any]] = mapped_column(
        default_factory=list, server_default=text("'[]'::jsonb")
    )
    """The verdicts (`scanning.verdicts.ScanLine`), without those of positions that stay empty."""
    state: Mapped[CheckState] = mapped_column(text_enum(CheckState), default=CheckState.OPEN)
    method: Mapped[CheckMethod | None] = mapped_column(text_enum(CheckMethod), default=None)
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("rack_scan.id"), default=None)
    """The rack scan whose file was judged; its bytes are kept with it."""
    checked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    correct: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    unread: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    checked_by: Mapped[UUID | None] = mapped_column(default=None)
    checked_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
