"""The dialog that releases a run: what the signature means, what is loaded, the password."""

import dash_bootstrap_components as dbc
from dash import html

from backend.sequencing.released.schemas import MEANINGS
from backend.sequencing.released.views import RunPlan
from backend.sequencing.sheets.values import Dialect
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.custody.acting import answers
from dashboard.pages.run_plans import ids
from dashboard.pages.sheets.drawing import DIALECTS

_LONGEST = 40


def release(plan: RunPlan) -> html.Dialog:
    """Draw the dialog; it stands outside of what is drawn anew, so that what is typed stays."""
    dialects: tuple[Dialect, ...] = plan.platform.dialects if plan.platform else ()
    return dialog(
        ids.RELEASE_DIALOG,
        f"Release {plan.code}",
        html.P(
            "The sample sheet is kept as it is now, with your signature. A later change of the "
            "lanes makes the release void.",
            className="t2",
        ),
        error_summary({}, id=ids.RELEASE_PROBLEMS),
        form_field(
            "Meaning of the signature",
            dbc.Select(id=ids.RELEASE_MEANING, options=list(MEANINGS), value=MEANINGS[0]),
        ),
        form_field(
            "Sheet",
            dbc.Select(
                id=ids.RELEASE_DIALECT,
                options=[{"label": DIALECTS[each], "value": each.value} for each in dialects],
                value=dialects[0].value if dialects else None,
            ),
        ),
        html.Div(
            [
                form_field(
                    "Flow cell",
                    dbc.Input(id=ids.RELEASE_FLOW_CELL, value="", maxlength=_LONGEST),
                    optional=True,
                ),
                form_field(
                    "Reagent kit",
                    dbc.Input(id=ids.RELEASE_KIT, value="", maxlength=_LONGEST),
                    optional=True,
                ),
                form_field(
                    "Reagents good until",
                    dbc.Input(id=ids.RELEASE_EXPIRY, type="date", value=""),
                    optional=True,
                ),
            ],
            className="bd-row",
        ),
        form_field(
            "Your password",
            dbc.Input(
                id=ids.RELEASE_PASSWORD,
                type="password",
                value="",
                maxlength=128,
                autocomplete="current-password",
            ),
        ),
        answers("Not yet", "Sign and release", ids.RELEASE_SEND),
        wide=True,
    )
