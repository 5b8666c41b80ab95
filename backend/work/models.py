"""Background work: PostgreSQL is the queue, RQ only rings the bell (RELIABILITY section 2)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.work.ids import JobState, MissedRunPolicy


class Job(Base):
    """One piece of background work.

    A worker claims it for a lease and gets a fence; only the holder of the current fence can
    finish it, in the transaction of its effect, so a worker thought dead cannot do it twice.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress_is_fraction"),
        UniqueConstraint("kind", "key"),
        Index("ix_job_due", "run_after", postgresql_where=text("state IN ('queued', 'running')")),
        Index("ix_job_lease", "lease_until", postgresql_where=text("state = 'running'")),
        Index("ix_job_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[str] = mapped_column(short_text(80))
    key: Mapped[str] = mapped_column(short_text(200))
    """Makes a request idempotent: one job per (kind, key)."""
    queue: Mapped[str] = mapped_column(short_text(40), default="default")
    arguments: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(text_enum(JobState), default=JobState.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=5)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    run_after: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    cancel_requested_at: Mapped[datetime | None] = mapped_column(default=None)
    progress: Mapped[float] = mapped_column(default=0.0)
    progress_note: Mapped[str] = mapped_column(short_text(300), default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(short_text(2000), default=None)
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(short_text())
    request_id: Mapped[str] = mapped_column(short_text(64))
    worker: Mapped[str | None] = mapped_column(short_text(100), default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)


class Schedule(Base):
    """When a kind of job is due, as a cron line in a time zone."""

    __tablename__ = "schedule"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(short_text(80), unique=True)
    job_kind: Mapped[str] = mapped_column(short_text(80))
    arguments: Mapped[dict[str, Any]]
    cron: Mapped[str] = mapped_column(short_text(80))
    """Five-field cron line, or ``@every 30s`` for the program's own probes."""
    time_zone: Mapped[str] = mapped_column(short_text(60))
    missed_runs: Mapped[MissedRunPolicy] = mapped_column(text_enum(MissedRunPolicy))
    enabled: Mapped[bool] = mapped_column(default=True)
    next_at: Mapped[datetime | None] = mapped_column(default=None)
    last_fired_at: Mapped[datetime | None] = mapped_column(default=None)
    run_as: Mapped[UUID | None] = mapped_column(default=None)


class ScheduleFire(Base):
    """One firing of a schedule; the key refuses a second one for the same due time."""

    __tablename__ = "schedule_fire"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedule.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"))
    fired_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
