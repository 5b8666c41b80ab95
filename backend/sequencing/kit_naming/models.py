"""Kits of libraries that people named by hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, short_text
from backend.sequencing.reference.models import ReferenceVersion


class NamedKit(Base):
    """The kit that a person says a library was made with; the audit trail has who said so before.

    It counts where no worksheet says the kit, and while the kit has the library's index pair.
    """

    __tablename__ = "named_kit"

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    kit_version_id: Mapped[UUID] = mapped_column(ForeignKey(ReferenceVersion.id))
    """The kit as it stood when it was named."""
    named_by: Mapped[UUID | None]
    named_by_name: Mapped[str] = mapped_column(short_text())
    named_at: Mapped[datetime]
