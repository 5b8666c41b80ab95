"""Answers kept so that a repeated request is answered again instead of done again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, short_text


class KeptAnswer(Base):
    """The answer to a request with an Idempotency-Key, written in the request's transaction.

    The primary key is the lock: of two equal requests at once the second waits for the first.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (Index("ix_kept_answer_created_at", "created_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(short_text(200), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the operation and what was sent."""
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
