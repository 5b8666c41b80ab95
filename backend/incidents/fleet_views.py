"""All units side by side, those that somebody has to look at first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Final

from backend.storage.ids import UnitStatus
from backend.storage.views import UnitOccupancy
from backend.telemetry.views import SensorDay, SensorNow

STOP_INTAKE: Final = 0.95


class Need(IntEnum):
    """Why a unit has to be looked at, the most urgent first."""

    ALARM = 1
    ACKNOWLEDGED_ALARM = 2
    OUT_OF_RANGE = 3
    SILENT = 4
    NO_SENSOR = 5
    WARM = 6
    CALIBRATION_OVERDUE = 7
    FULL = 8
    NOTHING = 9
    RETIRED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstExcursion:
    """The incident that took a unit farthest out of its limits."""

    code: str
    began_at: datetime
    peak_c: float | None
    """None where no reading tells of it."""
    out_min: float
    others: int
    """How many more there were in the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetUnit:
    """A unit with everything that is known of it now."""

    occupancy: UnitOccupancy
    sensor: SensorNow | None
    """The probe that counts; None where the unit has none."""
    unwatched_since: datetime | None
    """When its last thermometer was taken out; None where one stands in it, or none ever did."""
    alarmed: SensorNow | None
    """A probe of the unit that is in alarm, which may be another one."""
    day: SensorDay | None
    worst: WorstExcursion | None
    calibration_due_on: date | None
    is_calibration_overdue: bool

    @property
    def deviation_c(self) -> float | None:
        """How far it is from its set point; None while that is not known."""
        if self.sensor is None or self.sensor.temperature_c is None or self.sensor.is_stale:
            return None
        return self.sensor.temperature_c - self.sensor.setpoint_c

    @property
    def need(self) -> Need:
        """Return the most urgent reason to look at it."""
        if self.alarmed is not None:
            known = self.alarmed.acknowledged_at is not None
            return Need.ACKNOWLEDGED_ALARM if known else Need.ALARM
        if self.occupancy.status is UnitStatus.RETIRED:
            return Need.RETIRED
        if self.sensor is None:
            return Need.NO_SENSOR
        if self.sensor.is_stale or self.sensor.temperature_c is None:
            return Need.SILENT
        return self._need_of_heard(self.sensor, self.sensor.temperature_c)

    def _need_of_heard(self, sensor: SensorNow, temperature_c: float) -> Need:
        too_cold = sensor.alarm_low_c is not None and temperature_c < sensor.alarm_low_c
        too_warm = sensor.alarm_high_c is not None and temperature_c > sensor.alarm_high_c
        if too_warm or too_cold:
            return Need.OUT_OF_RANGE
        if temperature_c > sensor.warning_high_c:
            return Need.WARM
        if self.is_calibration_overdue:
            return Need.CALIBRATION_OVERDUE
        is_full = self.occupancy.used_fraction >= STOP_INTAKE
        return Need.FULL if is_full else Need.NOTHING


def by_need(units: Sequence[FleetUnit]) -> list[FleetUnit]:
    """Return the units, the most urgent first; of equals the one farthest from its set point.

    Those with nothing to look at stand by label: a tenth of a kelvin is not to move them about.
    """

    def turn(unit: FleetUnit) -> tuple[Need, float, str]:
        away = abs(unit.deviation_c or 0.0) if unit.need <= Need.WARM else 0.0
        return unit.need, -away, unit.occupancy.label

    return sorted(units, key=turn)
