"""Facts about the temperatures of storage units."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised:
    """A unit has been above its alarm limit, or below its low one, for the whole delay."""

    TYPE: ClassVar[str] = "telemetry.alarm_raised"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    temperature_c: float
    above_c: float | None
    """The limit that it is above; None when it is below ``below_c``."""
    since: datetime
    below_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCleared:
    """A unit is back in its range, and a person has acknowledged that it was not."""

    TYPE: ClassVar[str] = "telemetry.alarm_cleared"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAcknowledged:
    """A person has seen the alarm and acts; why stands in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.alarm_acknowledged"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSilent:
    """A sensor that used to report does so no longer: its unit's state is unknown."""

    TYPE: ClassVar[str] = "telemetry.sensor_silent"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    code: str
    last_read_at: datetime
    is_gathered: bool = False
    """Others fell silent in the same check; `SensorsSilent` tells of all of them at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorsSilent:
    """Several sensors fell silent in one check, as when the laboratory's network stood still."""

    TYPE: ClassVar[str] = "telemetry.sensors_silent"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    """The first of them."""
    unit_labels: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorHeard:
    """A silent sensor reports again."""

    TYPE: ClassVar[str] = "telemetry.sensor_heard"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    code: str
    last_read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorAdded:
    """A sensor is connected to a unit."""

    TYPE: ClassVar[str] = "telemetry.sensor_added"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    code: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorCalibrated:
    """What a sensor says is corrected from now on; earlier readings stay as they were recorded."""

    TYPE: ClassVar[str] = "telemetry.sensor_calibrated"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    code: str
    unit: str
    correction: float
    correction_before: float
    calibrated_on: date
    due_on: date | None
    certificate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationsDue:
    """Calibrations of sensors have come under a lead time; 0 days: they are due."""

    TYPE: ClassVar[str] = "telemetry.calibrations_due"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    """The first of them."""
    lead_days: int
    codes: tuple[str, ...]
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTokenMade:
    """A logger may record for a unit, or for named sensors."""

    TYPE: ClassVar[str] = "telemetry.device_token_made"
    AGGREGATE: ClassVar[str] = "device_token"
    aggregate_id: UUID
    name: str
    unit_label: str | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTokenRevoked:
    """A logger's token holds no longer; why stands in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.device_token_revoked"
    AGGREGATE: ClassVar[str] = "device_token"
    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsImported:
    """A person has brought in a logger's file."""

    TYPE: ClassVar[str] = "telemetry.readings_imported"
    AGGREGATE: ClassVar[str] = "reading_import"
    aggregate_id: UUID
    file_name: str
    readings: int
    accepted: int
    codes: tuple[str, ...]
    """Of the sensors in it, the first fifty."""
