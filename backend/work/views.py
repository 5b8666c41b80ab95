"""What readers of background work receive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.events.views import Json
from backend.work.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's hold on a job: valid while its lease lasts and nobody has a higher fence."""

    job_id: JobId
    kind: str
    fence: int
    attempt: int
    max_attempts: int
    arguments: Mapping[str, Json]
    requested_by: UUID | None
    requested_by_name: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job as people see it. ``progress`` is a fraction 0–1."""

    id: JobId
    kind: str
    queue: str
    state: str
    progress: float
    progress_note: str
    result: Mapping[str, Json] | None
    error: str | None
    attempt: int
    max_attempts: int
    requested_by_name: str
    cancel_requested: bool
    worker: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """How busy one queue is."""

    queue: str
    queued: int
    running: int
    failed_24h: int
    oldest_queued_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerLag:
    """How far a consumer of the event log is behind. ``oldest_s`` is None when it is not."""

    name: str
    behind: int
    oldest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLag:
    """What the leader and the consumers still have before them."""

    unsequenced: int
    oldest_unsequenced_s: float | None
    consumers: tuple[ConsumerLag, ...]
    dead_letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleState:
    """When a schedule fires next and when it last did."""

    name: str
    job_kind: str
    cron: str
    time_zone: str
    next_at: datetime | None
    last_fired_at: datetime | None
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueJob:
    """A job that a worker may take now."""

    id: JobId
    kind: str
    queue: str
    fence: int
