"""Sum readings up by 5 minutes and by hour, late ones too."""

from backend.core.transaction import writing
from backend.telemetry import keeping
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Take the hours that have new readings, each lot in a transaction of its own."""
    hours = 0
    while taken := _some(context):
        hours += taken
        context.check()
    context.result["hours"] = hours
    with context.finishing():
        pass


def _some(context: JobContext) -> int:
    with writing() as session:
        return keeping.roll_up(session, context.principal)
