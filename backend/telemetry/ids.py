"""Keys and closed vocabularies of telemetry."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

SensorId = NewType("SensorId", UUID)
AlarmId = NewType("AlarmId", UUID)
WindowId = NewType("WindowId", UUID)


class SensorSource(StrEnum):
    """Where a sensor's readings come from."""

    PROBE = "probe"
    SIMULATED = "simulated"
    """Made up for a demonstration laboratory; every screen that shows them says so."""


class SensorKind(StrEnum):
    """What a sensor measures. Only temperatures are judged; the others are kept and shown."""

    TEMPERATURE_PROBE = "temperature_probe"
    """In the product or a buffer: slow, and what an alarm should rest on."""
    TEMPERATURE_AIR = "temperature_air"
    HUMIDITY = "humidity"
    DOOR = "door"
    CO2 = "co2"
    LN2_LEVEL = "ln2_level"
    POWER = "power"
    TEMPERATURE_ROOM = "temperature_room"
    """Of the air around the unit: nothing in it is judged by it."""


TEMPERATURES = (SensorKind.TEMPERATURE_PROBE, SensorKind.TEMPERATURE_AIR)


class AlarmKind(StrEnum):
    """What an alarm is about (DOMAIN 2h)."""

    HIGH = "high"
    LOW = "low"
    RATE = "rate"
    """Warming faster than a compressor that stands still would let it."""
    DOOR = "door"
    NO_DATA = "no_data"
    CUMULATIVE = "cumulative"
    """Short excursions that together last too long."""
    DISAGREE = "disagree"
    """The air and the probe of one unit do not say the same: one of them is wrong."""


class AlarmSeverity(StrEnum):
    """How far an alarm has to reach."""

    WARNING = "warning"
    CRITICAL = "critical"


class UnitClass(StrEnum):
    """How cold a unit is meant to be, from its set point; an alarm rule holds for one of them."""

    ANY = "any"
    ULTRA_LOW = "ultra_low"
    FREEZER = "freezer"
    REFRIGERATOR = "refrigerator"
    NITROGEN = "nitrogen"
    OTHER = "other"


class Measure(StrEnum):
    """What a rule is about; `ANY` is whatever the sensor measures."""

    ANY = "any"
    TEMPERATURE = "temperature"
    CO2 = "co2"
    LN2_LEVEL = "ln2_level"
    DOOR = "door"
