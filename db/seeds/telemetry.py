"""Ninety days of freezer temperatures: set point, drift, defrosts, doors and one bad night."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from backend.core import ids
from db.seeds.load import copy_rows
from db.seeds.places import DemoUnit

DAYS = 90
STEP = timedelta(minutes=15)
_EXCURSION_DAY = 23
"""Days ago of the one excursion, in the first unit: a door left ajar overnight."""


def write(
    session: Session, units: Sequence[DemoUnit], now: datetime, rng: np.random.Generator
) -> int:
    """Write one sensor a unit and its readings, oldest first; return how many readings."""
    sensors = [(ids.new_id(), unit) for unit in units]
    copy_rows(
        session,
        "sensor",
        "id, code, unit_id, unit_label, setpoint_c, warning_high_c, alarm_high_c, alarm_delay_s",
        (
            (
                sensor_id,
                f"{unit.node.label}-T1",
                unit.node.id,
                unit.node.label,
                unit.kind.setpoint_c,
                unit.kind.warning_high_c,
                unit.kind.alarm_high_c,
                900,
            )
            for sensor_id, unit in sensors
        ),
    )
    total = 0
    for index, (sensor_id, unit) in enumerate(sensors):
        rows = _readings(sensor_id, unit, now, rng, excursion=index == 0)
        total += copy_rows(session, "reading", "sensor_id, at, temperature_c", rows)
    return total


def _readings(
    sensor_id: UUID,
    unit: DemoUnit,
    now: datetime,
    rng: np.random.Generator,
    *,
    excursion: bool,
) -> Iterator[tuple[UUID, datetime, float]]:
    steps = int(timedelta(days=DAYS) / STEP)
    newest = now.replace(second=0, microsecond=0)
    temperatures = unit.kind.setpoint_c + _noise(steps, rng) + _defrosts(steps, unit, rng)
    if excursion:
        temperatures += _excursion(steps, unit)
    for step, temperature in enumerate(temperatures.tolist()):
        yield sensor_id, newest - (steps - 1 - step) * STEP, round(temperature, 2)


def _noise(steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return first-order autoregressive noise in K, shape (steps,)."""
    shocks = rng.normal(0, 0.22, steps)
    noise = np.zeros(steps)
    for step in range(1, steps):
        noise[step] = 0.85 * noise[step - 1] + shocks[step]
    return noise


def _defrosts(steps: int, unit: DemoUnit, rng: np.random.Generator) -> np.ndarray:
    """Return short warm bumps in K: doors by day, a defrost every eight hours at −20 °C."""
    bumps = np.where(rng.random(steps) < 0.02, rng.exponential(0.9, steps), 0.0)  # noqa: PLR2004
    if unit.kind.prefix == "FRZ":
        bumps[::32] += rng.uniform(0.8, 1.6, len(bumps[::32]))
    return np.convolve(bumps, (1.0, 0.6, 0.3), mode="full")[:steps]


def _excursion(steps: int, unit: DemoUnit) -> np.ndarray:
    """Return the bad night: three hours of warming past the alarm line, then recovery, in K."""
    excursion = np.zeros(steps)
    peak = unit.kind.alarm_high_c - unit.kind.setpoint_c + 4.0
    start = steps - int(timedelta(days=_EXCURSION_DAY) / STEP)
    shape = np.concatenate([np.linspace(0, peak, 12), peak * np.exp(-np.arange(28) / 7)])
    excursion[start : start + len(shape)] = shape
    return excursion
