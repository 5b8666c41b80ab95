"""Notifications of people, their messages by mail, and how people want to hear of what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.notifications.ids import Channel, DeliveryState, Kind, Severity


class Notification(Base):
    """One thing told to one person. The dedupe key makes telling it twice do nothing."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "dedupe_key"),
        Index("ix_notification_newest", "user_id", "at", "id"),
        Index(
            "ix_notification_unread",
            "user_id",
            postgresql_where=text("read_at IS NULL AND in_app"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    severity: Mapped[Severity] = mapped_column(text_enum(Severity))
    title: Mapped[str] = mapped_column(short_text())
    body: Mapped[str] = mapped_column(short_text(500))
    href: Mapped[str] = mapped_column(short_text(300))
    """Page of the object, within the site."""
    dedupe_key: Mapped[str] = mapped_column(short_text())
    in_app: Mapped[bool] = mapped_column(default=True)
    """False: the person hears of this kind by mail only."""
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), init=False)
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class Delivery(Base):
    """A message that carries a notification outside the program. Its key is in the Message-ID."""

    __tablename__ = "notification_delivery"
    __table_args__ = (UniqueConstraint("notification_id", "channel"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notification.id"))
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    state: Mapped[DeliveryState] = mapped_column(
        text_enum(DeliveryState), default=DeliveryState.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str] = mapped_column(short_text(500), default="")
    """Why it waits or failed, in a sentence."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


class Preference(Base):
    """A person's choice that differs from the default of a kind and channel."""

    __tablename__ = "notification_preference"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(text_enum(Kind), primary_key=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel), primary_key=True)
    enabled: Mapped[bool]
