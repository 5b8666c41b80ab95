"""What changes the libraries of a draft: a field that adds, and a button on each that removes."""

import dash_bootstrap_components as dbc
from dash import html

from dashboard.components.button import button, icon_button
from dashboard.components.form_field import form_field
from dashboard.pages.pools import ids


def add_form() -> html.Div:
    """Draw the field for libraries or requests that come into the draft."""
    return html.Div(
        [
            form_field(
                "Add libraries or requests",
                dbc.Input(id=ids.ADD_CODES, value="", maxlength=2000, autocomplete="off"),
                help_text="Barcodes, or requests as SQ-0012, with commas between.",
            ),
            button("Add", id=ids.ADD, icon="plus-lg"),
        ],
        className="pl-add",
    )


def remove_button(barcode: str) -> html.Button:
    """Draw the button that takes a library out of the draft."""
    return icon_button("x-lg", f"Take {barcode} out", id=ids.remove(barcode))
