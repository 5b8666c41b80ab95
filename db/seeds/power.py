"""Forty-five days of what some units took, and of the room they stand in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from backend.core import ids
from backend.core.sessions import WriteSession
from backend.telemetry import power_simulation, simulation
from backend.telemetry.ids import TEMPERATURES, SensorKind, SensorSource
from backend.telemetry.models import Reading, Sensor
from db.seeds import failures
from db.seeds.load import copy_rows
from db.seeds.places import DemoUnit

METERED = frozenset({"ULT-03", "ULT-05", "FRZ-02"})
"""A meter reads these for DAYS; those with doors begin with the program. No room sensor
stands beside FRZ-02, so its set point cannot be judged: that is to be seen, too."""
ROOM_AT = "ULT-03"
DAYS = 45
"""More than the month that pages show, and enough for a set point; a start waits for it."""


def write(session: WriteSession, units: Sequence[DemoUnit]) -> int:
    """Write meters and the room's sensor, with readings beside those of the units' probes."""
    chosen = [unit for unit in units if unit.node.label in METERED]
    total = 0
    for unit in chosen:
        rows = session.execute(
            select(Reading.at, Reading.value)
            .join(Sensor, Sensor.id == Reading.sensor_id)
            .where(Sensor.unit_id == unit.node.id, Sensor.kind.in_(TEMPERATURES))
            .order_by(Reading.at.desc())
            .limit(timedelta(days=DAYS) // simulation.HISTORY_STEP)
        ).all()[::-1]
        at = [row.at for row in rows]
        minutes = np.array([power_simulation.minutes_of(each) for each in at])
        code = f"{unit.node.label}-P1"
        said = power_simulation.power_w(
            code,
            unit.kind.setpoint_c,
            np.array([row.value for row in rows]),
            minutes,
            step=simulation.HISTORY_STEP,
        )
        said[failures.without_power(unit.node.label, len(said))] = 0.0
        total += _sensor(session, unit, code, SensorKind.POWER, at, np.round(said, 1))
        if unit.node.label == ROOM_AT:
            room = np.round(power_simulation.room_c(minutes), 2)
            code = f"{unit.node.label}-R1"
            total += _sensor(session, unit, code, SensorKind.TEMPERATURE_ROOM, at, room)
    return total


def _sensor(  # noqa: PLR0917 -- a sensor and what it said
    session: WriteSession,
    unit: DemoUnit,
    code: str,
    kind: SensorKind,
    at: Sequence[datetime],
    values: NDArray[np.float64],
) -> int:
    sensor_id = ids.new_id()
    copy_rows(
        session,
        "sensor",
        "id, code, kind, unit_id, unit_label, alarm_delay_s, source",
        [
            (
                sensor_id,
                code,
                kind.value,
                unit.node.id,
                unit.node.label,
                900,
                SensorSource.SIMULATED.value,
            )
        ],
    )
    rows = ((sensor_id, when, value) for when, value in zip(at, values.tolist(), strict=True))
    return copy_rows(session, "reading", "sensor_id, at, value", rows)
