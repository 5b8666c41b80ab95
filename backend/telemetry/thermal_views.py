"""What readers of thermal models receive. Temperatures in °C, differences in K."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.telemetry.ids import SensorId
from backend.telemetry.thermal.crossing import Crossing, within
from backend.telemetry.thermal.fitting import NoModel


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """A warm-up that was predicted from the others; sequences are of the same length."""

    at: datetime
    minutes: Sequence[float]
    measured_c: Sequence[float]
    predicted_c: Sequence[float]
    rmse_k: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitModel:
    """A unit's newest fit; without ``rmse_k`` there is no model, and `needed` says what is."""

    unit_id: UUID
    unit_label: str
    sensor_id: SensorId
    made_at: datetime
    version: str
    first_at: datetime
    last_at: datetime
    readings: int
    warm_ups: int
    rmse_k: float | None
    log_spread: float | None
    warmest_c: float | None
    slow_min: float | None
    """Time constant of the whole unit, minutes."""
    learnt: float | None
    """How much of it the warm-ups decided and not the prior, 0–1."""
    trials: Sequence[HeldOut]
    is_simulated: bool

    @property
    def time_factors(self) -> tuple[float, float]:
        """Between which multiples of the predicted time 80 % of the warm-ups lie."""
        if self.log_spread is None:
            return 1.0, 1.0
        return within(self.log_spread, trials=self.warm_ups)

    @property
    def needed(self) -> str:
        return NoModel(warm_ups=self.warm_ups).needed if self.rmse_k is None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCrossing:
    """When a unit crosses a limit if its cooling stops at the newest reading."""

    crossing: Crossing
    read_at: datetime
    is_stale: bool
    """The newest reading is too old to be the present temperature."""
