"""Learn anew how units warm without cooling: once a day, and after an alarm of theirs ended."""

from backend.core.transaction import reading
from backend.telemetry import thermal_fitting
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Fit every unit that is due; no session is open while computing."""
    with reading() as session:
        due = thermal_fitting.due_units(session, context.principal)
    outcomes = []
    for done, unit_id in enumerate(due, start=1):
        context.check()
        with reading() as session:
            readings = thermal_fitting.load_readings(session, context.principal, unit_id)
        if readings is not None:
            outcomes.append(thermal_fitting.fit_unit(readings))
        context.progress(done / (len(due) + 1), f"{done} of {len(due)} units")
    context.result["units"] = len(outcomes)
    with context.finishing() as session:
        thermal_fitting.store_fits(session, context.principal, outcomes=outcomes)
