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
    is_refrigerator: bool = False,
) -> Sensor:
    """Add the sensor of a −80 °C unit: alarm above −70 °C, over at −72 °C.

    A refrigerator's: alarm outside 2–8 °C, over from 2.5 to 7.5 °C.
    """
    setpoint_c, warning_c, high_c, low_c, deadband_c = (
        (4.0, 7.0, 8.0, 2.0, 0.5) if is_refrigerator else (-80.0, -74.0, -70.0, None, 2.0)
    )
    label = unit_label or f"ULT-T{next(_numbers)}"
    sensor = Sensor(
        code=f"{label}-T1",
        unit_id=new_id(),
        unit_label=label,
        setpoint_c=setpoint_c,
        warning_high_c=warning_c,
        alarm_high_c=high_c,
        alarm_low_c=low_c,
        deadband_c=deadband_c,
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
