"""What is known of the broker that loggers send to, and which of their messages were refused."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, short_text


class BrokerLink(Base):
    """The one broker that this laboratory listens to: its one row is made with the first word."""

    __tablename__ = "broker_link"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_connected: Mapped[bool]
    since: Mapped[datetime]
    """Since when it is connected, or is not."""
    detail: Mapped[str] = mapped_column(short_text(300))
    messages: Mapped[int] = mapped_column(default=0)
    readings: Mapped[int] = mapped_column(default=0)
    """How many were kept of them."""
    refused: Mapped[int] = mapped_column(default=0)
    """Messages of which a person should know: nothing or not everything of them was kept."""
    last_message_at: Mapped[datetime | None] = mapped_column(default=None)
    last_refused_at: Mapped[datetime | None] = mapped_column(default=None)


class RefusedMessage(Base):
    """Why messages of a device were refused. A logger that errs every minute stays one row."""

    __tablename__ = "refused_message"
    __table_args__ = (Index("ix_refused_message_last_at", "last_at"),)

    device: Mapped[str] = mapped_column(short_text(120), primary_key=True)
    reason: Mapped[str] = mapped_column(short_text(300), primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    excerpt: Mapped[str] = mapped_column(short_text(200))
    """The beginning of the newest of them."""
    times: Mapped[int] = mapped_column(default=1)
