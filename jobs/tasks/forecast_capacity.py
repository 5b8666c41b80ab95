"""Forecast when each temperature zone is full."""

from backend.core.transaction import reading
from backend.predictions import service
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Forecast every zone that has occupancy history; no session is open while computing."""
    with reading() as session:
        histories = service.load_histories(session, context.principal)
    forecasts = []
    for done, (zone, history) in enumerate(histories.items(), start=1):
        context.check()
        forecasts.append(service.forecast_zone(zone, history))
        context.progress(done / (len(histories) + 1), f"{done} of {len(histories)} zones")
    context.result["zones"] = len(forecasts)
    with context.finishing() as session:
        service.store_forecasts(session, context.principal, forecasts=forecasts)
