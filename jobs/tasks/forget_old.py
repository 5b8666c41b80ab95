"""Forget rows of the program's own background work that ended long ago."""

from backend.api import idempotency
from backend.gateway import breakers, requests
from backend.notifications.service import DELIVER
from backend.work import service
from jobs.context import JobContext
from jobs.schedule import SCHEDULE

# What runs by the clock or once a message: by far the most rows, and nothing points at them.
_KINDS = (
    *{recurring.job_kind for recurring in SCHEDULE.values()},
    "telemetry.simulate_readings",
    DELIVER,
)


def run(context: JobContext) -> None:
    """Delete old jobs, kept answers and counts; some thousands each, so that it stays short."""
    with context.finishing() as session:
        context.result["forgotten"] = service.forget_old_jobs(session, _KINDS)
        context.result["forgotten_answers"] = idempotency.forget(session)
        context.result["forgotten_counts"] = requests.forget(session)
        context.result["forgotten_breakers"] = breakers.forget(session)
