"""Units without cooling in the demonstration's past: tests of the power, and one bad night. Pure.

Four units are in the quarter after a service: every five weeks the emergency power is tried out,
and they stand without power meanwhile, for as long as they stay below the alarm's limit. Two such
warm-ups teach a thermal model; one unit has had only one, and the others none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from backend.telemetry import simulation
from backend.telemetry.simulation import Cabinet
from db.seeds.world import TIME_ZONE

MINUTE: Final = timedelta(minutes=1)
ROOM_C: Final = (20.5, 23.5)
_LOAD: Final = 0.06
"""Share by which what stands in a unit differs from one test to the next."""
_PROBE_K = 0.06
_TEST_LASTS: Final = timedelta(hours=6)
_STEP_MIN = int(simulation.HISTORY_STEP / MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tested:
    """``off_min`` is how long a test lasts, by what the unit bears."""

    walls_room: float
    off_min: int
    days_ago: tuple[int, ...]


_TESTED: Final[Mapping[str, _Tested]] = {
    "ULT-01": _Tested(walls_room=1 / 750, off_min=75, days_ago=(82, 47)),
    "ULT-02": _Tested(walls_room=1 / 1100, off_min=105, days_ago=(81, 46, 11)),
    "ULT-03": _Tested(walls_room=1 / 1000, off_min=90, days_ago=(12,)),
    "ULT-05": _Tested(walls_room=1 / 950, off_min=90, days_ago=(80, 45)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """When a unit's compressor failed and for how long, and when nothing of it was left."""

    began_at: datetime
    off_min: int
    over_at: datetime


def night_of(now: datetime) -> Night:
    """Return the night from about three weeks ago on that lies in a whole month before this one.

    The report of the last whole month tells of it and, but for the last days of a month, the fleet
    page too, which remembers thirty days.
    """
    zone = ZoneInfo(TIME_ZONE)
    today = now.astimezone(zone).date()
    day = min(today - timedelta(days=23), today.replace(day=1) - timedelta(days=1))
    began = datetime.combine(day, time(1, 10), zone).astimezone(UTC)
    return Night(began_at=began, off_min=200, over_at=began + timedelta(hours=12))


def minutes_of(
    night: Night, sensor_id: UUID, setpoint_c: float, rng: np.random.Generator
) -> Iterator[tuple[UUID, datetime, float]]:
    """Yield the readings of the night: after an alarm each minute is kept."""
    lasting = int((night.over_at - night.began_at) / MINUTE)
    cabinet = Cabinet(walls_room=_TESTED["ULT-01"].walls_room)
    distance = simulation.outage(
        cabinet, setpoint_c, 22.0, off_min=night.off_min, lasting_min=lasting
    )
    measured = setpoint_c + distance + rng.normal(0, _PROBE_K, lasting)
    for minute, value in enumerate(measured.tolist()):
        yield sensor_id, night.began_at + MINUTE * minute, round(value, 2)


def power_tests(label: str, setpoint_c: float, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return what a unit's tests warmed it by at each step of the history, in K."""
    warmer = np.zeros(steps)
    tested = _TESTED.get(label)
    if tested is None:
        return warmer
    for days_ago in tested.days_ago:
        cabinet = Cabinet(
            walls_room=tested.walls_room,
            contents=Cabinet().contents * (1 + rng.uniform(-_LOAD, _LOAD)),
        )
        curve = simulation.outage(
            cabinet,
            setpoint_c,
            rng.uniform(*ROOM_C),
            off_min=tested.off_min,
            lasting_min=int(_TEST_LASTS / MINUTE),
        )[::_STEP_MIN]
        start = _step_of(days_ago, steps)
        warmer[start : start + len(curve)] += curve
    return warmer


def without_power(label: str, steps: int) -> np.ndarray:
    """Return in which of the last steps of the history a unit took nothing, shape (steps,)."""
    off = np.zeros(steps, dtype=bool)
    tested = _TESTED.get(label)
    off_steps = 0 if tested is None else tested.off_min // _STEP_MIN
    for days_ago in () if tested is None else tested.days_ago:
        start = _step_of(days_ago, steps)
        if start >= 0:
            # A meter's reading is the mean of the step that ends with it.
            off[start + 1 : start + 1 + off_steps] = True
    return off


def _step_of(days_ago: int, steps: int) -> int:
    """Return the step with which a test begins; negative before the first of them."""
    return steps - int(timedelta(days=days_ago) / simulation.HISTORY_STEP)
