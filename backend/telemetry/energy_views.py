"""What readers of units' energy receive."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.telemetry.energy.days import EnergyPeriod
from backend.telemetry.energy.slope import EnergyModel, NotIdentified


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEnergy:
    """What the power sensor of a unit says of whole days, the last of them yesterday."""

    unit_id: UUID
    unit_label: str
    sensor_code: str
    is_simulated: bool
    first: date
    last: date
    period: EnergyPeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class SetpointModel:
    """What a unit's own days tell of its set point."""

    unit_label: str
    from_c: float
    """The set point that the unit keeps; what it keeps where that is none of it any more."""
    is_setpoint: bool
    power_code: str
    inside_code: str
    room_code: str | None
    """None: nothing measures the room."""
    is_simulated: bool
    fitted: EnergyModel | NotIdentified
