"""Telling those who set up storage which calibrations come due: once for each lead time."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.telemetry.calibration_models import CalibrationTold
from backend.telemetry.models import Sensor
from backend.telemetry.sensor_events import CalibrationsDue

LEADS: Final = (30, 7, 0)
"""Days before; on the day itself, or the first day after it that anybody looks, it is due."""


def tell_due(session: WriteSession, principal: Principal, *, today: date) -> int:
    """Tell of each calibration that has come under a lead time; return how many notices that made.

    All sensors of one lead time are one notice. ``today`` is the laboratory's; asked again on the
    same day it tells nothing, and a calibration that was done has another day.
    """
    principal.require(Permission.HEALTH_OPERATE)
    due = session.scalars(
        select(Sensor)
        .where(
            Sensor.calibration_due_on <= today + timedelta(days=max(LEADS)),
            Sensor.disconnected_at.is_(None),
        )
        .order_by(Sensor.calibration_due_on, Sensor.code)
    ).all()
    if not due:
        return 0
    told = session.execute(
        insert(CalibrationTold)
        .on_conflict_do_nothing()
        .returning(CalibrationTold.sensor_id, CalibrationTold.lead_days),
        [
            {
                "sensor_id": sensor.id,
                "due_on": sensor.calibration_due_on,
                "lead_days": lead_of(sensor.calibration_due_on or today, today),
            }
            for sensor in due
        ],
    )
    leads = {row.sensor_id: row.lead_days for row in told}
    groups: dict[int, list[Sensor]] = defaultdict(list)
    for sensor in due:
        if sensor.id in leads:
            groups[leads[sensor.id]].append(sensor)
    for lead, sensors in groups.items():
        days = [sensor.calibration_due_on or today for sensor in sensors]
        event = CalibrationsDue(
            aggregate_id=sensors[0].id,
            lead_days=lead,
            codes=tuple(sensor.code for sensor in sensors),
            first_on=min(days),
            last_on=max(days),
        )
        events_service.record(session, principal, event)
    return len(groups)


def lead_of(due_on: date, today: date) -> int:
    """Return the shortest lead time that a day has come under, 0 when it has come or passed."""
    left = max(0, (due_on - today).days)
    return min(lead for lead in LEADS if lead >= left)
