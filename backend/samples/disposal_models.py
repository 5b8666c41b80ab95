"""One signature under the discarding of several samples: which ones, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class SignedDisposal(Base):
    """What a second person signed for: so many samples, for one reason, once.

    The digest of the set stands in the signature, which no one can change.
    """

    __tablename__ = "signed_disposal"
    __table_args__ = (CheckConstraint("samples > 0", name="names_something"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id, kw_only=True)
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("electronic_signature.id"), unique=True)
    requested_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(short_text(500))
    samples: Mapped[int]
    """How many were named."""
    signed_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was used: a signature is good for one act."""


class SignedDisposalSample(Base):
    """A sample that was named in it, and when it was discarded by it; None: it was refused."""

    __tablename__ = "signed_disposal_sample"
    __table_args__ = (Index("ix_signed_disposal_sample_sample", "sample_id"),)

    disposal_id: Mapped[UUID] = mapped_column(ForeignKey("signed_disposal.id"), primary_key=True)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    discarded_at: Mapped[datetime | None] = mapped_column(default=None)
