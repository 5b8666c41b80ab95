"""Plans of the sequencing queue, and what people pinned for every plan to come."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.queue_plans.ids import QueuePlanState


class QueuePlan(Base):
    """A proposal of runs for libraries that wait. Costs are in days that one library is late."""

    __tablename__ = "queue_plan"
    __table_args__ = (
        CheckConstraint("(bound IS NULL) = (gap IS NULL)", name="gap_with_bound"),
        Index("ix_queue_plan_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"))
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As `asking` wrote them: ``request_ids`` (None for all), ``begins_at``, ``limit_s``."""
    asked_by: Mapped[UUID | None]
    asked_by_name: Mapped[str] = mapped_column(short_text())
    state: Mapped[QueuePlanState] = mapped_column(
        text_enum(QueuePlanState), default=QueuePlanState.ASKED
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    problem_digest: Mapped[str | None] = mapped_column(short_text(64), default=None)
    """SHA-256 of everything the plan was made from, so that equal queues are seen to be equal."""
    objective: Mapped[float | None] = mapped_column(default=None)
    greedy_objective: Mapped[float | None] = mapped_column(default=None)
    """What earliest due date first costs."""
    bound: Mapped[float | None] = mapped_column(default=None)
    """No plan costs less; None where no bound was proven."""
    gap: Mapped[float | None] = mapped_column(default=None)
    """Share of the objective that lies above the bound, 0-1."""
    parts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """The objective by what it is for: ``delay``, ``runs``, ``balance``, ``left_out``."""
    unkept: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """Pins that could not be kept: request and sample, with the reason."""
    settings: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """By what it was made: version and content of the settings, and how long runs take."""
    seconds: Mapped[float | None] = mapped_column(default=None)
    """The processor's seconds spent on it."""
    made_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)


class QueuePlanRun(Base):
    """A run of a plan; with ``run_id`` once a person accepted it."""

    __tablename__ = "queue_plan_run"
    __table_args__ = (
        CheckConstraint("end_at > start_at", name="ends_after_start"),
        CheckConstraint("aboard IS NULL OR run_id IS NOT NULL", name="aboard_of_a_run"),
        Index("ix_queue_plan_run_plan_id", "plan_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("queue_plan.id"))
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    usable_reads_millions: Mapped[float]
    """What one lane was planned to yield, millions."""
    aboard: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """Of a run that was booked before the plan: reads on its lanes then, millions, by lane."""
    flow_cell: Mapped[str] = mapped_column(short_text(60), default="")
    """Key of what it is planned with."""
    recipe: Mapped[str] = mapped_column(short_text(60), default="")
    """Key of the recipe whose PhiX it was reckoned with; "" for none."""
    sizes: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """Why no other size: what each other flow cell would bring, as sentences."""
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("sequencing_run.id"), default=None)


class QueuePlanLibrary(Base):
    """A library of a plan as it was planned: on a lane, or left out with the reason."""

    __tablename__ = "queue_plan_library"
    __table_args__ = (
        ForeignKeyConstraint(
            ("request_id", "sample_id"),
            ("request_sample.request_id", "request_sample.sample_id"),
        ),
        CheckConstraint("(plan_run_id IS NULL) = (lane IS NULL)", name="lane_with_run"),
        CheckConstraint("(plan_run_id IS NULL) = (left_out IS NOT NULL)", name="left_out_says_why"),
        Index("ix_queue_plan_library_plan_run_id", "plan_run_id"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("queue_plan.id"), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    sample_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_length: Mapped[int]
    reads_millions: Mapped[Decimal]
    index_i7: Mapped[str] = mapped_column(short_text(24))
    index_i5: Mapped[str] = mapped_column(short_text(24))
    due_on: Mapped[date]
    plan_run_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue_plan_run.id"), default=None)
    lane: Mapped[int | None] = mapped_column(default=None)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    late_days: Mapped[float] = mapped_column(default=0.0)
    """Days from the end of the day it is due to the end of its run; 0 when it is on time."""
    left_out: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """Reasons as sentences."""


class QueuePin(Base):
    """A person's word for every plan to come: a request, or one library of it, and a run."""

    __tablename__ = "queue_pin"
    __table_args__ = (
        CheckConstraint("lane >= 1", name="lane_from_one"),
        CheckConstraint("NOT is_away OR lane IS NULL", name="away_from_whole_runs"),
        UniqueConstraint(
            "request_id",
            "sample_id",
            "instrument_id",
            "start_at",
            name="uq_queue_pin_one_word",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("sequencing_request.id"))
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.id"))
    start_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    made_by_name: Mapped[str] = mapped_column(short_text())
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("sample.id"), default=None)
    """None is every library of the request."""
    lane: Mapped[int | None] = mapped_column(default=None)
    """None is any lane of the run."""
    flow_cell: Mapped[str] = mapped_column(short_text(60), default="", server_default=text("''"))
    """Key of what the run is to be loaded with; "" is any."""
    is_away: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
