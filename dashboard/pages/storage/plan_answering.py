"""What the review of a plan says of its answer: a worker at it, how that ended, what was left."""

from collections.abc import Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from backend.storage.ids import PlanState
from backend.storage.rules import UNDO_WITHIN
from backend.storage.views import PlannedPlacementView, PlanView
from backend.work.ids import JobState
from dashboard import format as fmt
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.dialog import confirm
from dashboard.components.job_progress import job_progress
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.components.tones import Tone
from dashboard.pages.storage import ids, plan_words

_NAMED = 50
"""Refused lines that are listed; the grid has all of them."""


def at_work(plan: PlanView) -> Component:
    """Draw the worker at its answer: how many of how many, and the way to stop it."""
    is_placing = plan.state is PlanState.ACCEPTING
    title = "Samples are being placed" if is_placing else "Samples are being taken out again"
    until = "stands in its place" if is_placing else "leaves its place"
    promise = f"No sample {until} before all of them are done; stopped, nothing has changed."
    return panel(
        title,
        html.P(f"You may leave: the bell tells when it is done. {promise}", className="t2"),
        *([job_progress(plan.answer.job_id)] if plan.answer else []),
        aside=status(plan_words.LOOKS[plan.state]),
        class_name="pl-job",
    )


def how_it_ended(plan: PlanView) -> list[Component]:
    """Draw why a worker's answer did not come about, as long as the plan stands as before."""
    answer = plan.answer
    if answer is None or answer.job_state not in {JobState.FAILED, JobState.CANCELLED}:
        return []
    if plan.state is PlanState.READY:
        what, so = "Placing", "No sample was placed, and the plan waits for your answer."
    elif plan.state is PlanState.ACCEPTED:
        what, so = "Taking the samples out again", "Every sample stands where the plan put it."
    else:
        return []
    if answer.job_state is JobState.CANCELLED:
        said = f"{what} was stopped. {so}"
        return [banner(said, tone=Tone.WARN, icon="slash-circle", role="status")]
    said = f"{what} did not succeed: {answer.error or 'the worker gave no reason.'} {so}"
    return [banner(said, tone=Tone.CRIT, icon="x-octagon-fill", role="alert")]


def way_back(plan: PlanView, now: datetime) -> Component | None:
    """Draw the way to take an acceptance back, while there is one."""
    placed = sum(line.outcome == "placed" for line in plan.placements)
    is_late = plan.closed_at is None or now - plan.closed_at > UNDO_WITHIN
    if plan.state is not PlanState.ACCEPTED or is_late or not placed:
        return None
    samples = fmt.plural(placed, "sample", "samples")
    return html.Div(
        [
            button("Take the samples out again", kind="ghost", opens=ids.TAKE_BACK_DIALOG),
            html.Span("within ten minutes of accepting", className="t3 sm"),
            confirm(
                ids.TAKE_BACK_DIALOG,
                title=f"Take {samples} out again?",
                body="They wait for a place again, as before the plan was accepted. What has "
                "moved on since stays where it is.",
                act="Take them out",
                act_id=ids.TAKE_BACK,
                keep="Leave them",
            ),
        ],
        className="row-x pl-acts",
    )


def not_placed(lines: Sequence[PlannedPlacementView]) -> Component | None:
    """List the lines that had become impossible, each with its sentence; nothing without one."""
    refused = [line for line in lines if plan_words.is_refused(line)]
    if not refused:
        return None
    rows = [
        html.Li([html.Span(line.barcode, className="mono md"), f": {line.outcome}"])
        for line in refused[:_NAMED]
    ]
    rest = len(refused) - _NAMED
    more = f"And {fmt.plural(rest, 'line', 'lines')} more: see the column Outcome."
    return panel(
        "Not placed",
        html.Ul(rows, className="reasons"),
        *([html.P(more, className="t2 sm")] if rest > 0 else []),
        meta=fmt.plural(len(refused), "sample", "samples"),
        class_name="bt",
    )
