"""Facts about what expires."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryLeadsSet:
    """The laboratory decided how long before a day projects hear of it."""

    TYPE: ClassVar[str] = "samples.expiry_leads_set"
    AGGREGATE: ClassVar[str] = "expiry_leads"

    aggregate_id: UUID
    days: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryNear:
    """Samples of a project, or consents that they rest on, have come under a lead time."""

    TYPE: ClassVar[str] = "samples.expiry_near"
    AGGREGATE: ClassVar[str] = "project"

    aggregate_id: UUID
    project: str
    kind: str
    lead_days: int
    count: int
    first_on: str
    last_on: str
    people: tuple[str, ...]
