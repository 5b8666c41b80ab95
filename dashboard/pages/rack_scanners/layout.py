"""Rack scanners: which there are, what each answers, and the form that sets one up."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component
from flask import current_app

from backend.core.devices import RackScanner, ScannerDialect
from backend.core.transaction import reading
from backend.storage import rack_scanners
from backend.storage.scanner_views import ScannerView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.rack_scanners import ids
from dashboard.session import current_principal

DIALECTS = {
    ScannerDialect.VISIONMATE: "VisionMate",
    ScannerDialect.PLAIN: "Plain: a text starts a scan",
}
BY_COLUMNS, BY_ROWS = "columns", "rows"
EMPTY = ("", "", "8000", ScannerDialect.VISIONMATE.value, "", r"\x03", ",", BY_COLUMNS, "30")
"""What stands in a new form, in the order of its fields; of them all but the last switch."""
_UP = Crumb("Storage", "/storage")
_ON = Look("In use", "check-circle-fill", Tone.OK)
_OFF = Look("Switched off", "dash-circle-dotted", Tone.OFF)
_HIDDEN = Look("Hidden by the variable", "exclamation-triangle-fill", Tone.WARN)
_HEADS = (("Scanner", ""), ("Dialect", ""), ("Set up", ""), ("State", ""), ("", "n"))


def layout(**_: str) -> Page:
    """Draw the list and the form."""
    return page(
        title="Rack scanners",
        breadcrumb=[_UP],
        children=[html.Div(scanner_list(), id=ids.LIST), form()],
    )


def fixed_scanners() -> tuple[RackScanner, ...]:
    """Return the rack scanners that the variable TRACSEQ_RACK_SCANNERS names."""
    found: tuple[RackScanner, ...] = current_app.config["RACK_SCANNERS"]
    return found


def scanner_list() -> Component:
    """Return the scanners as the rows, and the variable, say now."""
    with reading() as session:
        found = rack_scanners.list_scanners(session, current_principal(), fixed_scanners())
    return listed(found)


def listed(scanners: Sequence[ScannerView]) -> Component:
    """Draw every scanner with what can be done with it."""
    body: Component = (
        table("Rack scanners", _HEADS, [_row(each) for each in scanners])
        if scanners
        else empty_state(
            "There is no rack scanner yet",
            "Add one that has a TCP/IP server; files of any other are dropped under Rack scans.",
            icon="upc-scan",
        )
    )
    return panel("Rack scanners", body, meta=fmt.count(len(scanners)), class_name="ad-p")


def form() -> Component:
    """Draw the form that adds a scanner or changes the one it was filled with."""
    return panel(
        "Set up a rack scanner",
        dcc.Store(id=ids.EDITED),
        error_summary({}, id=ids.PROBLEMS),
        html.Div([*_where(), *_how()], className="ad-pair"),
        html.Div(
            [
                button("Save scanner", id=ids.SAVE, kind="primary"),
                button("Empty the form", id=ids.NEW, kind="ghost"),
            ],
            className="row-x",
        ),
        class_name="ad-p bt",
    )


def _where() -> list[Component]:
    name, host, port, dialect, *_ = EMPTY
    options = [{"label": words, "value": each.value} for each, words in DIALECTS.items()]
    return [
        _typed("Name", ids.NAME, name, 60, "Where it stands, such as Bench 2."),
        _typed("Address", ids.HOST, host, 253, "Name or number of its computer in the network."),
        form_field("Port", dbc.Input(id=ids.PORT, inputMode="numeric", value=port, maxLength=5)),
        form_field("Dialect", dbc.Select(id=ids.DIALECT, options=options, value=dialect)),
    ]


def _how() -> list[Component]:
    *_, trigger, terminator, delimiter, order, wait = EMPTY
    orders = [
        {"label": "Column by column: A1, B1", "value": BY_COLUMNS},
        {"label": "Row by row: A1, A2", "value": BY_ROWS},
    ]
    return [
        _typed(
            "Text that starts a scan",
            ids.TRIGGER,
            trigger,
            400,
            r"Plain: with its line end, such as SCAN\r\n. VisionMate: empty waits for its button.",
        ),
        _typed(
            "End of an answer", ids.TERMINATOR, terminator, 80, r"VisionMate: its suffix, \x03."
        ),
        _typed("Between two codes", ids.DELIMITER, delimiter, 4, "One character. VisionMate only."),
        form_field(
            "Order of codes",
            dbc.Select(id=ids.ORDER, options=orders, value=order),
            help_text="VisionMate only.",
        ),
        form_field(
            "A scan may take",
            dbc.Input(id=ids.WAIT, inputMode="numeric", value=wait, maxLength=6),
            unit="s",
        ),
        html.Div(
            dbc.Checklist(
                id=ids.ACTIVE,
                options=[{"label": "People may let it scan", "value": "on"}],
                value=["on"],
            ),
            className="fld",
        ),
    ]


def _typed(label: str, id: str, value: str, longest: int, help_text: str) -> Component:
    return form_field(
        label,
        dbc.Input(id=id, value=value, maxLength=longest, autocomplete="off", className="mono"),
        help_text=help_text,
    )


def _row(each: ScannerView) -> list[Component]:
    scanner = each.scanner
    acts = [("test", "Test")] if each.is_fixed else [("test", "Test"), ("edit", "Change")]
    whence = "Variable TRACSEQ_RACK_SCANNERS" if each.is_fixed else "On this page"
    key = str(each.scanner_id or scanner.name)
    look = _HIDDEN if each.is_hidden else _ON if each.is_active else _OFF
    return [
        html.Td(
            two_lines(html.B(scanner.name, className="md"), f"{scanner.host}:{scanner.port}"),
            className="ad-wrap",
        ),
        html.Td(DIALECTS[scanner.dialect].partition(":")[0]),
        html.Td(whence, className="ad-wrap"),
        html.Td(
            [status(look), html.Div(id=ids.said(key), className="t2 sm", role="status")],
            className="ad-wrap",
        ),
        html.Td(
            html.Div(
                [
                    button(
                        label,
                        id=ids.act(kind, key),
                        size="sm",
                        **aria(label=f"{label}: {scanner.name}"),
                    )
                    for kind, label in acts
                ],
                className="lq-acts",
            ),
            className="n",
        ),
    ]
