"""Acting from a dialog of the page: a refusal stands in it by field, what was typed stays."""

from collections.abc import Callable, Mapping
from typing import Any

from dash import no_update, set_props

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.alarms import ids
from dashboard.session import current_principal


def done(
    presses: int | None,
    act: Callable[[WriteSession, Principal], str],
    dialog: str,
    fields: Mapping[str, str],
) -> Any:
    """Act and return the problems to show; a done act closes its dialog and redraws the view.

    ``fields`` are the fields by the name that a service gives them, the first for the rest.
    """
    if not presses:
        return no_update
    try:
        with writing() as session:
            said = act(session, current_principal())
    except AppError as refusal:
        found = {fields[name]: text for name, text in refusal.fields.items() if name in fields}
        return error_summary(found or {next(iter(fields.values())): refusal.message}).children
    toast(said)
    set_props(ids.CLOSE, {"data": {"dialog": dialog, "at": str(new_id())}})
    set_props(ids.CHANGED, {"data": str(new_id())})
    return []


def open_dialog(dialog: str) -> None:
    """Let the browser open a dialog that a callback has filled."""
    set_props(ids.OPEN, {"data": {"dialog": dialog, "at": str(new_id())}})


def whole(typed: str | None) -> int:
    """Return a whole number; what is none is 0, which no service takes here."""
    text = (typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() else 0
