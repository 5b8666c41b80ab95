"""When nobody took readings in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class ListeningGap(Base):
    """A time in which no process of a service that takes readings lived, though one should."""

    __tablename__ = "listening_gap"
    __table_args__ = (
        Index(
            "uq_listening_gap_open",
            "service",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    service: Mapped[str] = mapped_column(short_text(60))
    since: Mapped[datetime]
    """The last sign of life; where none is known, the first look that found nobody."""
    noticed_at: Mapped[datetime]
    """From when on silence is counted: the first of the looks that followed one another."""
    seen_at: Mapped[datetime]
    """The last look that found nobody."""
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
