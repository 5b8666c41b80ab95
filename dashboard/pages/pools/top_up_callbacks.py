"""Proposing top-ups from a file, and deciding them."""

from typing import Any
from uuid import UUID

from dash import MATCH, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.pooling import service
from backend.sequencing.pooling.ids import TopUpId
from backend.sequencing.pooling.schemas import TopUpIn
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.errors import refusal_text
from dashboard.pages.pools import ids, top_ups
from dashboard.session import current_principal

_AIM = (State(ids.AIM_TIMES, "value"), State(ids.AIM_RUNS, "value"))


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.TOP_UP_PROBLEMS, "children"),
    Output(ids.TOP_UPS, "children"),
    Output(ids.YIELDS, "contents"),
    Input(ids.YIELDS, "contents"),
    State(ids.YIELDS, "filename"),
    *_AIM,
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def propose(
    contents: str | None,
    file_name: str | None,
    times: str | None,
    runs: str | None,
    which: dict[str, str],
) -> tuple[Any, Any, Any]:
    """Read dropped yields and keep a proposal; the field is emptied for the next file."""
    if not contents:
        return no_update, no_update, no_update
    try:
        given = top_ups.given_of(contents, file_name)
        _propose(which, given, times, runs)
    except AppError as refusal:
        return _problem(refusal, ids.YIELDS), no_update, None
    return [], _drawn(which), None


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.TOP_UP_PROBLEMS, "children", allow_duplicate=True),
    Output(ids.TOP_UPS, "children", allow_duplicate=True),
    Input(ids.FROM_RUNS, "n_clicks"),
    *_AIM,
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
    running=[(Output(ids.FROM_RUNS, "disabled"), True, False)],
)
def propose_from_runs(
    presses: int | None, times: str | None, runs: str | None, which: dict[str, str]
) -> tuple[Any, Any]:
    """Keep a proposal of what the pool's confirmed runs gave."""
    if not presses:
        return no_update, no_update
    try:
        _propose(which, None, times, runs)
    except AppError as refusal:
        return _problem(refusal, ids.FROM_RUNS), no_update
    return [], _drawn(which)


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.TOP_UP_PROBLEMS, "children", allow_duplicate=True),
    Output(ids.TOP_UPS, "children", allow_duplicate=True),
    Input(ids.decide(MATCH, MATCH), "n_clicks"),
    State(ids.TOP_UP_REASON, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
    running=[(Output(ids.decide(MATCH, MATCH), "disabled"), True, False)],
)
def decide(presses: int | None, reason: str | None, which: dict[str, str]) -> tuple[Any, Any]:
    """Approve or reject the proposal whose button was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not presses:
        return no_update, no_update
    key, why, principal = TopUpId(UUID(pressed["top_up"])), reason or "", current_principal()
    try:
        with writing() as session:
            if pressed["act"] == ids.APPROVE:
                made = service.approve_top_up(session, principal, top_up_id=key, reason=why)
                said = f"{made.code} is drafted"
            else:
                service.reject_top_up(session, principal, top_up_id=key, reason=why)
                said = "The top-up is rejected"
    except AppError as refusal:
        return _problem(refusal, ids.TOP_UP_REASON), no_update
    toast(said)
    return [], _drawn(which)


def _propose(
    which: dict[str, str], given: TopUpIn | None, times: str | None, runs: str | None
) -> None:
    aim = top_ups.aim_of(times, runs)
    with writing() as session:
        service.propose_top_up(
            session, current_principal(), code=which["code"], given=given, aim=aim
        )


def _drawn(which: dict[str, str]) -> list[Component]:
    with reading() as session:
        return top_ups.proposals(session, which["code"])


def _problem(refusal: AppError, field: str) -> Any:
    return vars(error_summary({field: refusal_text(refusal)}))["children"]
