"""What days bring about in storage: backup units are to be emptied, reservations end."""

from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.storage import service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Tell each day once and free what is reserved no longer; a second run finds nothing."""
    with context.finishing() as session:
        laboratory = auth_queries.get_laboratory(session)
        name = laboratory.time_zone if laboratory is not None else context.settings.time_zone
        now = clock.utc_now()
        today = now.astimezone(ZoneInfo(name)).date()
        principal = context.principal
        context.result["notices"] = service.tell_move_backs(session, principal, today=today)
        context.result["freed"] = service.free_expired(session, principal, now=now)
