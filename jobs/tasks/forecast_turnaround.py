"""Forecast how long requests still take, and score the forecast on past ones."""

from zoneinfo import ZoneInfo

from backend.auth import queries as auth_queries
from backend.core.transaction import reading
from backend.sequencing.turnaround import forecasts
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Forecast from every request of the last year; no session is open while computing."""
    with reading() as session:
        laboratory = auth_queries.get_laboratory(session)
        name = laboratory.time_zone if laboratory is not None else context.settings.time_zone
        past = forecasts.load_past(session, context.principal, zone=ZoneInfo(name))
    context.check()
    made = forecasts.forecast(past)
    context.result["finished"] = made.finished
    context.result["cases"] = made.score.cases
    with context.finishing() as session:
        forecasts.store(session, context.principal, made=made)
