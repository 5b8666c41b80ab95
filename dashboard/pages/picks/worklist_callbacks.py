"""Making a worklist: checked first, then offered as files."""

from typing import Any

from dash import Input, Output, State, no_update

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.storage import pick_queries, pick_worklists
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.pages.picks import ids, worklist_form
from dashboard.session import current_principal


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.WORKLIST_PROBLEMS, "children"),
    Output(ids.WORKLIST_FILES, "children"),
    Input(ids.WORKLIST, "n_clicks"),
    State(ids.PLATE, "value"),
    State(ids.FORMAT, "value"),
    State(ids.VOLUME, "value"),
    State(ids.EACH, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def offer(presses: int | None, *typed: Any) -> tuple[Any, Any]:
    """Offer the worklist for each robot, or say which line stands against it."""
    if not presses:
        return no_update, no_update
    *fields, which = typed
    given = dict(zip(("plate", "format", "volume", "each"), fields, strict=True))
    principal = current_principal()
    try:
        with reading() as session:
            picks = pick_queries.find_list(session, principal, which)
            wanted = worklist_form.read(given)
            transfers = pick_worklists.transfers_of(session, principal, picks.id, wanted)
    except AppError as refusal:
        return vars(error_summary({ids.VOLUME: refusal.message}))["children"], []
    return [], worklist_form.files(picks, given, transfers)
