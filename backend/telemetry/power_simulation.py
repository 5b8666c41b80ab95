"""Made-up power and room temperatures of a demonstration laboratory, as physics has them.

A compressor at a fixed share of Carnot's limit carries away what comes through the walls; it runs
at its rated power for a part of each cycle, and fans and controls take theirs all the time. Each
unit is another: its numbers are drawn from its sensor's code, so that it stays the same one.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CYCLE_MIN: Final = 24.0
ROOM_C: Final = 21.0
_ZERO_C_IN_K: Final = 273.15
_METER_NOISE: Final = 0.01
"""A class 1 meter."""
_SEED: Final = 20_261_126
_UNIT, _ROOM = 1, 2
_ULTRA_LOW_C, _FREEZER_C = -50.0, -5.0
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# Days and K: air-conditioned rooms follow the weather, the week and the sun a little.
_ROOM_WAVES = ((1.0, 0.6), (7.0, 0.5), (3.7, 0.7), (11.3, 0.9), (29.0, 0.8))


@dataclass(frozen=True, slots=True, kw_only=True)
class PoweredUnit:
    """What makes a unit take power; ``carnot_share`` is 0–1, of the limit between its two ends."""

    conductance_w_per_k: float
    carnot_share: float
    base_w: float
    rated_w: float

    def compressor_w(self, inside_c: Floats | float, room_c: Floats | float) -> Floats:
        """Return the mean power of the compressor in a steady state, W."""
        difference = np.maximum(np.asarray(room_c) - np.asarray(inside_c), 0.0)
        limit = (np.asarray(inside_c) + _ZERO_C_IN_K) / np.maximum(difference, 0.1)
        power: Floats = self.conductance_w_per_k * difference / (self.carnot_share * limit)
        return power

    def mean_w(self, inside_c: Floats | float, room_c: Floats | float) -> Floats:
        """Return the mean power in a steady state, W."""
        return self.base_w + self.compressor_w(inside_c, room_c)


def powered_unit(code: str, setpoint_c: float) -> PoweredUnit:
    """Return the unit of a power sensor: an upright of its class, none like another.

    At 21 °C around it a −80 °C upright takes some 7 to 11 kWh a day, as makers say of theirs.
    """
    rng = np.random.default_rng([_SEED, _UNIT, zlib.crc32(code.encode())])
    if setpoint_c < _ULTRA_LOW_C:
        conductance, share, base, spare = 1.8, 0.29, 35.0, 1.6
    elif setpoint_c < _FREEZER_C:
        conductance, share, base, spare = 2.2, 0.26, 30.0, 2.2
    else:
        conductance, share, base, spare = 3.0, 0.20, 35.0, 2.5
    unit = PoweredUnit(
        conductance_w_per_k=conductance * float(rng.uniform(0.85, 1.15)),
        carnot_share=share * float(rng.uniform(0.9, 1.1)),
        base_w=base * float(rng.uniform(0.8, 1.2)),
        rated_w=0.0,
    )
    needed = float(unit.compressor_w(setpoint_c, ROOM_C))
    return PoweredUnit(
        conductance_w_per_k=unit.conductance_w_per_k,
        carnot_share=unit.carnot_share,
        base_w=unit.base_w,
        rated_w=needed * spare,
    )


def power_w(
    code: str,
    setpoint_c: float,
    inside_c: Floats,
    minutes: Floats,
    *,
    step: timedelta,
) -> Floats:
    """Return what a meter says, W: the mean of the ``step`` that ends at each minute.

    ``minutes`` count from 2000, shape (n,) as ``inside_c``.
    """
    unit = powered_unit(code, setpoint_c)
    compressor = unit.compressor_w(inside_c, room_c(minutes))
    # A degree above the set point the controller lets it run; a door's warm air is carried away so.
    calls = np.clip((inside_c - setpoint_c - 1.0) / 2.0, 0.0, 1.0)
    duty = np.clip(compressor / unit.rated_w + calls, 0.0, 1.0)
    phase = zlib.crc32(code.encode()) % CYCLE_MIN
    ran = _ran(minutes + phase, duty) - _ran(minutes + phase - step / timedelta(minutes=1), duty)
    share = np.clip(ran / (step / timedelta(minutes=1)), 0.0, 1.0)
    return (unit.base_w + unit.rated_w * share) * (1 + _METER_NOISE * _noise(code, minutes))


def room_c(minutes: Floats) -> Floats:
    """Return the temperature around the units, °C, shape as ``minutes`` from 2000.

    The demonstration's rooms have one ventilation.
    """
    rng = np.random.default_rng([_SEED, _ROOM])
    temperature = np.full_like(minutes, ROOM_C, dtype=float)
    for days, amplitude in _ROOM_WAVES:
        shift = rng.uniform(0, 2 * np.pi)
        temperature += amplitude * np.sin(2 * np.pi * minutes / (days * 1440.0) + shift)
    return temperature


def minutes_of(at: datetime) -> float:
    """Return the minutes from 2000 to an instant."""
    return (at - _EPOCH) / timedelta(minutes=1)


def _ran(minutes: Floats, duty: Floats) -> Floats:
    """Return for how long a compressor of that duty has run until then, minutes."""
    cycles = np.floor(minutes / CYCLE_MIN)
    running: Floats = duty * CYCLE_MIN
    return cycles * running + np.minimum(minutes - cycles * CYCLE_MIN, running)


def _noise(code: str, minutes: Floats) -> Floats:
    """Return noise of unit deviation that a minute always has, shape as ``minutes``."""
    key = np.uint64(zlib.crc32(code.encode()) + _SEED)
    # SplitMix64 (Steele, Lea and Flood 2014): a generator for each minute would take seconds.
    mixed = minutes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + key
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    low, high = mixed & np.uint64(0xFFFFFFFF), mixed >> np.uint64(32)
    first, second = (low + 1.0) / 2.0**32, high / 2.0**32
    noise: Floats = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)
    return noise
