"""Tell those who set up storage which calibrations of sensors come due."""

from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.telemetry import calibrations
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Tell once; a second run on the same day of the laboratory tells nothing."""
    with context.finishing() as session:
        laboratory = auth_queries.get_laboratory(session)
        name = laboratory.time_zone if laboratory is not None else context.settings.time_zone
        today = clock.utc_now().astimezone(ZoneInfo(name)).date()
        context.result["notices"] = calibrations.tell_due(session, context.principal, today=today)
