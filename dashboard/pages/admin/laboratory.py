"""The laboratory's own settings."""

from zoneinfo import available_timezones

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.auth.views import LaboratoryView
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.tones import Tone
from dashboard.pages.admin import ids


def form(laboratory: LaboratoryView) -> Component:
    """Draw the form, filled in."""
    parts: list[Component] = [
        error_summary({}, id=ids.LAB_PROBLEMS),
        form_field(
            "Name",
            dbc.Input(id=ids.LAB_NAME, value=laboratory.name, maxLength=200),
            help_text="Shown at sign-in and on reports.",
        ),
        form_field(
            "Time zone",
            dbc.Select(
                id=ids.LAB_ZONE,
                options=sorted(zone for zone in available_timezones() if "/" in zone),
                value=laboratory.time_zone,
            ),
            help_text="Times on pages and in reports are written in it. Schedules keep the zone "
            "they were made in.",
        ),
        html.Div(
            [
                button("Save", id=ids.LAB_SAVE, kind="primary"),
                button(
                    "Thresholds, handling, barcodes, expiry",
                    href="/admin/rules",
                    icon="rulers",
                    kind="ghost",
                ),
            ],
            className="row-x",
        ),
    ]
    if laboratory.is_demo:
        parts.insert(
            0,
            banner(
                "This is a demonstration: people, samples and figures are made up. “tracseq init” "
                "with another folder makes an empty laboratory of your own.",
                tone=Tone.INFO,
            ),
        )
    return html.Div(parts, className="bd-form ad-form")
