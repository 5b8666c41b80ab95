"""Facts about queue plans and pins."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlanAsked:
    """Somebody asked for a plan of the queue."""

    TYPE: ClassVar[str] = "sequencing.queue_plan_asked"
    AGGREGATE: ClassVar[str] = "queue_plan"

    aggregate_id: UUID
    job_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlanReady:
    """A plan waits for an answer."""

    TYPE: ClassVar[str] = "sequencing.queue_plan_ready"
    AGGREGATE: ClassVar[str] = "queue_plan"

    aggregate_id: UUID
    requested_by: UUID | None
    runs: int
    libraries: int
    late: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlanAccepted:
    """A person accepted a plan, or runs of it; they are booked."""

    TYPE: ClassVar[str] = "sequencing.queue_plan_accepted"
    AGGREGATE: ClassVar[str] = "queue_plan"

    aggregate_id: UUID
    runs: tuple[str, ...]
    topped_up: tuple[str, ...]
    """Runs that were booked before, onto which libraries came."""
    declined: int
    """Runs of the plan that were not chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlanDismissed:
    """A plan was put aside, ready or still in the making; nothing moved."""

    TYPE: ClassVar[str] = "sequencing.queue_plan_dismissed"
    AGGREGATE: ClassVar[str] = "queue_plan"

    aggregate_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePinned:
    """A request or library was pinned to a run, or away from it."""

    TYPE: ClassVar[str] = "sequencing.queue_pinned"
    AGGREGATE: ClassVar[str] = "queue_pin"

    aggregate_id: UUID
    code: str
    instrument: str
    start_at: datetime
    lane: int | None
    is_away: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueUnpinned:
    """A pin was taken away."""

    TYPE: ClassVar[str] = "sequencing.queue_unpinned"
    AGGREGATE: ClassVar[str] = "queue_pin"

    aggregate_id: UUID
    code: str
