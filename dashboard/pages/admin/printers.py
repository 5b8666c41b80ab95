"""Label printers: which there are, how each is, and the form that sets one up. Views in."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.labels import sizes
from backend.labels.views import PrinterView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.pages.admin import ids
from dashboard.pages.admin.parts import table, two_lines

ON = Look("In use", "check-circle-fill", Tone.OK)
OFF = Look("Switched off", "dash-circle-dotted", Tone.OFF)
_HEADS = (("Printer", ""), ("Labels in it", ""), ("Waiting", "n"), ("State", ""), ("", "n"))


def listed(printers: Sequence[PrinterView]) -> Component:
    """Draw every printer with what can be done with it."""
    body: Component = (
        table("Label printers", _HEADS, [_row(each) for each in printers])
        if printers
        else empty_state(
            "There is no printer yet",
            "Add one that understands ZPL; labels can be made as a PDF meanwhile.",
            icon="printer",
        )
    )
    return panel("Printers", body, meta=fmt.count(len(printers)), class_name="ad-p")


def form() -> Component:
    """Draw the form that adds a printer or changes the one it was filled with."""
    templates = [{"label": each.name, "value": key} for key, each in sizes.TEMPLATES.items()]
    dpis = [{"label": f"{dpi} dpi", "value": str(dpi)} for dpi in sizes.DPIS]
    return panel(
        "Set up a printer",
        dcc.Store(id=ids.PRINTER_EDITED),
        error_summary({}, id=ids.PRINTER_PROBLEMS),
        html.Div(
            [
                form_field(
                    "Name",
                    dbc.Input(id=ids.PRINTER_NAME, maxLength=80),
                    help_text="Where it stands, such as Bench 4.",
                ),
                form_field(
                    "Address",
                    dbc.Input(id=ids.PRINTER_HOST, maxLength=253, className="mono"),
                    help_text="Its name or number in the network.",
                ),
                form_field(
                    "Port",
                    dbc.Input(id=ids.PRINTER_PORT, type="text", inputMode="numeric", value="9100"),
                ),
                form_field(
                    "Resolution",
                    dbc.Select(id=ids.PRINTER_DPI, options=dpis, value=dpis[0]["value"]),
                ),
                form_field(
                    "Labels in it",
                    dbc.Select(id=ids.PRINTER_TEMPLATE, options=templates, value=sizes.DEFAULT),
                ),
                html.Div(
                    dbc.Checklist(
                        id=ids.PRINTER_ACTIVE,
                        options=[{"label": "Takes prints", "value": "on"}],
                        value=["on"],
                    ),
                    className="fld",
                ),
            ],
            className="ad-pair",
        ),
        html.Div(
            [
                button("Save printer", id=ids.PRINTER_SAVE, kind="primary"),
                button("Empty the form", id=ids.PRINTER_NEW, kind="ghost"),
            ],
            className="row-x",
        ),
        class_name="ad-p bt",
    )


def _row(printer: PrinterView) -> list[Component]:
    key = str(printer.id)
    address = f"{printer.host}:{printer.port}, {printer.dpi} dpi"
    return [
        html.Td(two_lines(html.B(printer.name, className="md"), address)),
        html.Td(sizes.template_of(printer.template).name),
        html.Td(fmt.count(printer.waiting), className="n"),
        html.Td(
            [
                status(ON if printer.is_active else OFF),
                html.Div(id=ids.printer_state(key), className="t2 sm", role="status"),
            ],
            className="ad-wrap",
        ),
        html.Td(
            html.Div(
                [
                    button(
                        label,
                        id=ids.printer_act(kind, key),
                        size="sm",
                        disabled=kind == "test" and not printer.is_active,
                        **aria(label=f"{label}: {printer.name}"),
                    )
                    for kind, label in (("ask", "Ask"), ("test", "Test print"), ("edit", "Change"))
                ],
                className="lq-acts",
            ),
            className="n",
        ),
    ]
