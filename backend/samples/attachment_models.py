"""Files that belong to a sample. The bytes are a stored file of documents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import AttachmentKind


class SampleAttachment(Base):
    """A file tied to a sample, with who did it. A removed one leaves the list, never the table."""

    __tablename__ = "sample_attachment"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint(
            "num_nulls(removed_at, removed_by_name, removal_reason) IN (0, 3)",
            name="removal_whole",
        ),
        # The same bytes stand once in a sample's list; once removed they may come again.
        Index(
            "uq_sample_attachment_standing",
            "sample_id",
            "sha256",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_sample_attachment_file_id", "file_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str] = mapped_column(short_text(64))
    kind: Mapped[AttachmentKind] = mapped_column(text_enum(AttachmentKind))
    format: Mapped[str] = mapped_column(short_text(10))
    """What the content is, such as PDF; found in the bytes, not in the name."""
    note: Mapped[str] = mapped_column(short_text(500), default="")
    attached_by: Mapped[UUID | None] = mapped_column(default=None)
    attached_by_name: Mapped[str] = mapped_column(short_text(), default="")
    attached_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    removed_by: Mapped[UUID | None] = mapped_column(default=None)
    removed_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    removal_reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
