"""What happens to sensors themselves: connected, moved, taken out, calibrated."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


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
class SensorMoved:
    """A sensor stands in another unit, from now on or for a while; why is in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.sensor_moved"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    """Its key there; what it measured before keeps ``former_id``."""
    code: str
    kind: str
    unit_id: UUID
    unit_label: str
    former_id: UUID
    from_unit_id: UUID | None
    """None: it was disconnected."""
    from_unit_label: str | None
    moved_at: datetime | None = None
    """When it was moved, where that is dated back; None: now."""
    readings: int = 0
    """How many it had made since, which went with it."""
    alarms_ended: int = 0
    """How many had been raised since, of the unit that it had left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorTakenOut:
    """A sensor stands in no unit from now on; why stands in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.sensor_taken_out"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    code: str
    unit_id: UUID
    unit_label: str


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
