"""What readers of telemetry receive. Temperatures in °C, rates in °C per minute."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.telemetry.ids import AlarmId, AlarmKind, AlarmSeverity, SensorId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """A temperature that a sensor reports, at the instant of measuring."""

    sensor_id: SensorId
    at: datetime
    temperature_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPoint:
    """One temperature."""

    at: datetime
    temperature_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAlarm:
    """An alarm of a storage unit, open until it is over and, mostly, acknowledged.

    ``rate_c_per_min`` is the slope of the last readings, None with fewer than two.
    """

    sensor_id: SensorId
    unit_id: UUID
    unit_label: str
    temperature_c: float | None
    """The newest number of the sensor, in ``measured_in``; None where it has never spoken there."""
    limit_c: float
    """What it was above, or below when ``is_cold``, in the unit of its rule."""
    rate_c_per_min: float | None
    since: datetime
    acknowledged_at: datetime | None
    acknowledged_by_name: str | None
    back_since: datetime | None = None
    """Since when it has been safely in range or heard again; the alarm waits for a person."""
    is_cold: bool = False
    kind: AlarmKind = AlarmKind.HIGH
    severity: AlarmSeverity = AlarmSeverity.CRITICAL
    is_stale: bool = False
    """The temperature is the last one heard, too old to be the present one."""
    is_simulated: bool = False
    alarm_id: AlarmId | None = None
    code: str = ""
    """Of the sensor."""
    measured_in: str = "°C"
    lowest: float | None = None
    highest: float | None = None
    raised_at: datetime | None = None
    told_at: datetime | None = None
    """None: the unit is in maintenance, nobody has been told."""
    storm_id: UUID | None = None
    storm_version: int | None = None
    """Of the common rule by which it was gathered."""
    snoozed_until: datetime | None = None
    rule_key: str = ""
    rule_version: int = 1
    connected_at: datetime | None = None
    """Since when it stands there without a word; None where it has spoken since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorNow:
    """A sensor with its newest reading; None where it has never reported."""

    sensor_id: SensorId
    code: str
    unit_id: UUID
    unit_label: str
    setpoint_c: float
    warning_high_c: float
    alarm_high_c: float | None
    """None where nothing is too warm for it."""
    alarm_low_c: float | None
    """None where cold does no harm."""
    temperature_c: float | None
    read_at: datetime | None
    is_stale: bool
    """Nothing heard for longer than a sensor may be silent: its state is unknown, not good."""
    alarm_since: datetime | None = None
    alarm_kind: AlarmKind | None = None
    back_since: datetime | None = None
    """Safely in range or heard again, as in `UnitAlarm`."""
    acknowledged_at: datetime | None = None
    is_simulated: bool = False
    awaited_from: datetime | None = None
    """Since when it should speak; None where no person has connected or registered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorDay:
    """A sensor's last 24 hours: coldest, warmest, and the warmest of each half hour that has one.

    ``warmest_c`` is oldest first; half hours without a reading are left out.
    """

    low_c: float
    high_c: float
    warmest_c: tuple[float, ...]
