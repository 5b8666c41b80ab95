"""What was learnt of units without cooling; a new fit is a new row, so that it can be judged."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class ThermalFitRecord(Base):
    """A unit's thermal model as it was fitted, or that too few warm-ups were seen."""

    __tablename__ = "thermal_fit"
    __table_args__ = (
        CheckConstraint(
            "(rmse_k IS NULL) = (draws IS NULL) AND (rmse_k IS NULL) = (trials IS NULL) "
            "AND (rmse_k IS NULL) = (log_spread IS NULL) AND (rmse_k IS NULL) = (warmest_c IS NULL)"
            " AND (rmse_k IS NULL) = (best IS NULL)",
            name="error_with_model",
        ),
        CheckConstraint("warm_ups >= 0 AND readings >= 0", name="counted"),
        Index("ix_thermal_fit_newest", "unit_id", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    unit_id: Mapped[UUID]
    """The storage unit. No foreign key: telemetry lies below storage."""
    unit_label: Mapped[str] = mapped_column(short_text(60))
    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"))
    made_at: Mapped[datetime]
    version: Mapped[str] = mapped_column(short_text(60))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """First and last of the readings that it rests on."""
    readings: Mapped[int]
    warm_ups: Mapped[int]
    rmse_k: Mapped[float | None] = mapped_column(default=None)
    """Of every warm-up, predicted by a fit to the others."""
    log_spread: Mapped[float | None] = mapped_column(default=None)
    warmest_c: Mapped[float | None] = mapped_column(default=None)
    best: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """Parameters by name, and ``learnt``: 0–1 by name."""
    draws: Mapped[list[Any] | None] = mapped_column(default=None)
    """Equally likely parameters, ``[[slow_min, exchange_min, air_share, ambient_c], …]``."""
    trials: Mapped[list[Any] | None] = mapped_column(default=None)
    """Held-out warm-ups: ``at``, ``minutes``, ``measured_c``, ``predicted_c``, ``rmse_k``."""
