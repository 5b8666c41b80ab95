"""Judge sensors by their readings: raise, clear, and notice who has fallen silent."""

from datetime import timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.core.sessions import WriteSession
from backend.storage import unit_statuses
from backend.telemetry import listening, service
from backend.telemetry.ids import SensorId
from backend.telemetry.service import Checked
from backend.work import joining
from jobs.context import JobContext
from jobs.tasks import follow_alarms

_FOLLOWED_WITHIN: Final = timedelta(seconds=10)
"""What only goes on is reckoned so late; readings of a storm's sensors come one after the other."""


def run(context: JobContext) -> None:
    """Check every sensor, or those that have just reported; late or twice finds the same.

    Incidents are another job's: people wait for alarms by the second.
    """
    asked = context.arguments.get("sensor_ids")
    touched = [SensorId(UUID(str(each))) for each in asked] if isinstance(asked, list) else None
    with context.finishing() as session:
        if touched is None:
            told = _watch_listeners(session, context)
            context.result.update(listeners_gone=told)
        units = unit_statuses.units_watched(session)
        checked = service.check_alarms(
            session,
            context.principal,
            sensor_ids=touched,
            at_rest=units.at_rest,
            shared=units.shared,
        )
        context.result.update(
            raised=checked.raised, cleared=checked.cleared, fell_silent=checked.fell_silent
        )
        joining.request_joined(
            session,
            context.principal,
            kind=follow_alarms.KIND,
            within=joining.AT_ONCE if _is_news(checked) else _FOLLOWED_WITHIN,
        )


def _is_news(checked: Checked) -> bool:
    return bool(checked.raised or checked.cleared or checked.fell_silent)


def _watch_listeners(session: WriteSession, context: JobContext) -> int:
    laboratory = auth_queries.get_laboratory(session)
    name = laboratory.time_zone if laboratory is not None else context.settings.time_zone
    expected = {listening.WEB, listening.MQTT} if context.settings.mqtt_url else {listening.WEB}
    return listening.watch(session, context.principal, expected=expected, zone=ZoneInfo(name))
