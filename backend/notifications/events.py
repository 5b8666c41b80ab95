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
