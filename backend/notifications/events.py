"""Facts about notifications."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleNotified:
    """People were told of one thing."""

    TYPE: ClassVar[str] = "notifications.people_notified"
    AGGREGATE: ClassVar[str] = "notice"

    aggregate_id: UUID
    kind: str
    title: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettled:
    """A message was sent, refused, or waits for another attempt."""

    TYPE: ClassVar[str] = "notifications.delivery_settled"
    AGGREGATE: ClassVar[str] = "delivery"

    aggregate_id: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsRead:
    """A person has seen some of theirs, so that their other windows count anew."""

    TYPE: ClassVar[str] = "notifications.read"
    AGGREGATE: ClassVar[str] = "user"

    aggregate_id: UUID
    notifications: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsUnread:
    """A person took the reading back."""

    TYPE: ClassVar[str] = "notifications.unread"
    AGGREGATE: ClassVar[str] = "user"

    aggregate_id: UUID
    notifications: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceChanged:
    """A person chose how to hear of a kind."""

    TYPE: ClassVar[str] = "notifications.preference_changed"
    AGGREGATE: ClassVar[str] = "user"

    aggregate_id: UUID
    kind: str
    channel: str
    enabled: bool
