"""Acting from a dialog of the custody pages: a refusal stands in it, what was typed stays."""

from collections.abc import Callable
from typing import Any

from dash import html, no_update

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.session import current_principal


def done(
    presses: int | None,
    act: Callable[[WriteSession, Principal], str],
    dialog: str,
    field: str,
) -> tuple[Any, Any, Any]:
    """Return the problems, which dialog to close, and a new value that draws the page anew."""
    if not presses:
        return no_update, no_update, no_update
    try:
        with writing() as session:
            said = act(session, current_principal())
    except AppError as refusal:
        sentence = " ".join(refusal.fields.values()) or refusal.message
        return vars(error_summary({field: sentence}))["children"], no_update, no_update
    toast(said)
    return [], {"dialog": dialog, "at": str(new_id())}, str(new_id())


def answers(keep: str, act: str, act_id: str) -> html.Div:
    """Draw the two answers of a dialog."""
    return html.Div(
        [button(keep, **data(close="")), button(act, id=act_id, kind="primary")],
        className="row-x",
    )
