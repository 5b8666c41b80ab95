"""Facts about the program's own parts."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerChanged:
    """A target outside is called, no longer called, or tried again."""

    TYPE: ClassVar[str] = "health.breaker_changed"
    AGGREGATE: ClassVar[str] = "breaker"
    aggregate_id: UUID
    target: str
    old: str
    new: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged:
    """A part's state became another."""

    TYPE: ClassVar[str] = "health.status_changed"
    AGGREGATE: ClassVar[str] = "component"
    aggregate_id: UUID
    component: str
    old: str
    new: str
    detail: str
