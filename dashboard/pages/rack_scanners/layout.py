"""Rack scanners: which there are, what each answers, and the form that sets one up."""

from collections.abc import Sequence
from uuid import UUID

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component
from flask import current_app

from backend.core.devices import RackScanner, ScannerDialect
from backend.core.transaction import reading
from backend.storage import rack_scanners
from backend.storage.errors import ScannerNotFound
from backend.storage.scanner_views import ScannerView
from backend.storage.scanning.spelling import spelled
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
PATH = "/storage/rack-scanners"
_NEW = RackScanner.model_construct(name="", host="", port=8000, dialect=ScannerDialect.VISIONMATE)
"""What stands in a new form: as VisionMate comes."""
_UP = Crumb("Storage", "/storage")
_ON = Look("In use", "check-circle-fill", Tone.OK)
_OFF = Look("Switched off", "dash-circle-dotted", Tone.OFF)
_HIDDEN = Look("Hidden by the variable", "exclamation-triangle-fill", Tone.WARN)
_HEADS = (("Scanner", ""), ("Dialect", ""), ("Set up", ""), ("State", ""), ("", "n"))


def layout(*, scanner: str = "", **_: str) -> Page:
    """Draw the list and the form, filled with the scanner whose key is given.

    Raises:
        ScannerNotFound: no such scanner.
    """
    edited = _edited(scanner) if scanner else None
    return page(
        title="Rack scanners",
        breadcrumb=[_UP],
        children=[html.Div(scanner_list(), id=ids.LIST), form(edited)],
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


def form(edited: ScannerView | None = None) -> Component:
    """Draw the form that adds a scanner, or changes the one it is filled with."""
    shown = edited.scanner if edited else _NEW
    is_active = edited.is_active if edited else True
    return panel(
        f"Change {shown.name}" if edited else "Set up a rack scanner",
        dcc.Store(id=ids.EDITED, data=str(edited.scanner_id) if edited else None),
        error_summary({}, id=ids.PROBLEMS),
        html.Div([*_where(shown), *_how(shown), _active(is_active=is_active)], className="ad-pair"),
        html.Div(
            [
                button("Save scanner", id=ids.SAVE, kind="primary"),
                *([button("Set up another", href=PATH, kind="ghost")] if edited else []),
            ],
            className="row-x",
        ),
        class_name="ad-p bt",
    )


def _where(shown: RackScanner) -> list[Component]:
    options = [{"label": words, "value": each.value} for each, words in DIALECTS.items()]
    return [
        _typed("Name", ids.NAME, shown.name, 60, "Where it stands, such as Bench 2."),
        _typed("Address", ids.HOST, shown.host, 253, "Its computer's name in the network."),
        form_field(
            "Port", dbc.Input(id=ids.PORT, inputMode="numeric", value=str(shown.port), maxLength=5)
        ),
        form_field(
            "Dialect", dbc.Select(id=ids.DIALECT, options=options, value=shown.dialect.value)
        ),
    ]


def _how(shown: RackScanner) -> list[Component]:
    orders = [
        {"label": "Column by column: A1, B1", "value": BY_COLUMNS},
        {"label": "Row by row: A1, A2", "value": BY_ROWS},
    ]
    end = r"Plain: such as \r\nOK\r\n. VisionMate: its suffix, \x03."
    start = r"Plain: with its line end, such as SCAN\r\n. VisionMate: empty waits for its button."
    return [
        _typed("Text that starts a scan", ids.TRIGGER, spelled(shown.trigger), 400, start),
        _typed("End of an answer", ids.TERMINATOR, spelled(shown.terminator), 80, end),
        _typed(
            "Between two codes",
            ids.DELIMITER,
            spelled(shown.delimiter),
            4,
            "One character. VisionMate only.",
        ),
        form_field(
            "Order of codes",
            dbc.Select(
                id=ids.ORDER, options=orders, value=BY_COLUMNS if shown.by_columns else BY_ROWS
            ),
            help_text="VisionMate only.",
        ),
        form_field(
            "A scan may take",
            dbc.Input(id=ids.WAIT, inputMode="numeric", value=f"{shown.wait_s:g}", maxLength=6),
            unit="s",
        ),
    ]


def _active(*, is_active: bool) -> Component:
    return html.Div(
        dbc.Checklist(
            id=ids.ACTIVE,
            options=[{"label": "People may let it scan", "value": "on"}],
            value=["on"] if is_active else [],
        ),
        className="fld",
    )


def _typed(label: str, id: str, value: str, longest: int, help_text: str) -> Component:
    return form_field(
        label,
        dbc.Input(id=id, value=value, maxLength=longest, autocomplete="off", className="mono"),
        help_text=help_text,
    )


def _row(each: ScannerView) -> list[Component]:
    scanner = each.scanner
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
        html.Td(html.Div(_acts(each, key), className="lq-acts"), className="n"),
    ]


def _acts(each: ScannerView, key: str) -> list[Component]:
    name = each.scanner.name
    test = button("Test", id=ids.act("test", key), size="sm", **aria(label=f"Test: {name}"))
    if each.is_fixed:
        return [test]
    href = f"{PATH}?scanner={key}"
    return [test, button("Change", href=href, size="sm", **aria(label=f"Change: {name}"))]


def _edited(key: str) -> ScannerView:
    with reading() as session:
        return rack_scanners.get_scanner(session, current_principal(), scanner_id_of(key))


def scanner_id_of(key: str) -> UUID:
    """Return the key in an address. Raises ScannerNotFound: no key, so no scanner has it."""
    try:
        return UUID(key)
    except ValueError as error:
        raise ScannerNotFound("There is no such rack scanner. Look at the list again.") from error
