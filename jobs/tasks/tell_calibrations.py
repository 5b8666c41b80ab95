"""Tell those who set up storage what is to be checked: sensors' calibrations, the alarm ladder."""

from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.telemetry import calibrations, ladder_reminding
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Tell once; a second run on the same day of the laboratory tells nothing."""
    with context.finishing() as session:
        laboratory = auth_queries.get_laboratory(session)
        name = laboratory.time_zone if laboratory is not None else context.settings.time_zone
        now, zone = clock.utc_now(), ZoneInfo(name)
        principal = context.principal
        context.result["notices"] = calibrations.tell_due(
            session, principal, today=now.astimezone(zone).date()
        ) + ladder_reminding.tell_test_due(session, principal, now=now, zone=zone)
