"""Doors, power and rooms of a demonstration laboratory, made up like its temperatures."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry import intake, power_simulation, simulation
from backend.telemetry.ids import TEMPERATURES, SensorKind, SensorSource
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.models import Reading, Sensor

_LATELY = timedelta(minutes=5)
"""A compressor's power is made up of a temperature that is no older."""


def doors(session: Session) -> Mapping[UUID, str]:
    """Return the code of the simulated door of each unit that has one."""
    rows = session.execute(
        select(Sensor.unit_id, func.min(Sensor.code).label("code"))
        .where(
            Sensor.source == SensorSource.SIMULATED,
            Sensor.kind == SensorKind.DOOR,
            Sensor.disconnected_at.is_(None),
        )
        .group_by(Sensor.unit_id)
    )
    return {row.unit_id: row.code for row in rows}


def simulate_others(session: WriteSession, principal: Principal, *, kept_days: int) -> int:
    """Give each simulated door, meter and room this minute's value; return how many are new.

    Called after the temperatures of the minute, which the power follows; those are refused in a
    laboratory that is no demonstration.
    """
    principal.require(Permission.HEALTH_OPERATE)
    minute = clock.utc_now().replace(second=0, microsecond=0)
    sent = [
        SentReading(code=code, at=minute, value=float(simulation.door_is_open(code, minute)))
        for code in doors(session).values()
    ]
    sent += [
        SentReading(code=code, at=minute, value=round(_room_c(minute), 2))
        for code in session.scalars(
            select(Sensor.code).where(
                Sensor.source == SensorSource.SIMULATED,
                Sensor.kind == SensorKind.TEMPERATURE_ROOM,
                Sensor.disconnected_at.is_(None),
            )
        )
    ]
    meter, probe = aliased(Sensor), aliased(Sensor)
    rows = session.execute(
        select(meter.code, probe.setpoint_c, Reading.value)
        .join(probe, probe.unit_id == meter.unit_id)
        .join(Reading, Reading.sensor_id == probe.id)
        .where(
            meter.source == SensorSource.SIMULATED,
            meter.kind == SensorKind.POWER,
            meter.disconnected_at.is_(None),
            probe.kind.in_(TEMPERATURES),
            probe.disconnected_at.is_(None),
            Reading.at > minute - _LATELY,
        )
        .order_by(meter.code, Reading.at)
    )
    newest = {code: (setpoint_c, value) for code, setpoint_c, value in rows}
    sent += [
        SentReading(code=code, at=minute, value=_power_w(code, *said, minute))
        for code, said in newest.items()
    ]
    return intake.ingest(session, principal, sent, kept_days=kept_days).counts()[Outcome.ACCEPTED]


def _power_w(code: str, setpoint_c: float, inside_c: float, at: datetime) -> float:
    minutes = np.array([power_simulation.minutes_of(at)])
    said = power_simulation.power_w(
        code, setpoint_c, np.array([inside_c]), minutes, step=timedelta(minutes=1)
    )
    return round(float(said[0]), 1)


def _room_c(at: datetime) -> float:
    return float(power_simulation.room_c(np.array([power_simulation.minutes_of(at)]))[0])
