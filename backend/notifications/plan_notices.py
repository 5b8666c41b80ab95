"""What people hear of plans: that one is ready, and what a worker's answer to it came to."""

from backend.events.views import EventView
from backend.notifications import rules
from backend.notifications.ids import Kind, Severity
from backend.notifications.payloads import number, text
from backend.notifications.rules import Notice


def plan_ready(event: EventView) -> Notice:
    return rules.plan_ready(
        placements=number(event, "placements"),
        left_over=number(event, "left_over"),
        plan_id=str(event.aggregate_id),
    )


def plan_accepted(event: EventView) -> Notice | None:
    """Return nothing for a plan that was accepted at once: who did it has seen it."""
    if not text(event, "job_id"):
        return None
    placed, refused = number(event, "placed"), number(event, "refused")
    lines = rules.counted(refused, "line")
    left = f" {lines} had become impossible; each says why." if refused else ""
    return Notice(
        kind=Kind.PLAN_READY,
        severity=Severity.WARNING if refused else Severity.OK,
        title=f"Placed as planned: {rules.counted(placed, 'sample')}",
        body=f"The plan is carried out; for ten minutes it can be taken back.{left}",
        href=f"/storage?plan={event.aggregate_id}",
    )


def plan_taken_back(event: EventView) -> Notice | None:
    """Return nothing for a plan that was taken back at once: who did it has seen it."""
    if not text(event, "job_id"):
        return None
    kept = number(event, "kept")
    left = f" {rules.counted(kept, 'sample')} moved on since and stay." if kept else ""
    return Notice(
        kind=Kind.PLAN_READY,
        severity=Severity.WARNING if kept else Severity.OK,
        title=f"Taken out again: {rules.counted(number(event, 'taken_back'), 'sample')}",
        body=f"What the plan had placed waits for a place again.{left}",
        href=f"/storage?plan={event.aggregate_id}",
    )


def relocation_ready(event: EventView) -> Notice:
    return rules.relocation_ready(
        kind=text(event, "kind"),
        unit=text(event, "unit"),
        tubes=number(event, "tubes"),
        boxes=number(event, "boxes"),
        without_place=number(event, "without_place"),
        plan_id=str(event.aggregate_id),
    )


def queue_plan_ready(event: EventView) -> Notice:
    return rules.queue_plan_ready(
        runs=number(event, "runs"),
        libraries=number(event, "libraries"),
        late=number(event, "late"),
        left_out=number(event, "left_out"),
        plan_id=str(event.aggregate_id),
    )
