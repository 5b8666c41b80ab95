"""What electricity costs: every version of the price, and the form of the next."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry.electricity import LONGEST_REASON, Price
from dashboard import energy_words
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.admin.rules import ids

_HEADS = (("Version", "n"), ("Price", ""), ("Reason", ""), ("Set", ""))


def listed(prices: Sequence[Price], *, zone: ZoneInfo) -> Component:
    """Draw the prices, the one that holds first."""
    if not prices:
        return panel(
            "Price of electricity",
            html.P("No price is set: pages give the energy in kWh and no cost.", className="t2"),
            class_name="ad-p",
        )
    rows = [_row(each, zone=zone) for each in prices]
    return panel(
        "Price of electricity",
        table("Prices of electricity, the newest first", _HEADS, rows),
        meta=f"{energy_words.price(prices[0])} holds",
        class_name="ad-p",
    )


def form(prices: Sequence[Price]) -> Component:
    """Draw the form of the next price, filled from the one that holds."""
    now = next(iter(prices), None)
    return panel(
        "Set another price" if now else "Set the price",
        dcc.Store(id=ids.PRICE_VERSION, data=now.version if now else 0),
        error_summary({}, id=ids.PRICE_PROBLEMS),
        html.P(
            "It is what a measured kWh costs from now on, on every page; older figures are "
            "reckoned with it too. The next report of the month uses it.",
            className="t2 rl-said",
        ),
        html.Div(
            [
                form_field(
                    "Price of a kWh",
                    dbc.Input(
                        id=ids.PRICE,
                        value=f"{now.price_per_kwh:f}" if now else "",
                        inputMode="decimal",
                        maxLength=12,
                    ),
                ),
                form_field(
                    "Currency",
                    dbc.Input(id=ids.CURRENCY, value=now.currency if now else "", maxLength=3),
                    help_text="Three letters, such as EUR.",
                ),
                form_field(
                    "Reason",
                    dcc.Textarea(
                        id=ids.PRICE_REASON,
                        value="",
                        rows=2,
                        maxLength=LONGEST_REASON,
                        className="form-control",
                    ),
                    help_text="Where the price is from, such as the contract. Kept with your name.",
                ),
            ],
            className="rl-form",
        ),
        html.Div(
            button("Save as next version", id=ids.PRICE_SAVE, kind="primary"), className="row-x"
        ),
        class_name="ad-p bt",
    )


def _row(price: Price, *, zone: ZoneInfo) -> list[Component]:
    return [
        html.Td(fmt.count(price.version), className="n"),
        html.Td(energy_words.price(price)),
        html.Td(price.reason),
        html.Td(two_lines(price.set_by_name, fmt.moment(price.set_at, zone))),
    ]
