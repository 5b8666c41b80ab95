"""Sensors and runs of readings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.telemetry.ids import SensorSource
from backend.telemetry.models import Reading, Sensor

_numbers = count(1)


def make_sensor(
    session: Session,
    *,
    unit_label: str | None = None,
    source: SensorSource = SensorSource.PROBE,
    delay: timedelta = timedelta(minutes=15),
) -> Sensor:
    """Add the sensor of a −80 °C unit: alarm above −70 °C, over at −72 °C."""
    label = unit_label or f"ULT-T{next(_numbers)}"
    sensor = Sensor(
        code=f"{label}-T1",
        unit_id=new_id(),
        unit_label=label,
        setpoint_c=-80.0,
        warning_high_c=-74.0,
        alarm_high_c=-70.0,
        alarm_delay_s=int(delay.total_seconds()),
        source=source,
    )
    session.add(sensor)
    session.flush()
    return sensor


def read_until(
    session: Session,
    sensor: Sensor,
    until: datetime,
    temperatures_c: Sequence[float],
    *,
    every: timedelta = timedelta(minutes=1),
) -> None:
    """Add readings, the last one at ``until``, straight into the table."""
    session.add_all(
        Reading(
            sensor_id=sensor.id,
            at=until - every * (len(temperatures_c) - 1 - index),
            value=temperature_c,
        )
        for index, temperature_c in enumerate(temperatures_c)
    )
    session.flush()
