"""Panels of a place as a whole: its name, how many loose tubes it takes, how it goes."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.storage.place_views import PlaceView
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.setup import place_ids as ids

_NO_SHARE = "Empty: nobody knows, and it has no share in use."


def name_form(place: PlaceView) -> Component:
    """Draw the label of a place, and what becomes of addresses when it changes."""
    return panel(
        "Name",
        error_summary({}, id=ids.NAME_PROBLEMS),
        html.P(
            "The addresses of everything in it follow. Printed codes go on finding it: its barcode "
            "stays, and so does the way by its old name.",
            className="t2 rl-said",
        ),
        form_field(
            "Label",
            dbc.Input(id=ids.NAME, value=place.label, maxLength=60, autocomplete="off"),
            class_name="ad-kv",
        ),
        html.Div(button("Rename", id=ids.NAME_SAVE, kind="primary"), className="row-x"),
        class_name="bt",
    )


def loose_form(place: PlaceView) -> Component:
    """Draw the form of a loose place in this one."""
    return panel(
        "Add a bag or loose place",
        error_summary({}, id=ids.LOOSE_PROBLEMS),
        html.P(
            f"A bag, a drawer, a shelf on which tubes lie: {place.path} gets a place without a "
            "grid. Its tubes are numbered as they come; planners put nothing there.",
            className="t2 rl-said",
        ),
        html.Div(
            [
                form_field(
                    "Label",
                    dbc.Input(id=ids.LOOSE_LABEL, value="", maxLength=60, autocomplete="off"),
                    help_text="As written on it.",
                ),
                form_field(
                    "Barcode",
                    dbc.Input(id=ids.LOOSE_BARCODE, value="", maxLength=64, autocomplete="off"),
                    optional=True,
                ),
                form_field("Tubes it takes", _tubes(ids.LOOSE_TUBES, ""), help_text=_NO_SHARE),
            ],
            className="rl-pair",
        ),
        html.Div(
            button("Add the loose place", id=ids.LOOSE_ADD, icon="plus-lg"), className="row-x"
        ),
        class_name="bt",
    )


def tubes_form(place: PlaceView) -> Component:
    """Draw how many tubes a loose place takes."""
    return panel(
        "Capacity",
        error_summary({}, id=ids.TUBES_PROBLEMS),
        form_field(
            "Tubes it takes",
            _tubes(ids.TUBES, str(place.capacity) if place.capacity else ""),
            help_text=_NO_SHARE,
            class_name="ad-kv",
        ),
        html.Div(button("Save capacity", id=ids.TUBES_SAVE, kind="primary"), className="row-x"),
        class_name="bt",
    )


def removal(place: PlaceView, reasons: Sequence[str]) -> Component:
    """Draw how the place goes, or everything that keeps it."""
    if reasons:
        return panel(
            "Remove",
            html.P(f"{place.path} stays for now:", className="t2"),
            html.Ul([html.Li(reason) for reason in reasons], className="rm-w"),
            class_name="bt",
        )
    return panel(
        "Remove",
        html.P(
            "If never anything stood in it, it is gone, with the places in it. Otherwise it is "
            "closed: kept for its history, offered nowhere.",
            className="t2 rl-said",
        ),
        html.Div(button("Remove", opens=ids.REMOVE_DIALOG, icon="trash"), className="row-x"),
        _remove_dialog(),
        class_name="bt",
    )


def closed(place: PlaceView, since: str) -> Component:
    """Say that a place is closed, with the way back."""
    said = (
        f" Closed since {since}: {place.path} takes no samples and is offered nowhere. It is kept "
        "because of its history."
    )
    return panel(
        "Closed",
        error_summary({}, id=ids.REOPEN_PROBLEMS),
        html.P(
            [icon("dash-circle-dotted", Tone.OFF), said],
            className="t2 rl-said",
        ),
        html.Div(button("Open again", id=ids.REOPEN, kind="primary"), className="row-x"),
    )


def _remove_dialog() -> html.Dialog:
    # Within the panel: drawing the place anew puts an answered question away.
    return dialog(
        ids.REMOVE_DIALOG,
        "Remove this place?",
        error_summary({}, id=ids.REMOVE_PROBLEMS),
        form_field(
            "Reason",
            dbc.Input(id=ids.REMOVE_REASON, value="", maxLength=300, autocomplete="off"),
            help_text="It stays in the audit trail.",
            optional=True,
        ),
        html.Div(
            [
                button("Leave it", **data(close="")),
                button("Remove", id=ids.REMOVE, kind="primary"),
            ],
            className="row-x",
        ),
    )


def _tubes(field_id: str, value: str) -> dbc.Input:
    return dbc.Input(id=field_id, value=value, inputMode="numeric", maxLength=4, autocomplete="off")
