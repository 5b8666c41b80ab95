"""Workbooks: rows sent to registration, and what a worker does of very long sheets."""

from typing import Any
from uuid import UUID

from dash import ALL, MATCH, Input, Output, State, html, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.work.ids import JobId
from backend.workbooks import comparing, sending
from backend.workbooks.ids import SheetId
from dashboard.callbacks import page_callback
from dashboard.components.job_progress import tick_id
from dashboard.pages.workbooks import forms, ids, layout, long_difference, panels
from dashboard.pages.workbooks.address import address_at
from dashboard.pages.workbooks.receiving import file_store, refused_rows
from dashboard.session import current_principal
from dashboard.shell_ids import URL

_GO = Output(URL, "href", allow_duplicate=True)
_WHERE = (State(ids.WHICH, "data"), State(URL, "search"))


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.SEND_PROBLEMS, "children"),
    Output(ids.SEND_GOING, "children"),
    _GO,
    Input(ids.SEND, "n_clicks"),
    State(ids.SEND_WHICH, "value"),
    State(ids.SEND_PROJECT, "value"),
    State(ids.rows(ALL, ALL), "selectedRows"),
    State(ids.SHEET, "data"),
    prevent_initial_call=True,
)
def send(presses: int | None, which: str | None, project: str | None, *given: Any) -> Any:
    """Make a draft of the rows and open it, have a worker make it, or say why not."""
    if not presses:
        return no_update, no_update, no_update
    selected, sheet = given
    try:
        with writing() as session:
            principal = current_principal()
            made = sending.send_or_ask(
                session,
                principal,
                sheet_id=SheetId(UUID(sheet)),
                rows=panels.ticked(selected[0]) if which == forms.TICKED else None,
                project_id=forms.chosen_project(session, principal, project),
                files=file_store(),
            )
    except AppError as refusal:
        return refused_rows(ids.SEND_PROJECT, refusal), [], no_update
    if made.job is not None:
        return [], forms.going(made.job), no_update
    return [], [], f"/register?draft={made.draft}"


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.sent(MATCH), "children"),
    Input(tick_id(MATCH), "disabled"),
    State(ids.sent(MATCH), "id"),
    prevent_initial_call=True,
)
def show_sent(is_over: bool | None, place: dict[str, str]) -> Any:  # noqa: FBT001 -- Dash's own
    """Lead to the draft that a worker has made."""
    if not is_over:
        return no_update
    with reading() as session:
        draft = sending.draft_sent_by(session, current_principal(), JobId(UUID(place["job"])))
    if draft is None:
        return html.P("No draft was made.")
    return html.P(html.A("Open the draft", href=f"/register?draft={draft}"))


@page_callback(
    Permission.DOCUMENTS_VIEW,
    Output(ids.LONG, "children"),
    Input(ids.LONG_GO, "n_clicks"),
    *_WHERE,
    prevent_initial_call=True,
)
def compare_long(presses: int | None, which: str, search: str | None) -> Any:
    """Ask a worker for the comparison, and follow it."""
    if not presses:
        return no_update
    address, principal = address_at(which, search), current_principal()
    with writing() as session:
        shown = layout.shown_at(session, principal, address)
        sides = layout.sides_of(shown, shown.sheet) if shown.sheet else None
        if sides is None:
            return no_update
        old, new = (sheet.id for _, sheet in sides)
        job_id = comparing.request_comparison(
            session, principal, old=old, new=new, key=address.key or None
        )
    return long_difference.followed(job_id)


@page_callback(
    Permission.DOCUMENTS_VIEW,
    Output(ids.compared(MATCH), "children"),
    Input(tick_id(MATCH), "disabled"),
    *_WHERE,
    prevent_initial_call=True,
)
def show_compared(
    is_over: bool | None,  # noqa: FBT001 -- Dash gives the ticker's state by place
    which: str,
    search: str | None,
) -> list[Component] | Any:
    """Draw what a worker has found, or why it has found nothing."""
    if not is_over:
        return no_update
    address, principal = address_at(which, search), current_principal()
    with reading() as session:
        shown = layout.shown_at(session, principal, address)
        sides = layout.sides_of(shown, shown.sheet) if shown.sheet else None
        if sides is None:
            return no_update
        return long_difference.body(session, principal, *sides, address)
