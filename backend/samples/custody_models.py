"""What keeps a tube from changing hands meanwhile; written by custody, asked by storage."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, short_text


class CustodyBlock(Base):
    """A tube that is promised to somebody, and so goes nowhere else until they have answered.

    The key is the sample: a tube cannot be promised twice. Whoever sets or asks holds the sample's
    row; a trigger (21_custody.sql) refuses an entry in the chain while a block stands.
    """

    __tablename__ = "custody_block"

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(short_text(300))
    """A sentence for whoever wants to move it."""
    set_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
