"""Store how full every unit is today, for the forecast."""

from backend.core import clock
from backend.storage import service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Count once; counting the same day again replaces the count."""
    with context.finishing() as session:
        on = clock.utc_now().date()
        context.result["units"] = service.snapshot_occupancy(session, context.principal, on=on)
