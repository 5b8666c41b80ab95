"""Scans of racks: the file, what it said, what that meant for the box, and what was done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.storage.ids import ScanState


class RackScan(Base):
    """A scanner's file compared with one box. Nothing moves until a person commits it."""

    __tablename__ = "rack_scan"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("(state = 'draft') = (closed_at IS NULL)", name="closed_dated"),
        Index("ix_rack_scan_box", "box_id", "created_at"),
        Index("ix_rack_scan_sha256", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"))
    """The bytes as the scanner wrote them."""
    file_name: Mapped[str] = mapped_column(short_text(255))
    sha256: Mapped[str] = mapped_column(short_text(64))
    reads: Mapped[dict[str, Any]]
    """What the file says (`scanning.reading.RackFile`), so that the box can be compared again."""
    lines: Mapped[list[Any]]
    """The verdicts that the person looks at (`scanning.verdicts.ScanLine`)."""
    left_out: Mapped[list[Any]] = mapped_column(
        default_factory=list, server_default=text("'[]'::jsonb")
    )
    """Positions that the person does not want to be committed."""
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str] = mapped_column(short_text())
    state: Mapped[ScanState] = mapped_column(text_enum(ScanState), default=ScanState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    done: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """What committing changed (`scan_steps.Done`), for taking it back."""
