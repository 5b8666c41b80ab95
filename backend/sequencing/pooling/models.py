"""Proposals to load libraries of a pool again."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.pooling.ids import TopUpState


class PoolTopUp(Base):
    """What a pool's libraries still need after a run, until a person decides."""

    __tablename__ = "pool_top_up"
    __table_args__ = (
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided_or_pending"),
        CheckConstraint("runs BETWEEN 1 AND 10", name="runs_counted"),
        CheckConstraint("times_mean > 0", name="times_mean_positive"),
        CheckConstraint("made_pool_id IS NULL OR state = 'approved'", name="made_if_approved"),
        Index(
            "ux_pool_top_up_pending",
            "pool_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    pool_id: Mapped[UUID] = mapped_column(ForeignKey("library_pool.id"))
    yields: Mapped[list[Any]] = mapped_column(JSONB)
    """By library: barcode, reads wanted and got (millions), what it was loaded with, failed."""
    source: Mapped[str] = mapped_column(short_text(200))
    """Where the yields come from: a run's code, a file's name."""
    proposed_by: Mapped[UUID | None]
    proposed_by_name: Mapped[str] = mapped_column(short_text())
    state: Mapped[TopUpState] = mapped_column(text_enum(TopUpState), default=TopUpState.PENDING)
    proposed_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    decided_by: Mapped[UUID | None] = mapped_column(default=None)
    decided_by_name: Mapped[str] = mapped_column(short_text(), default="")
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(short_text(500), default="")
    runs: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Further runs over which what is needed is shared out."""
    times_mean: Mapped[Decimal | None] = mapped_column(Numeric(5, 2), default=None)
    """The aim, as so many times the mean that the libraries got; None for what was asked for."""
    made_pool_id: Mapped[UUID | None] = mapped_column(ForeignKey("library_pool.id"), default=None)
