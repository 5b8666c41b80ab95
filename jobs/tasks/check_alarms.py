"""Judge sensors by their readings: raise, clear, and notice who has fallen silent."""

from uuid import UUID
from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.core.sessions import WriteSession
from backend.incidents import service as incidents_service
from backend.telemetry import listening, service
from backend.telemetry.ids import SensorId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Check every sensor, or those that have just reported; late or twice finds the same.

    Alarms stand before their incident is reckoned: people wait for them by the second, and a
    latched one is still there for whoever follows it after a crash in between.
    """
    asked = context.arguments.get("sensor_ids")
    touched = [SensorId(UUID(str(each))) for each in asked] if isinstance(asked, list) else None
    with context.step() as session:
        if touched is None:
            told = _watch_listeners(session, context)
            context.result.update(listeners_gone=told)
        checked = service.check_alarms(session, context.principal, sensor_ids=touched)
    with context.finishing() as session:
        incidents_service.follow_alarms(session, context.principal)
        context.result.update(
            raised=checked.raised, cleared=checked.cleared, fell_silent=checked.fell_silent
        )


def _watch_listeners(session: WriteSession, context: JobContext) -> int:
    laboratory = auth_queries.get_laboratory(session)
    name = laboratory.time_zone if laboratory is not None else context.settings.time_zone
    expected = {listening.WEB, listening.MQTT} if context.settings.mqtt_url else {listening.WEB}
    return listening.watch(session, context.principal, expected=expected, zone=ZoneInfo(name))
