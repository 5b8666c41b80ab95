"""Units whose energy is known: days to learn from, and readings of meter, probe and room."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.core import clock
from backend.telemetry import power_simulation
from backend.telemetry.energy.slope import UnitDay
from backend.telemetry.ids import SensorKind, SensorSource
from backend.telemetry.models import Reading
from backend.telemetry.power_simulation import PoweredUnit, powered_unit
from tests.factories.telemetry import make_sensor

FIRST = date(2026, 6, 1)
_ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True, kw_only=True)
class LivedDays:
    """A unit's days as its sensors say them, and the truth of what +10 K would change."""

    days: list[UnitDay]
    change_kwh: float


def live_days(
    code: str,
    rng: np.random.Generator,
    *,
    count: int = 60,
    room_sd_k: float = 1.2,
    meter_noise: float = 0.01,
    setpoint_c: float = -80.0,
    has_doors: bool = True,
) -> LivedDays:
    """Run a unit in a room that follows the weather; doors let warm air in, by the hour."""
    unit = powered_unit(code, setpoint_c)
    rooms = (
        21 + _weather(count, room_sd_k, rng)[:, None] + 0.6 * np.sin(np.arange(24) / 24 * 2 * np.pi)
    )
    doors_min = rng.poisson(12, count).astype(float)
    offset_k = float(rng.normal(0, 0.5))
    inside = setpoint_c + offset_k + rng.normal(0, 0.1, count)
    true_w = _mean_w(unit, inside, rooms, doors_min)
    after_w = _mean_w(unit, inside + 10, rooms, doors_min)
    said = true_w * (1 + rng.normal(0, meter_noise, count))
    days = [
        UnitDay(
            on=FIRST + timedelta(days=number),
            kwh=float(said[number]) * 0.024,
            inside_c=float(inside[number] + rng.normal(0, 0.05)),
            room_c=float(rooms[number].mean() + rng.normal(0, 0.1)),
            door_min=float(doors_min[number]) if has_doors else None,
        )
        for number in range(count)
    ]
    return LivedDays(days=days, change_kwh=float(np.mean(after_w - true_w)) * 0.024)


def without_room(days: list[UnitDay]) -> list[UnitDay]:
    """The same days with no sensor in the room."""
    return [replace(each, room_c=None) for each in days]


def record_unit(
    session: Session, unit_id: UUID, label: str, *, days: int, with_room: bool = True
) -> None:
    """Keep what a −80 °C unit's probe, meter and room said every 15 minutes until now.

    The first day begins at noon where the laboratory is: it is half known at any hour of the tests.
    """
    step = timedelta(minutes=15)
    now = clock.utc_now()
    noon = datetime.combine(now.astimezone(_ZONE) - timedelta(days=days), time(12), _ZONE)
    first = noon.astimezone(UTC)
    at = [first + step * number for number in range((now - first) // step)]
    minutes = np.array([power_simulation.minutes_of(each) for each in at])
    inside = -80 + 0.3 * np.sin(minutes / 900)
    kinds = {
        SensorKind.TEMPERATURE_PROBE: inside,
        SensorKind.POWER: power_simulation.power_w(
            f"{label}-P1", -80.0, inside, minutes, step=step
        ),
        SensorKind.TEMPERATURE_ROOM: power_simulation.room_c(minutes),
    }
    if not with_room:
        del kinds[SensorKind.TEMPERATURE_ROOM]
    for number, (kind, values) in enumerate(kinds.items()):
        sensor = make_sensor(session, unit_label=label, source=SensorSource.SIMULATED)
        sensor.unit_id, sensor.kind, sensor.code = unit_id, kind, f"{label}-{kind.value}-{number}"
        session.flush()
        rows = [
            {"sensor_id": sensor.id, "at": when, "value": float(value)}
            for when, value in zip(at, values, strict=True)
        ]
        session.execute(insert(Reading), rows)


def _weather(count: int, sd_k: float, rng: np.random.Generator) -> np.ndarray:
    """Return a first-order autoregressive course in K, shape (count,)."""
    course, now = np.zeros(count), 0.0
    for day in range(count):
        now = 0.8 * now + float(rng.normal(0, sd_k * 0.6))
        course[day] = now
    return course


def _mean_w(
    unit: PoweredUnit, inside: np.ndarray, rooms: np.ndarray, doors_min: np.ndarray
) -> np.ndarray:
    """Return each day's mean power: 1.2 kW of warm air come in by an open door."""
    walls_w = unit.conductance_w_per_k * (rooms - inside[:, None])
    door_w = doors_min[:, None] * 60 * 1200 / 86_400
    compressor = unit.compressor_w(inside[:, None], rooms) * (1 + door_w / walls_w)
    return np.asarray((unit.base_w + compressor).mean(axis=1))
