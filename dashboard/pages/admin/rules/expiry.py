"""How long before a day projects hear that samples and consents expire."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.samples.expiry_rules import LONGEST_LEAD_DAYS, MOST_LEADS
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.rules import ids


def form(leads: Sequence[int]) -> Component:
    """Draw the lead times as they stand, to be changed."""
    return panel(
        "Notices of expiry",
        error_summary({}, id=ids.LEADS_PROBLEMS),
        html.P(
            "Every morning each project is told once of its samples and consents that come under "
            "a lead time. What has passed its day is told in any case.",
            className="t2 rl-said",
        ),
        html.Div(
            [
                form_field(
                    "Days before",
                    dbc.Input(
                        id=ids.LEADS, value=written(leads), inputMode="numeric", maxLength=40
                    ),
                    help_text=f"Up to {MOST_LEADS}, with commas; each 1 to {LONGEST_LEAD_DAYS}.",
                ),
                form_field(
                    "Reason",
                    dcc.Textarea(
                        id=ids.LEADS_REASON,
                        value="",
                        rows=2,
                        maxLength=500,
                        className="form-control",
                    ),
                    help_text="Kept in the audit trail with your name",
                    optional=True,
                ),
            ],
            className="rl-form",
        ),
        html.Div(button("Save", id=ids.LEADS_SAVE, kind="primary"), className="row-x"),
        class_name="ad-p",
    )


def written(leads: Sequence[int]) -> str:
    """Return lead times as a person types them: ``30, 7``."""
    return ", ".join(str(each) for each in leads)
