"""Sensors and runs of readings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.ids import AlarmKind, AlarmSeverity, SensorSource
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


def open_alarm(
    session: Session,
    sensor: Sensor,
    since: datetime,
    *,
    kind: AlarmKind = AlarmKind.HIGH,
    severity: AlarmSeverity = AlarmSeverity.CRITICAL,
) -> Alarm:
    """Open an alarm of a sensor that has been told, as a check would have."""
    alarm = Alarm(
        sensor_id=sensor.id,
        kind=kind,
        severity=severity,
        limit_value=-70.0,
        rule_key="own:high",
        rule_version=1,
        since=since,
        raised_at=since,
        told_at=since,
        ladder_from=since,
        steps_told=1,
    )
    session.add(alarm)
    session.flush()
    return alarm


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
