"""Targets outside the program: whether they are called."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base, short_text, text_enum
from backend.gateway.ids import BreakerState


class CircuitBreaker(Base):
    """One target's breaker, shared by all processes: whoever changes it holds its row."""

    __tablename__ = "circuit_breaker"
    __table_args__ = (
        CheckConstraint("failures >= 0 AND openings >= 0", name="counts_positive"),
        CheckConstraint("(state = 'closed') = (next_try_at IS NULL)", name="waits_unless_closed"),
    )

    target: Mapped[str] = mapped_column(short_text(300), primary_key=True)
    label: Mapped[str] = mapped_column(short_text(300))
    state: Mapped[BreakerState] = mapped_column(text_enum(BreakerState))
    since: Mapped[datetime]
    called_at: Mapped[datetime]
    """Somebody wanted to call it; one that nobody wants any more is forgotten."""
    failures: Mapped[int] = mapped_column(default=0)
    openings: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(short_text(500), default="")
    last_error_at: Mapped[datetime | None] = mapped_column(default=None)
