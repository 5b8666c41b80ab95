"""A freezer that is not the model: three masses, a wall that stores, a day in the room, doors.

Air, lining and contents, a hysteresis compressor, doors by day, a load and a room that are another
at every warm-up, a probe with noise that is rounded. All minutes.
"""

from dataclasses import dataclass

import numpy as np

from backend.telemetry.thermal.segments import Series

DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdUnit:
    """Heat capacities in kJ/K, conductances in kJ/(K min), temperatures in °C."""

    air: float
    lining: float
    contents: float
    to_room: float
    to_lining: float
    to_contents: float
    cooling: float
    setpoint_c: float = -80.0
    room_c: float = 22.0


@dataclass(frozen=True, slots=True)
class Lived:
    """A unit's truth, minute by minute, and what its probe says every ``every`` minutes."""

    air_c: np.ndarray
    probe: Series
    power: Series
    door: Series


def make_unit(rng: np.random.Generator) -> ColdUnit:
    """Draw a unit between a half-empty chest and a full upright."""
    contents = float(rng.uniform(40, 160))
    to_room = float(rng.uniform(0.09, 0.16))
    return ColdUnit(
        air=float(rng.uniform(3, 10)),
        lining=float(rng.uniform(15, 50)),
        contents=contents,
        to_room=to_room,
        to_lining=float(rng.uniform(0.8, 2.0)),
        to_contents=float(rng.uniform(2.0, 6.0)),
        cooling=to_room * 102 * float(rng.uniform(1.5, 2.2)),
        room_c=float(rng.uniform(18, 25)),
    )


def live(
    unit: ColdUnit,
    days: int,
    losses: dict[int, int],
    rng: np.random.Generator,
    *,
    every: int = 5,
) -> Lived:
    """Run a unit from its set point; ``losses`` says at which minute power fails, for how long."""
    total = days * DAY
    air = lining = contents = unit.setpoint_c
    load, room_shift, door_left, on, off_until = 1.0, 0.0, 0, False, -1
    opening = rng.random(total) < 6 / DAY
    truth, power, door = np.empty(total), np.empty(total), np.empty(total)
    for minute in range(total):
        if minute in losses:
            off_until = minute + losses[minute]
            load, room_shift = float(rng.uniform(0.9, 1.1)), float(rng.normal(0, 1.2))
        on = air > unit.setpoint_c + 1.5 or (on and air > unit.setpoint_c - 1.5)
        cooled = on and minute >= off_until
        if opening[minute] and minute >= off_until:
            door_left = int(rng.integers(1, 4))
        room = unit.room_c + room_shift + 1.5 * np.sin(2 * np.pi * minute / DAY)
        leak = 4.0 * unit.to_room if door_left else 0.0
        door_left = max(0, door_left - 1)
        for _ in range(4):
            to_lining = unit.to_lining * (lining - air)
            to_contents = unit.to_contents * (contents - air)
            heat = leak * (room - air) + to_lining + to_contents - (unit.cooling if cooled else 0)
            air += 0.25 * heat / unit.air
            lining += 0.25 * (unit.to_room * (room - lining) - to_lining) / unit.lining
            contents += 0.25 * -to_contents / (unit.contents * load)
        truth[minute], power[minute], door[minute] = air, 650.0 * cooled + 20.0, door_left > 0
    for start, length in losses.items():
        power[start : start + length] = 0.0
    at = np.arange(0, total, every)
    said = np.round(truth[at] + rng.normal(0, 0.15, len(at)), 1)
    minutes = at.astype(float)
    return Lived(
        truth, Series(minutes, said), Series(minutes, power[at]), Series(minutes, door[at])
    )
