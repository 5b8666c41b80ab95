"""What a broker passes on, and what readers receive about it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a device sent, as it came."""

    device: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a batch of messages."""

    readings: int
    """Kept, and new."""
    refused: int
    """Messages of which something was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """How it stands with the broker. ``detail`` says why it is not connected."""

    is_connected: bool
    since: datetime
    detail: str
    messages: int
    readings: int
    refused: int
    last_message_at: datetime | None
    last_refused_at: datetime | None
    last_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedView:
    """Messages of one device that were refused for one reason."""

    device: str
    reason: str
    first_at: datetime
    last_at: datetime
    excerpt: str
    times: int
