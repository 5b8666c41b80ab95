"""Ninety days of freezer temperatures: set point, drift, defrosts, doors and tests of the power.

The readings of the one bad night are handed back: what came of it has to be lived through first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from backend.core import ids
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.telemetry import keeping, simulation
from backend.telemetry.ids import SensorKind, SensorSource
from backend.work import service as work_service
from backend.work.ids import MissedRunPolicy
from db.seeds import failures
from db.seeds.load import copy_rows
from db.seeds.places import DemoUnit
from db.seeds.world import TIME_ZONE

DAYS = 90
STEP = simulation.HISTORY_STEP
_WITH_DOORS = frozenset({"ULT-01", "ULT-02", "FRZ-01"})
"""Units whose door and power are recorded, too."""
Row = tuple[UUID, datetime, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many readings there are, and those from the bad night on that are not written yet."""

    readings: int
    failed: DemoUnit
    sensor_id: UUID
    later: Sequence[Row]


def go_on(session: WriteSession, principal: Principal) -> None:
    """Schedule a made-up reading a minute, so that no sensor falls silent, and ask for models.

    Only a demonstration laboratory has this schedule; minutes missed are not made up for.
    """
    work_service.ensure_schedule(
        session,
        principal,
        name="simulate readings",
        job_kind="telemetry.simulate_readings",
        arguments={},
        cron="@every 60s",
        time_zone=TIME_ZONE,
        missed_runs=MissedRunPolicy.SKIP,
    )
    work_service.request_job(
        session,
        principal,
        kind="telemetry.fit_thermal",
        key="demonstration",
        arguments={},
        queue="long",
    )


def write(
    session: WriteSession, units: Sequence[DemoUnit], now: datetime, rng: np.random.Generator
) -> Written:
    """Write one sensor a unit and its readings, oldest first; the first unit's up to its night."""
    keeping.make_months(session, now - timedelta(days=DAYS), now + timedelta(days=31))
    sensors = [(ids.new_id(), unit) for unit in units]
    copy_rows(
        session,
        "sensor",
        # No limits of their own: the rules of their class hold, and change with them.
        "id, code, unit_id, unit_label, setpoint_c, warning_high_c, alarm_delay_s, source",
        (
            (
                sensor_id,
                f"{unit.node.label}-T1",
                unit.node.id,
                unit.node.label,
                unit.kind.setpoint_c,
                unit.kind.warning_high_c,
                900,
                SensorSource.SIMULATED.value,
            )
            for sensor_id, unit in sensors
        ),
    )
    _write_doors_and_power(session, units)
    (sensor_id, failed), *others = sensors
    for each, unit in others:
        copy_readings(session, _readings(each, unit, now, rng))
    night = failures.night_of(now)
    rows = [
        *(
            row
            for row in _readings(sensor_id, failed, now, rng)
            if not night.began_at <= row[1] < night.over_at
        ),
        *failures.minutes_of(night, sensor_id, failed.kind.setpoint_c, rng),
    ]
    rows.sort(key=lambda row: row[1])
    copy_readings(session, (row for row in rows if row[1] < night.began_at))
    return Written(
        readings=len(others) * int(timedelta(days=DAYS) / STEP) + len(rows),
        failed=failed,
        sensor_id=sensor_id,
        later=[row for row in rows if row[1] >= night.began_at],
    )


def copy_readings(session: WriteSession, rows: Iterable[Row]) -> int:
    """Write readings as they come and return how many."""
    return copy_rows(session, "reading", "sensor_id, at, value", rows)


def _write_doors_and_power(session: WriteSession, units: Sequence[DemoUnit]) -> None:
    """Write a door and a power sensor of some units; their readings begin with the program."""
    copy_rows(
        session,
        "sensor",
        "id, code, kind, unit_id, unit_label, alarm_delay_s, source",
        (
            (
                ids.new_id(),
                f"{unit.node.label}-{letter}1",
                kind.value,
                unit.node.id,
                unit.node.label,
                900,
                SensorSource.SIMULATED.value,
            )
            for unit in units
            if unit.node.label in _WITH_DOORS
            for letter, kind in (("D", SensorKind.DOOR), ("P", SensorKind.POWER))
        ),
    )


def _readings(
    sensor_id: UUID, unit: DemoUnit, now: datetime, rng: np.random.Generator
) -> Iterator[Row]:
    steps = int(timedelta(days=DAYS) / STEP)
    newest = now.replace(second=0, microsecond=0)
    temperatures = unit.kind.setpoint_c + _noise(steps, rng) + _defrosts(steps, unit, rng)
    temperatures += failures.power_tests(unit.node.label, unit.kind.setpoint_c, steps, rng)
    for step, temperature in enumerate(temperatures.tolist()):
        yield sensor_id, newest - (steps - 1 - step) * STEP, round(temperature, 2)


def _noise(steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return first-order autoregressive noise in K, shape (steps,)."""
    shocks = rng.normal(0, simulation.SHOCK_K, steps)
    noise = np.zeros(steps)
    for step in range(1, steps):
        noise[step] = simulation.RETAINED * noise[step - 1] + shocks[step]
    return noise


def _defrosts(steps: int, unit: DemoUnit, rng: np.random.Generator) -> np.ndarray:
    """Return short warm bumps in K: doors by day, a defrost every eight hours at −20 °C."""
    opened = rng.random(steps) < simulation.DOOR_CHANCE
    bumps = np.where(opened, rng.exponential(simulation.DOOR_K, steps), 0.0)
    if simulation.defrosts(unit.kind.setpoint_c):
        every = simulation.DEFROST_EVERY // STEP
        bumps[::every] += rng.uniform(*simulation.DEFROST_K, len(bumps[::every]))
    return np.convolve(bumps, (1.0, 0.6, 0.3), mode="full")[:steps]
