"""Asking for a placement plan, following it, and answering it."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, no_update, set_props

from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.samples.ids import SampleId
from backend.storage import service
from backend.storage.ids import PlanState
from backend.storage.views import PlanView
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import Undo, toast
from dashboard.components.tones import Tone
from dashboard.pages.storage import ids, plan_words, taking_back
from dashboard.pages.storage.drawing import address_of, draw_plan, plan_id_of, plan_state
from dashboard.session import current_principal


@page_callback(Permission.STORAGE_PLAN, Input(ids.OPTIMISE, "n_clicks"), prevent_initial_call=True)
def optimise_all(presses: int | None) -> None:
    """Ask for a plan for everything that stands nowhere."""
    if presses:
        _ask(None)


@page_callback(
    Permission.STORAGE_PLAN,
    Input(ids.OPTIMISE_CHOSEN, "n_clicks"),
    State(ids.choose(ALL), "value"),
    State(ids.choose(ALL), "id"),
    prevent_initial_call=True,
)
def optimise_chosen(presses: int | None, ticks: list[bool], keys: list[dict[str, str]]) -> None:
    """Ask for a plan for the samples that are ticked."""
    if not presses:
        return
    chosen = [
        SampleId(UUID(key["sample"])) for key, is_on in zip(keys, ticks, strict=True) if is_on
    ]
    if chosen:
        _ask(chosen)
    else:
        toast("Tick the samples that the plan is for.", tone=Tone.WARN)


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.PLAN, "children"),
    Output(ids.PLAN_SHOWN, "data"),
    Input(shell_ids.live("storage"), "data"),
    Input(shell_ids.live("work"), "data"),
    State(shell_ids.URL, "search"),
    State(ids.PLAN_SHOWN, "data"),
    prevent_initial_call=True,
)
def follow_plan(
    _storage: int | None, _work: int | None, search: str | None, shown: str | None
) -> tuple[Any, Any]:
    """Draw the plan once it has come further; until then the chosen lines stay chosen."""
    plan = address_of("/storage", search).plan
    if plan_state(plan) == shown:
        return no_update, no_update
    drawn = draw_plan(plan)
    _tell_end(drawn.view, shown)
    return drawn.review, drawn.state.value


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.PLAN, "children", allow_duplicate=True),
    Output(ids.PLAN_SHOWN, "data", allow_duplicate=True),
    Input(ids.ACCEPT, "n_clicks"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def accept_all(presses: int | None, search: str | None) -> tuple[Any, Any]:
    """Place every sample of the plan for which that is still possible."""
    if not presses:
        return no_update, no_update
    return _accept(address_of("/storage", search).plan, None)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.PLAN, "children", allow_duplicate=True),
    Output(ids.PLAN_SHOWN, "data", allow_duplicate=True),
    Input(ids.ACCEPT_CHOSEN, "n_clicks"),
    State(ids.PLAN_LINES, "selectedRows"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def accept_chosen(
    presses: int | None, rows: list[dict[str, Any]] | None, search: str | None
) -> tuple[Any, Any]:
    """Place the samples of the chosen lines; the others are declined."""
    if not presses:
        return no_update, no_update
    if not rows:
        toast("Choose the lines to accept, with their boxes or the space bar.", tone=Tone.WARN)
        return no_update, no_update
    return _accept(address_of("/storage", search).plan, {int(row["step"]) for row in rows})


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.PLAN, "children", allow_duplicate=True),
    Output(ids.PLAN_SHOWN, "data", allow_duplicate=True),
    Input(ids.TAKE_BACK, "n_clicks"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def take_back(presses: int | None, search: str | None) -> tuple[Any, Any]:
    """Take the samples of the accepted plan out again."""
    if not presses:
        return no_update, no_update
    plan = address_of("/storage", search).plan
    taking_back.take_plan_back(plan_id_of(plan), is_on_its_page=True)
    return _redrawn(plan)


@page_callback(
    Permission.STORAGE_PLAN,
    Output(ids.PLAN, "children", allow_duplicate=True),
    Output(ids.PLAN_SHOWN, "data", allow_duplicate=True),
    Input(ids.DISCARD, "n_clicks"),
    State(ids.DISCARD_REASON, "value"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def discard(presses: int | None, reason: str | None, search: str | None) -> tuple[Any, Any]:
    """Put the plan aside; nothing moves."""
    if not presses:
        return no_update, no_update
    plan = address_of("/storage", search).plan
    why = (reason or "").strip() or "discarded without a reason"
    with writing() as session:
        service.dismiss_plan(session, current_principal(), plan_id=plan_id_of(plan), reason=why)
    toast("The plan is discarded. Nothing was moved.")
    return _redrawn(plan)


def _ask(sample_ids: Sequence[SampleId] | None) -> None:
    with writing() as session:
        plan_id = service.request_plan(session, current_principal(), sample_ids=sample_ids)
    set_props(shell_ids.URL, {"pathname": "/storage", "search": f"?plan={plan_id}"})


def _accept(plan: str, steps: Collection[int] | None) -> tuple[Any, Any]:
    with writing() as session:
        answer = service.start_acceptance(
            session, current_principal(), plan_id=plan_id_of(plan), steps=steps
        )
    if isinstance(answer, list):
        refused = sum(outcome.refused is not None for outcome in answer)
        _tell_accepted(plan, placed=len(answer) - refused, refused=refused)
    return _redrawn(plan)


def _tell_end(plan: PlanView, shown: str | None) -> None:
    """Tell what a worker's answer came to, when the page has shown it at work."""
    outcomes = Counter(line.outcome for line in plan.placements)
    if (shown, plan.state) == (PlanState.ACCEPTING, PlanState.ACCEPTED):
        refused = sum(plan_words.is_refused(line) for line in plan.placements)
        _tell_accepted(str(plan.id), placed=outcomes["placed"], refused=refused)
    elif (shown, plan.state) == (PlanState.TAKING_BACK, PlanState.ACCEPTED):
        words, tone = plan_words.of_taking_back(
            taken_back=outcomes["taken back"], kept=outcomes["placed"]
        )
        if outcomes["taken back"]:
            toast(words, tone=tone)


def _tell_accepted(plan: str, *, placed: int, refused: int) -> None:
    words, tone = plan_words.of_acceptance(placed=placed, refused=refused)
    toast(words, tone=tone, undo=Undo("storage", {"plan": plan}) if placed else None)


def _redrawn(plan: str) -> tuple[Any, Any]:
    drawn = draw_plan(plan)
    return drawn.review, drawn.state.value
