"""Words and looks of queue plans."""

from datetime import datetime

from backend.sequencing.queue_plans.ids import QueuePlanState
from backend.sequencing.queue_plans.views import PinView, PlanRun
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone

PATH = "/sequencing/queue-plan"

LOOKS = {
    QueuePlanState.ASKED: Look("In the making", "hourglass", Tone.INFO),
    QueuePlanState.READY: Look("Waits for an answer", "eye", Tone.WARN),
    QueuePlanState.ACCEPTED: Look("Accepted", "check-circle-fill", Tone.OK),
    QueuePlanState.DISMISSED: Look("Dismissed", "slash-circle", Tone.OFF),
    QueuePlanState.FAILED: Look("Failed", "x-octagon-fill", Tone.CRIT),
}


def when(moment: datetime) -> str:
    """Return a moment in the laboratory's time."""
    return fmt.moment(moment, lab_zone())


def run_title(run: PlanRun) -> str:
    """Return a run's instrument and time."""
    loaded = f" with {run.flow_cell}" if run.flow_cell else ""
    return f"{run.instrument}{loaded}, {when(run.start_at)} to {when(run.end_at)}"


def late(days: float) -> str:
    """Return how late a library would be."""
    if days < 1:
        return f"{fmt.decimal(days * 24, 0)} h late"
    return f"{fmt.decimal(days, 1)} days late"


def pinned(pin: PinView) -> str:
    """Return what a pin says."""
    what = f"{pin.request_code}, {pin.barcode}" if pin.barcode else f"{pin.request_code}, all of it"
    where = f"{pin.instrument} at {when(pin.start_at)}"
    if pin.is_away:
        return f"{what}: away from {where}"
    lane = "" if pin.lane is None else f", lane {pin.lane}"
    loaded = f", with {pin.flow_cell}" if pin.flow_cell else ""
    return f"{what}: on {where}{lane}{loaded}"
