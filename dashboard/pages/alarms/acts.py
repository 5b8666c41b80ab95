"""The dialogs in which a person acknowledges an alarm or asks for time."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.alarms import ids
from dashboard.pages.custody.acting import answers

LONGEST_REASON = 500
_KEPT = "It stands in the audit trail with your name."


def draw() -> list[Component]:
    """Draw both dialogs; a press in a row fills and opens them."""
    return [
        dcc.Store(id=ids.ACK_WHICH),
        dcc.Store(id=ids.SNOOZE_WHICH),
        dialog(
            ids.ACK_DIALOG,
            "Acknowledge the alarm",
            error_summary({}, id=ids.ACK_PROBLEMS),
            html.P("", id=ids.ACK_WHAT, className="t2 said"),
            reason_field(
                ids.ACK_REASON,
                "What you found, or what you do about it",
                f"{_KEPT} The alarm stays while it lasts; nobody further is told.",
            ),
            answers("Not now", "Acknowledge", ids.ACK_SEND),
        ),
        dialog(
            ids.SNOOZE_DIALOG,
            "Snooze the alarm",
            error_summary({}, id=ids.SNOOZE_PROBLEMS),
            html.P("", id=ids.SNOOZE_WHAT, className="t2 said"),
            form_field(
                "Minutes",
                dbc.Input(id=ids.SNOOZE_MINUTES, value="15", inputMode="numeric", maxLength=3),
                help_text="Then the next people are told where the ladder stood.",
                unit="min",
            ),
            reason_field(ids.SNOOZE_REASON, "Why nobody is told meanwhile", _KEPT),
            answers("Not now", "Snooze", ids.SNOOZE_SEND),
        ),
    ]


def reason_field(field: str, label: str, help_text: str) -> html.Div:
    """Draw the field for a reason, as every dialog of the page has one."""
    return form_field(
        label,
        dcc.Textarea(
            id=field, value="", rows=2, maxLength=LONGEST_REASON, className="form-control"
        ),
        help_text=help_text,
    )
