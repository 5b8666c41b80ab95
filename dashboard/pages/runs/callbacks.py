"""Runs: drawn anew by what is told, matched, confirmed, proposals decided."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.sequencing.ids import RunId
from backend.sequencing.runs import confirming
from backend.sequencing.runs.ids import ProposalId, RunFolderId
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.errors import refusal_text
from dashboard.pages.runs import ids, layout
from dashboard.session import current_principal
from dashboard.shell_ids import live

_WHICH = State(ids.WHICH, "data")
_CHANGED = Output(ids.CHANGED, "data", allow_duplicate=True)
_CLOSE = Output(ids.CLOSE, "data", allow_duplicate=True)

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.LIST, "children"),
    Input(live("sequencing"), "data"),
    prevent_initial_call=True,
)
def show_list(_version: int | None) -> list[Component]:
    """Draw the list as the rows say now."""
    return layout.runs()


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.BODY, "children"),
    Output(ids.SEEN, "data"),
    Input(live("sequencing"), "data"),
    Input(ids.CHANGED, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_newest(
    _version: int | None, _changed: str | None, which: str
) -> tuple[list[Component], int]:
    """Draw the run as the rows say now."""
    view = layout.look(which)
    return layout.body(view), view.version


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.CONFIRM_PROBLEMS, "children"),
    _CLOSE,
    _CHANGED,
    Input(ids.CONFIRM_SEND, "n_clicks"),
    State(ids.CONFIRM_NOTE, "value"),
    State(ids.SEEN, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def confirm(presses: int | None, note: str | None, seen: int, which: str) -> tuple[Any, ...]:
    """Confirm the run as it is shown, or say why not."""

    def act(session: WriteSession, principal: Principal) -> str:
        proposals = confirming.confirm_run(
            session,
            principal,
            folder_id=RunFolderId(UUID(which)),
            version=seen,
            note=note or "",
        )
        made = fmt.plural(proposals, "proposal waits", "proposals wait")
        return f"The run is confirmed; {made} for you" if proposals else "The run is confirmed"

    return _done(presses, act, ids.CONFIRM_DIALOG, ids.CONFIRM_NOTE)


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.MATCH_PROBLEMS, "children"),
    _CLOSE,
    _CHANGED,
    Input(ids.MATCH_SEND, "n_clicks"),
    State(ids.MATCH_RUN, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def match(presses: int | None, run: str | None, which: str) -> tuple[Any, ...]:
    """Say which booked run it is, or say why it cannot be that one."""
    if presses and not run:
        told = error_summary({ids.MATCH_RUN: "Choose the booked run that this folder is of."})
        return vars(told)["children"], no_update, no_update

    def act(session: WriteSession, principal: Principal) -> str:
        confirming.match_run(
            session,
            principal,
            folder_id=RunFolderId(UUID(which)),
            run_id=RunId(UUID(run)),
        )
        return "The folder belongs to that run now"

    return _done(presses, act, ids.MATCH_DIALOG, ids.MATCH_RUN)


@page_callback(
    Permission.SEQUENCING_PLAN,
    _CHANGED,
    Input(ids.decide(ALL, ALL), "n_clicks"),
    prevent_initial_call=True,
)
def decide(_presses: list[int | None]) -> Any:
    """Accept or dismiss the proposal whose button was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    accept = pressed["act"] == ids.ACCEPT
    with writing() as session:
        codes = confirming.decide_proposal(
            session,
            current_principal(),
            proposal_id=ProposalId(UUID(pressed["proposal"])),
            accept=accept,
        )
    said = "Accepted" if accept else "Dismissed"
    toast(f"{said}; see {codes}" if codes else said)
    return str(new_id())


def _done(
    presses: int | None, act: Callable[[WriteSession, Principal], str], dialog: str, field: str
) -> tuple[Any, ...]:
    """Return the problems, which dialog to close, and a new value that draws the page anew."""
    if not presses:
        return no_update, no_update, no_update
    try:
        with writing() as session:
            said = act(session, current_principal())
    except AppError as refusal:
        told = error_summary({field: refusal_text(refusal)})
        return vars(told)["children"], no_update, no_update
    toast(said)
    return [], {"dialog": dialog, "at": str(new_id())}, str(new_id())
