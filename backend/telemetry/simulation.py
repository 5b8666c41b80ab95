"""Made-up temperatures of a demonstration laboratory: its history and what comes after.

A unit's deviation from its set point forgets itself over an hour or two, doors and defrosts warm
it for a while. The same sensor, minute and last temperature give the same next one. A unit with a
door of its own is warmed by that door and by no other chance. Without cooling it warms as three
masses do that exchange heat. Power: power_simulation.py.
"""

import zlib
from dataclasses import dataclass
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

DOOR_MINUTES = 3
"""The longest that a door stands open."""
DOOR_WARMS_K = (0.3, 0.7)
"""In a minute, as shares of `DOOR_K`: two minutes warm as much as the history's doors do."""

_SEED = 20_261_125
_DOORS = 1
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


def door_is_open(code: str, at: datetime) -> bool:
    """Say whether a door stands open in a minute; it opens about twice a day, for 1 to 3 min."""
    chance = DOOR_CHANCE * (timedelta(minutes=1) / HISTORY_STEP)
    minute = int(at.timestamp() // 60)
    for ago in range(DOOR_MINUTES):
        rng = np.random.default_rng([_SEED, _DOORS, zlib.crc32(code.encode()), minute - ago])
        if rng.random() < chance and rng.integers(DOOR_MINUTES) >= ago:
            return True
    return False


def next_temperature(
    code: str,
    setpoint_c: float,
    last_c: float,
    last_at: datetime,
    at: datetime,
    *,
    door_open: bool | None = None,
) -> float:
    """Return a sensor's temperature at ``at`` in °C, given the last one.

    ``door_open`` is None for a unit without a door sensor: then doors open by chance.
    """
    minute = int(at.timestamp() // 60)
    rng = np.random.default_rng([_SEED, zlib.crc32(code.encode()), minute])
    step = at - last_at
    deviation = (last_c - setpoint_c) * retained(step) + rng.normal(0, shock_k(step))
    by_chance = rng.random() < DOOR_CHANCE * min(step / HISTORY_STEP, 1.0)
    if door_open is None and by_chance:
        deviation += rng.exponential(DOOR_K)
    if door_open:
        deviation += rng.uniform(*DOOR_WARMS_K) * DOOR_K
    if defrosts(setpoint_c) and minute % (DEFROST_EVERY // timedelta(minutes=1)) == 0:
        deviation += rng.uniform(*DEFROST_K)
    return round(setpoint_c + float(deviation), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabinet:
    """A unit in three masses that share its heat capacity: air side, insulation and contents.

    Rates are in shares of the whole capacity a minute. An ultra-low unit without power warms by 3
    to 10 K in its first hour, by make and load (DOMAIN 2h: up to 10 K/h).
    """

    air: float = 0.12
    walls: float = 0.18
    contents: float = 0.70
    air_walls: float = 1 / 25
    air_contents: float = 1 / 30
    walls_room: float = 1 / 900
    reserve: float = 2.4
    """What its compressor can take out, as a multiple of what leaks in at the set point."""


def outage(
    cabinet: Cabinet, setpoint_c: float, room_c: float, *, off_min: int, lasting_min: int
) -> np.ndarray:
    """Return the air side's distance from the set point in K, one a minute from the failure on.

    Cooling is off for ``off_min`` minutes and on again afterwards; shape (``lasting_min``,). More
    masses than the model that is fitted to it has, so that the model's error is one.
    """
    leak = (room_c - setpoint_c) / (1 / cabinet.walls_room + 1 / cabinet.air_walls)
    air, walls, contents = setpoint_c, setpoint_c + leak / cabinet.air_walls, setpoint_c
    distances = np.empty(lasting_min)
    for minute in range(lasting_min):
        distances[minute] = air - setpoint_c
        into_air = cabinet.air_walls * (walls - air) + cabinet.air_contents * (contents - air)
        if minute >= off_min:
            # The thermostat asks for what brings the air back within the minute, if there is it.
            wanted = into_air + cabinet.air * (air - setpoint_c)
            into_air -= min(max(wanted, 0.0), cabinet.reserve * leak)
        from_room = cabinet.walls_room * (room_c - walls)
        walls_to_air = cabinet.air_walls * (walls - air)
        contents += cabinet.air_contents * (air - contents) / cabinet.contents
        walls += (from_room - walls_to_air) / cabinet.walls
        air += into_air / cabinet.air
    return distances
