"""Series of barcodes made here, and which codes from elsewhere are taken."""

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.code_views import CodeSeriesView
from backend.samples.codes import FEWEST_DIGITS, MOST_DIGITS, ForeignCodes, code_of
from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import choices, table
from dashboard.pages.admin.rules import ids

OPEN = Look("Gives codes", "check-circle-fill", Tone.OK)
CLOSED = Look("Closed", "dash-circle-dotted", Tone.OFF)
_HEADS = (
    ("Prefix", ""),
    ("Digits", "n"),
    ("Next code", ""),
    ("For", ""),
    ("State", ""),
    ("", "n"),
)
_FOREIGN: Mapping[ForeignCodes, str] = {
    ForeignCodes.ANY: "Any code that no other tube carries",
    ForeignCodes.RANGES: "Only codes of registered ranges of tubes",
}


def listed(series: Sequence[CodeSeriesView], following: Mapping[str, int]) -> Component:
    """Draw every series with the code that it gives out next."""
    body: Component = (
        table("Series of barcodes", _HEADS, [_row(each, following) for each in series])
        if series
        else empty_state(
            "There is no series of your own",
            "Until there is one, codes carry the material, the day and four characters.",
            icon="upc",
        )
    )
    return panel("Series of barcodes", body, meta=fmt.count(len(series)), class_name="ad-p")


def form() -> Component:
    """Draw the form of a new series."""
    materials = [(each.value, MATERIAL_NAME[each], "") for each in MaterialType]
    return panel(
        "Make a series",
        error_summary({}, id=ids.SERIES_PROBLEMS),
        html.P(
            "A code is prefix, number and an ISO/IEC 7064 MOD 37,36 check character. Tubes carry "
            "it from the first one on, so a series is closed and never changed.",
            className="t2 rl-said",
        ),
        html.Div(
            [
                form_field(
                    "Prefix",
                    dbc.Input(id=ids.PREFIX, value="", maxLength=8, className="mono"),
                    help_text="2 to 8 capitals and digits.",
                ),
                form_field(
                    "Digits",
                    dbc.Input(id=ids.DIGITS, value="7", inputMode="numeric", maxLength=2),
                    help_text=f"{FEWEST_DIGITS} to {MOST_DIGITS}.",
                ),
                form_field(
                    "First number",
                    dbc.Input(id=ids.START_AT, value="1", inputMode="numeric", maxLength=12),
                ),
            ],
            className="rl-pair",
        ),
        html.Div(
            choices(
                "For",
                ids.MATERIALS,
                materials,
                [],
                help_text="None chosen means every material without a series of its own.",
            ),
            className="rl-materials",
        ),
        html.Div(button("Make series", id=ids.SERIES_ADD, kind="primary"), className="row-x"),
        class_name="ad-p bt",
    )


def foreign(accepted: ForeignCodes) -> Component:
    """Draw which codes from elsewhere are taken."""
    options = [{"value": each.value, "label": words} for each, words in _FOREIGN.items()]
    return panel(
        "Codes from elsewhere",
        form_field(
            "Registrations take",
            dbc.Select(id=ids.FOREIGN, options=options, value=accepted.value),
            class_name="ad-kv",
        ),
        html.Div(button("Save", id=ids.FOREIGN_SAVE, kind="primary"), className="row-x"),
        class_name="ad-p bt",
    )


def _row(each: CodeSeriesView, following: Mapping[str, int]) -> list[Component]:
    series = each.series
    number = following[series.prefix]
    # One that has come to its end gives out nothing more.
    code = code_of(series, number) if number < 10**series.digits else "used up"
    materials = ", ".join(MATERIAL_NAME[material] for material in series.material_types)
    act = "Close" if series.is_active else "Open again"
    return [
        html.Td(html.B(series.prefix, className="md mono")),
        html.Td(fmt.count(series.digits), className="n"),
        html.Td(code, className="mono"),
        html.Td(materials or "Every material without its own", className="ad-wrap"),
        html.Td(status(OPEN if series.is_active else CLOSED)),
        html.Td(
            button(
                act,
                id=ids.series_act(series.prefix),
                size="sm",
                **aria(label=f"{act}: {series.prefix}"),
            ),
            className="n",
        ),
    ]
