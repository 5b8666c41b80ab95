"""Asking for a check of the sensors that have just reported, where their readings may matter.

The recurring check comes once a minute; an alarm is to be seen two seconds after its reading. The
check is a job of its own, so that taking in readings waits for nobody.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import exists, or_, select

from backend.core.ids import new_id
from backend.core.principal import machinery
from backend.core.sessions import WriteSession
from backend.telemetry import alarm_checking, alarm_judging, alarm_rules
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.ids import TEMPERATURES
from backend.telemetry.models import Sensor
from backend.work import service as work_service

CHECK: Final = "telemetry.check_alarms"
FRESH: Final = timedelta(minutes=15)
"""Older readings are a backlog, which the next check is soon enough for."""


def ring(session: WriteSession, sensor_ids: Collection[UUID]) -> bool:
    """Ask for a check when a newest reading is beyond a limit or an alarm is open; say whether.

    Four short queries, whatever the number of readings.
    """
    if not sensor_ids:
        return False
    units = select(Sensor.unit_id).where(Sensor.id.in_(sensor_ids)).scalar_subquery()
    sensors = session.scalars(
        select(Sensor).where(
            or_(
                Sensor.id.in_(sensor_ids),
                Sensor.unit_id.in_(units) & Sensor.kind.in_(TEMPERATURES),
            )
        )
    ).all()
    if not _is_alarmed(session, sensor_ids):
        standing = alarm_rules.standing(session)
        terms = {each.id: alarm_checking.terms_of(each, standing) for each in sensors}
        heard = alarm_checking.hear(session, sensors, terms, is_whole=False)
        if not any(alarm_judging.is_remarkable(terms[each.id], heard[each.id]) for each in sensors):
            return False
    work_service.request_job(
        session,
        machinery("telemetry", request_id="intake"),
        kind=CHECK,
        key=f"touched:{new_id()}",
        arguments={"sensor_ids": [str(each) for each in sorted(sensor_ids)]},
        queue="urgent",
    )
    return True


def _is_alarmed(session: WriteSession, sensor_ids: Collection[UUID]) -> bool:
    is_open = exists().where(Alarm.sensor_id.in_(sensor_ids), Alarm.closed_at.is_(None))
    return bool(session.scalar(select(is_open)))
