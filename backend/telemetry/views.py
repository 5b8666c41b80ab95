"""What readers of telemetry receive. Temperatures in °C, rates in °C per minute."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAlarm:
    """A storage unit whose temperature has been above its alarm limit for its delay.

    ``rate_c_per_min`` is the slope of the last readings, None with fewer than two.
    """

    sensor_id: UUID
    unit_id: UUID
    unit_label: str
    temperature_c: float
    above_c: float
    rate_c_per_min: float | None
    since: datetime
    acknowledged_at: datetime | None
    acknowledged_by_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorNow:
    """A sensor with its newest reading; None where it has never reported."""

    sensor_id: UUID
    code: str
    unit_id: UUID
    unit_label: str
    setpoint_c: float
    warning_high_c: float
    alarm_high_c: float
    temperature_c: float | None
    read_at: datetime | None
    is_stale: bool
    """Nothing heard for longer than a sensor may be silent: its state is unknown, not good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPoint:
    """One temperature."""

    at: datetime
    temperature_c: float
