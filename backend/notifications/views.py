"""What readers of notifications receive."""

from dataclasses import dataclass
from datetime import datetime

from backend.notifications.ids import (
    Channel,
    DeliveryId,
    DeliveryState,
    Kind,
    NotificationId,
    Severity,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A notification's message by mail."""

    state: DeliveryState
    detail: str
    attempts: int
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationView:
    """One thing told to the reader."""

    id: NotificationId
    kind: Kind
    severity: Severity
    title: str
    body: str
    href: str
    at: datetime
    read_at: datetime | None
    email: DeliveryView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedRead:
    """How many were marked as read just now, and the instant they all carry; None with none."""

    count: int
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceView:
    """How a person hears of a kind. ``locked``: cannot be switched off."""

    kind: Kind
    channel: Channel
    enabled: bool
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to send: everything that goes into it."""

    delivery_id: DeliveryId
    state: DeliveryState
    address: str
    recipient: str
    is_active: bool
    title: str
    body: str
    href: str
    at: datetime
