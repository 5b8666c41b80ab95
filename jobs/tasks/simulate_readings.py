"""Make up this minute's temperatures, doors and power. The service refuses all but demonstrations.

The history that the seed wrote ends with the seed; without this its sensors would fall silent.
"""

from backend.telemetry import service, simulating
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Record one reading a simulated sensor; a minute that has its reading stays as it is."""
    with context.finishing() as session:
        readings = service.simulate_readings(session, context.principal)
        readings += simulating.simulate_others(
            session, context.principal, kept_days=context.settings.readings_kept_days
        )
        context.result["readings"] = readings
