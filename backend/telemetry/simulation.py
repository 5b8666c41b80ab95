"""Made-up temperatures of a demonstration laboratory: its history and what comes after.

A unit's deviation from its set point forgets itself over an hour or two, doors and defrosts warm
it for a while. The same sensor, minute and last temperature give the same next one.
"""

import zlib
from datetime import datetime, timedelta

import numpy as np

HISTORY_STEP = timedelta(minutes=15)
RETAINED = 0.85
"""Share of a deviation that is left after a step of the history."""
SHOCK_K = 0.22
DOOR_CHANCE = 0.02
DOOR_K = 0.9
DEFROST_K = (0.8, 1.6)
DEFROST_EVERY = timedelta(hours=8)

_SEED = 20_261_125
_FROST_FREE_C = -25.0
"""Units warmer than this, and below zero, defrost by themselves."""


def retained(step: timedelta) -> float:
    """Return the share of a deviation that is left after ``step``."""
    return float(RETAINED ** (step / HISTORY_STEP))


def shock_k(step: timedelta) -> float:
    """Return the standard deviation of a step's noise in K, so that all steps spread alike."""
    left = retained(step)
    return float(SHOCK_K * np.sqrt((1 - left**2) / (1 - RETAINED**2)))


def defrosts(setpoint_c: float) -> bool:
    """Say whether a unit of that set point defrosts by itself."""
    return _FROST_FREE_C < setpoint_c < 0


def next_temperature(
    code: str, setpoint_c: float, last_c: float, last_at: datetime, at: datetime
) -> float:
    """Return a sensor's temperature at ``at`` in °C, given the last one."""
    minute = int(at.timestamp() // 60)
    rng = np.random.default_rng([_SEED, zlib.crc32(code.encode()), minute])
    step = at - last_at
    deviation = (last_c - setpoint_c) * retained(step) + rng.normal(0, shock_k(step))
    if rng.random() < DOOR_CHANCE * min(step / HISTORY_STEP, 1.0):
        deviation += rng.exponential(DOOR_K)
    if defrosts(setpoint_c) and minute % (DEFROST_EVERY // timedelta(minutes=1)) == 0:
        deviation += rng.uniform(*DEFROST_K)
    return round(setpoint_c + float(deviation), 2)
