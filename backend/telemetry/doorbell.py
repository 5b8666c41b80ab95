"""Asking for a check of the sensors that have just reported, where their readings may matter.

The recurring check comes once a minute; an alarm is to be seen two seconds after its reading. The
check is a job of its own, so that taking in readings waits for nobody.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from backend.core.ids import new_id
from backend.core.principal import machinery
from backend.core.sessions import WriteSession
from backend.telemetry import (
    alarm_hearing,
    alarm_judging,
    alarm_rules,
    queries,
)
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.alarm_suspecting import Bars
from backend.telemetry.ids import TEMPERATURES, SensorId, SensorKind
from backend.telemetry.models import Sensor
from backend.work import service as work_service

CHECK: Final = "telemetry.check_alarms"
FRESH: Final = timedelta(minutes=15)
"""Older readings are a backlog, which the next check is soon enough for."""
_BACK_IN_RANGE: Final = timedelta(0)
"""Whether an alarm is over is not asked here, so that no batch of readings asks for its minutes."""


def ring(session: WriteSession, sensor_ids: Collection[UUID]) -> bool:
    """Ask for a check when a newest reading is beyond a limit or an alarm is open; say whether.

    Four short queries, whatever the number of readings; one more where a reading may matter.
    """
    if not sensor_ids:
        return False
    asked = {"ids": list(sensor_ids)}
    if not session.scalar(_IS_ALARMED, asked) and not _is_remarkable(
        session, session.scalars(_THOSE_AND_BESIDE, asked).all()
    ):
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


def _is_remarkable(session: WriteSession, sensors: Sequence[Sensor]) -> bool:
    """Say whether a reading is; all that can be told from the extremes is not looked at closely."""
    terms = alarm_hearing.terms_of_all(sensors, alarm_rules.standing(session))
    # Sensors that are alike share their rules, and with them what is worked out of these.
    distinct = {id(each): each for each in terms.values()}
    reach = max(
        (alarm_judging.reach(each, _BACK_IN_RANGE) for each in distinct.values()),
        default=timedelta(0),
    )
    bars = {key: Bars.of(each) for key, each in distinct.items()}
    spans = queries.latest_spans(session, [SensorId(each.id) for each in sensors], reach=reach)
    air = {
        sensor.unit_id: spans.get(SensorId(sensor.id))
        for sensor in sensors
        if sensor.kind is SensorKind.TEMPERATURE_AIR
    }
    suspects = [
        sensor
        for sensor in sensors
        if (span := spans.get(SensorId(sensor.id))) is not None
        and bars[id(terms[sensor.id])].may_be_passed(span, air.get(sensor.unit_id))
    ]
    if not suspects:
        return False
    units = {each.unit_id for each in suspects}
    near = [each for each in sensors if each.unit_id in units]
    heard = alarm_hearing.hear(session, near, terms, stable_for=_BACK_IN_RANGE, is_whole=False)
    return any(alarm_judging.is_remarkable(terms[each.id], heard[each.id]) for each in suspects)


_IDS = bindparam("ids", type_=ARRAY(Uuid))
# Written once: a list of 500 keys is one parameter, and no statement of its own.
_THOSE_AND_BESIDE = select(Sensor).where(
    Sensor.disconnected_at.is_(None),
    or_(
        Sensor.id == any_(_IDS),
        Sensor.unit_id.in_(select(Sensor.unit_id).where(Sensor.id == any_(_IDS)))
        & Sensor.kind.in_(TEMPERATURES),
    ),
)
_IS_ALARMED = select(exists().where(Alarm.sensor_id == any_(_IDS), Alarm.closed_at.is_(None)))
