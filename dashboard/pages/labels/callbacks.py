"""Callbacks of the label queue: newest rows, and what a person does about a print."""

from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.labels import service
from dashboard.callbacks import page_callback
from dashboard.components.form_field import field_error
from dashboard.components.toast import toast
from dashboard.pages.labels import ids
from dashboard.pages.labels.layout import queue
from dashboard.session import current_principal
from dashboard.shell_ids import live


@page_callback(
    Permission.LABELS_PRINT,
    Output(ids.QUEUE, "children"),
    Input(live("labels"), "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None) -> list[Component]:
    """Draw the queue as its rows say now."""
    return queue()


@page_callback(
    Permission.LABELS_PRINT,
    Output(ids.QUEUE, "children", allow_duplicate=True),
    Output(ids.REASON_FOR, "data"),
    Output(ids.REASON, "value"),
    Output(ids.REASON_SAID, "children"),
    Input(ids.act(ALL, ALL), "n_clicks"),
    prevent_initial_call=True,
)
def act(_presses: list[int | None]) -> tuple[Any, ...]:
    """Do what the pressed button says; printing again asks for its reason first."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return (no_update,) * 4
    if pressed["kind"] == "reprint":
        return no_update, pressed["print"], "", None
    _do(pressed["kind"], UUID(pressed["print"]))
    return queue(), no_update, no_update, no_update


@page_callback(
    Permission.LABELS_PRINT,
    Output(ids.QUEUE, "children", allow_duplicate=True),
    Output(ids.REASON_SAID, "children", allow_duplicate=True),
    Input(ids.REASON_GO, "n_clicks"),
    State(ids.REASON_FOR, "data"),
    State(ids.REASON, "value"),
    prevent_initial_call=True,
)
def print_again(presses: int | None, which: str | None, reason: str | None) -> tuple[Any, ...]:
    """Print labels once more, or say what is missing and keep what was typed."""
    if not presses or not which:
        return no_update, no_update
    try:
        with writing() as session:
            service.reprint(session, current_principal(), print_id=UUID(which), reason=reason or "")
    except AppError as refusal:
        return no_update, field_error(refusal.message)
    toast("The labels are queued again")
    return queue(), "Queued."


def _do(kind: str, print_id: UUID) -> None:
    principal = current_principal()
    with writing() as session:
        match kind:
            case "cancel":
                service.cancel_print(session, principal, print_id=print_id)
            case "retry":
                service.retry_print(session, principal, print_id=print_id)
            case _:
                service.settle_print(
                    session, principal, print_id=print_id, came_out=kind == "came_out"
                )
