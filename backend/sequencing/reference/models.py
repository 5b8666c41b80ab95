"""Reference data and its versions. A version stays as it was made (sql/23_reference.sql)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.reference.ids import ReferenceKind


class ReferenceEntry(Base):
    """A platform, flow cell, kit or another thing that the laboratory works by."""

    __tablename__ = "reference_entry"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        CheckConstraint("key ~ '^[a-z0-9][a-z0-9_]{0,59}$'", name="key_is_a_word"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[ReferenceKind] = mapped_column(text_enum(ReferenceKind))
    key: Mapped[str] = mapped_column(short_text(60))
    """What other records call it by; it never changes."""
    name: Mapped[str] = mapped_column(short_text(120))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """Whether it is offered; what was made with it keeps it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class ReferenceVersion(Base):
    """What an entry said from one moment on."""

    __tablename__ = "reference_version"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("length(source) > 0", name="source_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("reference_entry.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(short_text(500))
    """Where its figures are from."""
    reason: Mapped[str] = mapped_column(short_text(500))
    made_by: Mapped[UUID | None]
    made_by_name: Mapped[str] = mapped_column(short_text())
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
