"""Make up this minute's temperatures. Demonstration laboratories only; the service refuses others.

The history that the seed wrote ends with the seed; without this its sensors would fall silent.
"""

from backend.telemetry import service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Record one reading a simulated sensor; a minute that has its reading stays as it is."""
    with context.finishing() as session:
        context.result["readings"] = service.simulate_readings(session, context.principal)
