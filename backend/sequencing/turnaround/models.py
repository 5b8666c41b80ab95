"""When a request entered and left each column of the board, and what turnaround is measured by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.ids import RequestState


class RequestStage(Base):
    """A stay of a request in a column; nothing is overwritten but the time it ended."""

    __tablename__ = "request_stage"
    __table_args__ = (
        CheckConstraint("left_at >= entered_at", name="leaves_after_entering"),
        Index(
            "uq_request_stage_open",
            "request_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("ix_request_stage_request_id", "request_id", "entered_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("sequencing_request.id"))
    state: Mapped[RequestState] = mapped_column(text_enum(RequestState))
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class TurnaroundTerms(Base):
    """One version of what turnaround is measured by; the highest holds."""

    __tablename__ = "turnaround_terms"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    version: Mapped[int] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Fields of turnaround.terms.Terms."""
    reason: Mapped[str] = mapped_column(short_text(500))
    set_by: Mapped[UUID | None]
    set_by_name: Mapped[str] = mapped_column(short_text())
    set_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class TurnaroundForecast(Base):
    """How long requests still take by column, and how the method scored on past ones.

    A new one is a new row. It holds no request, only what many of them came to.
    """

    __tablename__ = "turnaround_forecast"
    __table_args__ = (
        CheckConstraint("finished >= 0", name="finished_counted"),
        Index("ix_turnaround_forecast_made_at", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    made_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(short_text(60))
    terms_version: Mapped[int]
    """By whose working days and pauses it was counted."""
    finished: Mapped[int]
    outlooks: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """``{"waiting": [[n, p10, p50, p80, p90] or null, …]}``, one each half working day."""
    score: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Fields of turnaround.scoring.Score."""
