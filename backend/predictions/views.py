"""What readers of predictions receive. Levels are positions; days count from ``last_day``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backend.predictions.ids import ForecastId
from backend.predictions.planning.backtest import Score
from backend.samples.ids import TemperatureClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is likely to come."""

    days: Sequence[int]
    levels: Mapping[float, Sequence[int]]
    """Level on each of ``days`` by quantile: 0.025, 0.1, 0.25, 0.5, 0.75, 0.9 and 0.975."""
    full_p10_days: int | None
    full_p50_days: int | None
    full_p90_days: int | None
    """Days until full; None means not within the horizon at that quantile."""
    dots: Sequence[int | None]
    """Twenty equally likely days of being full, earliest first."""
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityForecastView:
    """The latest forecast of a zone; without ``outlook`` there was too little history."""

    id: ForecastId
    temperature_class: TemperatureClass
    made_at: datetime
    method: str
    last_day: date
    history_days: int
    needed_days: int
    used: int
    capacity: int
    horizon_days: int
    outlook: Outlook | None

    @property
    def is_scored(self) -> bool:
        """Say whether there was history enough to forecast and to score the method."""
        return self.outlook is not None

    @property
    def shortage(self) -> str:
        """Say how much history is missing."""
        return f"Not enough history ({self.history_days} of {self.needed_days} days)"

    @property
    def full_p10_days(self) -> int | None:
        """Days until full in the earliest tenth of the futures."""
        return self.outlook.full_p10_days if self.outlook else None

    @property
    def full_p50_days(self) -> int | None:
        """Median days until full; None means not within the horizon, or no forecast."""
        return self.outlook.full_p50_days if self.outlook else None

    @property
    def full_p90_days(self) -> int | None:
        """Days until full in all but the latest tenth of the futures."""
        return self.outlook.full_p90_days if self.outlook else None
