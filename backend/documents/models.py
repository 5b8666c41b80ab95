"""Files that people sent; their bytes are in the file store under ``sha256``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class StoredFile(Base):
    """One upload. The same bytes may be uploaded again; the store keeps them once."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size_bytes >= 0", name="size_not_negative"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        Index("ix_stored_file_sha256", "sha256"),
        Index("ix_stored_file_uploaded", "uploaded_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    file_name: Mapped[str] = mapped_column(short_text(255))
    sha256: Mapped[str] = mapped_column(short_text(64))
    size_bytes: Mapped[int]
    project_id: Mapped[UUID | None] = mapped_column(default=None, index=True)
    """The project whose members may see the file; no foreign key, documents know no projects."""
    uploaded_by: Mapped[UUID | None] = mapped_column(default=None)
    uploaded_by_name: Mapped[str] = mapped_column(short_text(), default="")
    uploaded_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
