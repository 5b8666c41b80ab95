"""Forecasts as they were made; a new one is a new row, so that they can be judged afterwards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import TemperatureClass


class CapacityForecast(Base):
    """When a temperature zone is likely to be full, and how the method scored on this history."""

    __tablename__ = "capacity_forecast"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= capacity", name="used_within_capacity"),
        CheckConstraint("history_days >= 0", name="history_counted"),
        CheckConstraint("(quantiles IS NULL) = (backtest IS NULL)", name="score_with_forecast"),
        Index("ix_capacity_forecast_latest", "temperature_class", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    temperature_class: Mapped[TemperatureClass] = mapped_column(text_enum(TemperatureClass))
    made_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(short_text(60))
    """Name and version of the method, as on its model card."""
    last_day: Mapped[date]
    """Last day of the history; day 1 of the forecast is the day after."""
    history_days: Mapped[int]
    used: Mapped[int]
    capacity: Mapped[int]
    horizon_days: Mapped[int]
    quantiles: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """``{"0.5": [level on day 1, …]}``, positions; None when there was too little history."""
    full_p10_days: Mapped[int | None] = mapped_column(default=None)
    full_p50_days: Mapped[int | None] = mapped_column(default=None)
    full_p90_days: Mapped[int | None] = mapped_column(default=None)
    """Days until full at that quantile; None means not within the horizon."""
    chances: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """``{"dots": [days of 20 equally likely dates, null = not within the horizon]}``."""
    backtest: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """``mase``, ``mase_naive``, ``coverage_80``, ``n_origins``, ``horizon_days``."""
