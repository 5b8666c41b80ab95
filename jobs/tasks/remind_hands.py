"""Remind people of tubes that they have had in hand for long."""

from backend.storage import service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Remind once; a second run tells nobody of the same tubes again."""
    with context.finishing() as session:
        reminded = service.remind_hands(session, context.principal)
        context.result.update(people=reminded.people, escalated=reminded.escalated)
