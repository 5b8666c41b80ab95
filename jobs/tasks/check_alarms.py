"""Judge every sensor by its readings: raise, clear, and notice who has fallen silent."""

from backend.incidents import service as incidents_service
from backend.telemetry import service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Check once; a check that comes late or twice finds the same alarms."""
    with context.finishing() as session:
        checked = service.check_alarms(session, context.principal)
        incidents_service.follow_alarms(session, context.principal)
        context.result.update(
            raised=checked.raised, cleared=checked.cleared, fell_silent=checked.fell_silent
        )
