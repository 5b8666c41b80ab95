"""Templates and their versions. What is published stays as it was (sql/15_templates.sql)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.templates.ids import TemplateKind, VersionState


class Template(Base):
    """A spreadsheet that the laboratory asks its senders for."""

    __tablename__ = "template"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    key: Mapped[str] = mapped_column(short_text(60), unique=True)
    """Its name in addresses and in the stamp of a workbook."""
    name: Mapped[str] = mapped_column(short_text(120))
    kind: Mapped[TemplateKind] = mapped_column(text_enum(TemplateKind))
    created_by_name: Mapped[str] = mapped_column(short_text())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class TemplateVersion(Base):
    """One state of a template: a draft that changes until it is published, then never."""

    __tablename__ = "template_version"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        Index(
            "uq_template_version_draft",
            "template_id",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_with_time"),
        CheckConstraint(
            "(state = 'deprecated') = (deprecated_at IS NOT NULL)", name="deprecated_with_time"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("template.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(text_enum(VersionState))
    definition: Mapped[dict[str, Any]]
    schema_hash: Mapped[str] = mapped_column(short_text(16))
    note: Mapped[str] = mapped_column(short_text(500), default="", server_default="")
    changed_by_name: Mapped[str] = mapped_column(short_text(), default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), init=False
    )
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    published_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    deprecated_at: Mapped[datetime | None] = mapped_column(default=None)
    deprecation_reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
