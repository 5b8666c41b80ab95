"""Freezers that get warm, with the incidents that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from backend.core import clock
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.incidents import rules
from backend.incidents import service as incidents_service
from backend.incidents.ids import IncidentId
from backend.incidents.models import Incident
from backend.incidents.views import Followed
from backend.samples.ids import TemperatureClass
from backend.telemetry import service as telemetry_service
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.ids import SensorId
from backend.telemetry.models import Sensor
from tests.factories.storage import Freezer, make_freezer
from tests.factories.telemetry import make_sensor, read_until

CHECKER = machinery(
    "schedule", Permission.HEALTH_OPERATE, Permission.STORAGE_VIEW, request_id="test"
)
COLD_MIN, WARM_MIN = 60, 30
WARM = [-80.0] * COLD_MIN + [-55.0] * WARM_MIN
"""An hour of cold, then half an hour above what samples for −80 °C may be at."""


@dataclass(frozen=True, slots=True)
class WatchedFreezer:
    """A freezer with a probe in it."""

    freezer: Freezer
    sensor: Sensor


def watch_freezer(
    session: WriteSession,
    *,
    zone: TemperatureClass = TemperatureClass.MINUS_80,
    label: str = "",
    boxes: int = 1,
) -> WatchedFreezer:
    """Add a freezer with a probe that has not reported yet."""
    freezer = make_freezer(session, zone=zone, label=label, boxes=boxes)
    sensor = make_sensor(
        session, unit_label=freezer.label, is_refrigerator=zone is TemperatureClass.PLUS_4
    )
    sensor.unit_id = freezer.unit_id
    session.flush()
    return WatchedFreezer(freezer, sensor)


def warm_up(
    session: WriteSession, watched: WatchedFreezer, now: datetime, degrees: Sequence[float] = WARM
) -> None:
    """Let the probe say that it got warm, up to now."""
    read_until(session, watched.sensor, now, degrees)


def follow(session: WriteSession) -> Followed:
    """Do what the job does every minute."""
    telemetry_service.check_alarms(session, CHECKER)
    return incidents_service.follow_alarms(session, CHECKER)


def cool_down(
    session: WriteSession, watched: WatchedFreezer, now: datetime, person: Principal
) -> None:
    """Acknowledge the alarm, then let the probe say that it is cold for ten minutes up to now."""
    telemetry_service.acknowledge(
        session, person, sensor_id=SensorId(watched.sensor.id), reason="Door shut"
    )
    read_until(session, watched.sensor, now, [-79.0] * 10)


def take_out_dead(session: WriteSession, watched_label: str) -> None:
    """Take the probes of a unit out with their alarms, as dead ones are; none comes in place."""
    now = clock.utc_now()
    probes = select(Sensor.id).where(Sensor.unit_label == watched_label)
    session.execute(update(Alarm).where(Alarm.sensor_id.in_(probes)).values(closed_at=now))
    session.execute(
        update(Sensor).where(Sensor.unit_label == watched_label).values(disconnected_at=now)
    )
    session.expire_all()
    follow(session)


def only_incident(session: WriteSession) -> Incident:
    """Return the one incident that there is."""
    return session.scalars(select(Incident).execution_options(populate_existing=True)).one()


def code_of(incident: Incident) -> str:
    return rules.code_of(incident.number, incident.opened_at)


def key_of(incident: Incident) -> IncidentId:
    return IncidentId(incident.id)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
