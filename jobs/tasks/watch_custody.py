"""Look for gaps in who holds what, and remind of what is due back."""

from backend.custody import service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Look once; a second look finds nothing new and reminds nobody twice a day."""
    with context.finishing() as session:
        watched = service.watch(session, context.principal)
        context.result.update(
            opened=watched.opened, closed=watched.closed, reminded=watched.reminded
        )
