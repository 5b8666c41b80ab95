"""Sagas: actions too long for one transaction, with what each step did and how to take it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.transactions.ids import Direction, SagaState, StepState


class Saga(Base):
    """One instance of a definition (transactions.definitions)."""

    __tablename__ = "saga"
    __table_args__ = (
        CheckConstraint("step >= 0", name="step_counted"),
        Index("ix_saga_open", "state", postgresql_where=text("finished_at IS NULL")),
        Index("ix_saga_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    type: Mapped[str] = mapped_column(short_text(60))
    state: Mapped[SagaState] = mapped_column(text_enum(SagaState), default=SagaState.RUNNING)
    step: Mapped[int] = mapped_column(default=0)
    """Steps done and not taken back; forward it counts up, rolling back it counts down."""
    data: Mapped[dict[str, Any]]
    """What the steps were given and found out, by name; JSON."""
    why: Mapped[str | None] = mapped_column(short_text(1000), default=None)
    """The refusal that turned it back."""
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(short_text())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)


class SagaStep(Base):
    """One execution of a step. The key refuses a second one, whatever crashed in between."""

    __tablename__ = "saga_step"

    saga_id: Mapped[UUID] = mapped_column(ForeignKey("saga.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[Direction] = mapped_column(text_enum(Direction), primary_key=True)
    name: Mapped[str] = mapped_column(short_text(60))
    state: Mapped[StepState] = mapped_column(text_enum(StepState))
    message: Mapped[str] = mapped_column(short_text(1000), default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
