"""Make the partitions that readings will need, and drop those that are old enough."""

from backend.telemetry import keeping
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Look once; a run that finds nothing to do changes nothing."""
    with context.finishing() as session:
        kept = keeping.keep_readings(
            session, context.principal, days=context.settings.readings_kept_days
        )
        context.result.update(made=kept.months_made, forgotten=kept.months_forgotten)
