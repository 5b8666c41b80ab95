"""Facts about predictions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastMade:
    """A zone was forecast, or found to have too little history."""

    TYPE: ClassVar[str] = "predictions.forecast_made"
    AGGREGATE: ClassVar[str] = "capacity_forecast"

    aggregate_id: UUID
    temperature_class: str
    method: str
    history_days: int
    full_p50_days: int | None
