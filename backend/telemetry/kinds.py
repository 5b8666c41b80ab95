"""What each kind of sensor measures: its unit, and which numbers can be a measurement at all.

A number outside its kind's range is a fault of the sensor or of whoever connected it, never a
reading. Zero always is one. Ranges: temperatures as in DOMAIN 2h, from liquid nitrogen (−196 °C)
with room for a probe's error up to an autoclave; shares are shares.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.telemetry.ids import AlarmKind, SensorKind
from backend.telemetry.rules import NO_DATA_CODES

_NONE: Final[frozenset[float]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFacts:
    """``low`` to ``high`` can be measured; ``no_data`` are a probe's words for “nothing”.

    ``correctable``: it has a calibration. A switch that is open or shut has none.
    """

    label: str
    unit: str
    low: float
    high: float
    no_data: frozenset[float] = _NONE
    correctable: bool = True


KINDS: Final[Mapping[SensorKind, KindFacts]] = {
    SensorKind.TEMPERATURE_PROBE: KindFacts(
        label="Temperature, probe", unit="°C", low=-210.0, high=150.0, no_data=NO_DATA_CODES
    ),
    SensorKind.TEMPERATURE_AIR: KindFacts(
        label="Temperature, air", unit="°C", low=-210.0, high=150.0, no_data=NO_DATA_CODES
    ),
    SensorKind.HUMIDITY: KindFacts(label="Humidity", unit="% RH", low=0.0, high=100.0),
    SensorKind.DOOR: KindFacts(label="Door", unit="open", low=0.0, high=1.0, correctable=False),
    SensorKind.CO2: KindFacts(label="CO₂", unit="% CO₂", low=0.0, high=100.0),
    SensorKind.LN2_LEVEL: KindFacts(label="LN₂ level", unit="%", low=0.0, high=100.0),
    SensorKind.POWER: KindFacts(label="Power", unit="W", low=0.0, high=20_000.0),
    SensorKind.TEMPERATURE_ROOM: KindFacts(
        label="Temperature, room", unit="°C", low=-40.0, high=60.0, no_data=NO_DATA_CODES
    ),
}


def is_no_data(kind: SensorKind, value: float) -> bool:
    """Say whether a number says that nothing was measured: no number, or a probe's error code."""
    return not math.isfinite(value) or value in KINDS[kind].no_data


def is_plausible(kind: SensorKind, value: float) -> bool:
    """Say whether a number, as the sensor sent it, can be a measurement of its kind."""
    return KINDS[kind].low <= value <= KINDS[kind].high


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A measurement as it is kept; ``raw_value`` is None where nothing was added."""

    value: float
    correction: float
    raw_value: float | None


def corrected(said: float, correction: float) -> Corrected:
    """Return what is kept of a number that a sensor with this correction said."""
    if not correction:
        return Corrected(value=said, correction=0.0, raw_value=None)
    # Six places are a thousand times finer than any sensor: 4.1 + 0.2 is to read as 4.3.
    value = round(said + correction, 6)
    return Corrected(value=value, correction=correction, raw_value=said)


_BACK: Final[Mapping[AlarmKind, str]] = {
    AlarmKind.NO_DATA: "Heard again",
    AlarmKind.DOOR: "Shut again",
}


def back_words(kind: AlarmKind | None) -> str:
    """Say how a sensor is whose alarm has nothing to tell any more but waits for a person."""
    return "Back in range" if kind is None else _BACK.get(kind, "Back in range")
