"""The dialogs of an incident: holds accepted or declined, and the incident closed and signed."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html

from backend.core.principal import Principal
from backend.incidents.rules import DISPOSITIONS, LONGEST_REASON, LONGEST_TEXT, MEANING
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.custody.acting import answers
from dashboard.pages.incidents import ids

CHOSEN, ALL = "chosen", "all"
_WHICH = [
    {"value": ALL, "label": "All that are undecided, or of the project that is shown"},
    {"value": CHOSEN, "label": "Those that I chose in the list"},
]


def dialogs(principal: Principal, units: Sequence[str]) -> list[html.Dialog]:
    """Draw the dialogs for somebody who may decide about an incident of these units."""
    return [_accept(), _decline(), _back(units), _closing(principal)]


def _accept() -> html.Dialog:
    return dialog(
        ids.ACCEPT_DIALOG,
        "Accept the proposed holds",
        error_summary({}, id=ids.ACCEPT_PROBLEMS),
        html.P(
            "The samples go on hold for their temperature until it is released.", className="t2"
        ),
        form_field("Which", dbc.Select(id=ids.ACCEPT_WHICH, options=_WHICH, value=ALL)),
        form_field(
            "Reason",
            dbc.Input(id=ids.ACCEPT_NOTE, value="", maxlength=LONGEST_REASON),
            help_text="Stands at each hold, after the incident's number",
            optional=True,
        ),
        answers("Decide later", "Put on hold", ids.ACCEPT_SEND),
    )


def _decline() -> html.Dialog:
    return dialog(
        ids.DECLINE_DIALOG,
        "Decline the proposed holds",
        error_summary({}, id=ids.DECLINE_PROBLEMS),
        html.P("The samples stay usable; who decided and why stays with them.", className="t2"),
        form_field("Which", dbc.Select(id=ids.DECLINE_WHICH, options=_WHICH, value=ALL)),
        form_field(
            "Reason",
            dbc.Input(id=ids.DECLINE_REASON, value="", maxlength=LONGEST_REASON),
            help_text="What shows that they may be used",
        ),
        answers("Decide later", "Leave them usable", ids.DECLINE_SEND),
    )


def _back(units: Sequence[str]) -> html.Dialog:
    options = [{"value": label, "label": label} for label in units]
    return dialog(
        ids.BACK_DIALOG,
        "Say that a unit is back in range",
        error_summary({}, id=ids.BACK_PROBLEMS),
        html.P(
            "Nothing was heard from it since its alarms were over. Your word counts as of now; "
            "how warm it was until then stays unknown.",
            className="t2",
        ),
        form_field(
            "Unit",
            dbc.Select(
                id=ids.BACK_UNIT, options=options, value=units[0] if len(units) == 1 else None
            ),
        ),
        form_field(
            "How you know",
            dbc.Input(id=ids.BACK_REASON, value="", maxlength=LONGEST_REASON),
            help_text="What was measured there, and with what",
        ),
        answers("Not yet", "It is back in range", ids.BACK_SEND),
    )


def _closing(principal: Principal) -> html.Dialog:
    options = [{"value": each.value, "label": words} for each, words in DISPOSITIONS.items()]
    return dialog(
        ids.CLOSING_DIALOG,
        "Close the incident",
        error_summary({}, id=ids.CLOSING_PROBLEMS),
        html.P(
            f"You sign as {principal.name}; the signature means: {MEANING}. "
            "What stands in the incident never changes afterwards.",
            className="t2",
        ),
        form_field(
            "Cause",
            dbc.Textarea(id=ids.CLOSING_CAUSE, value="", rows=2, maxlength=LONGEST_TEXT),
            help_text="Why it happened, or what was looked for and not found",
        ),
        form_field(
            "What was done",
            dbc.Textarea(id=ids.CLOSING_ACTION, value="", rows=2, maxlength=LONGEST_TEXT),
        ),
        form_field(
            "Disposition",
            dbc.Select(
                id=ids.CLOSING_DISPOSITION, options=options, placeholder="Choose", value=None
            ),
            help_text="What becomes of the samples",
        ),
        form_field(
            "Note",
            dbc.Input(id=ids.CLOSING_NOTE, value="", maxlength=LONGEST_TEXT),
            optional=True,
        ),
        form_field(
            "Your password",
            dbc.Input(
                id=ids.CLOSING_PASSWORD,
                type="password",
                value="",
                maxlength=128,
                autocomplete="current-password",
            ),
        ),
        answers("Keep it open", "Sign and close", ids.CLOSING_SEND),
    )
