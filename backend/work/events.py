"""Facts about background work that people asked for; the program's own jobs only tell failures."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequested:
    TYPE: ClassVar[str] = "work.job_requested"
    AGGREGATE: ClassVar[str] = "job"
    aggregate_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished:
    TYPE: ClassVar[str] = "work.job_finished"
    AGGREGATE: ClassVar[str] = "job"
    aggregate_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed:
    TYPE: ClassVar[str] = "work.job_failed"
    AGGREGATE: ClassVar[str] = "job"
    aggregate_id: UUID
    kind: str
    error: str
    requested_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelRequested:
    TYPE: ClassVar[str] = "work.job_cancel_requested"
    AGGREGATE: ClassVar[str] = "job"
    aggregate_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWasCancelled:
    TYPE: ClassVar[str] = "work.job_cancelled"
    AGGREGATE: ClassVar[str] = "job"
    aggregate_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRetried:
    TYPE: ClassVar[str] = "work.job_retried"
    AGGREGATE: ClassVar[str] = "job"
    aggregate_id: UUID
    kind: str
