"""The label queue: what waits, what was sent, and what needs a look at the printer."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.transaction import reading
from backend.labels import queries, sizes
from backend.labels.ids import PrintState
from backend.labels.views import PrinterView, PrintView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.page import Page, page
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.labels import ids, words
from dashboard.pages.register.layout import tabs
from dashboard.session import current_principal

_LISTED = 100
_HEADS = (
    ("State", ""),
    ("What", ""),
    ("First", ""),
    ("Label", ""),
    ("Printer", ""),
    ("By", ""),
    ("At", ""),
    ("", "n"),
)


def layout(**_: str) -> Page:
    """Draw the queue, newest first."""
    return page(
        title="Label queue",
        tabs=tabs("/register/labels"),
        class_name="labels",
        children=[html.Div(queue(), id=ids.QUEUE), _reason_dialog()],
    )


def queue() -> list[Component]:
    """Return printers and prints as the rows say now."""
    principal = current_principal()
    with reading() as session:
        printers = queries.list_printers(session, principal)
        found = queries.list_prints(session, principal, limit=_LISTED)
    zone, now = lab_zone(), clock.utc_now()
    return [*_unsure(found), _printers(printers), prints(found, zone=zone, now=now)]


def prints(found: Sequence[PrintView], *, zone: ZoneInfo, now: datetime) -> Component:
    """Draw the prints with what can be done with each."""
    if not found:
        return panel(
            "Prints",
            empty_state(
                "Nothing was printed yet",
                "Select samples and press “Print labels”.",
                button("Open the samples", href="/samples"),
                icon="printer",
            ),
        )
    rows = [_row(each, zone=zone, now=now) for each in found]
    head = html.Thead(
        html.Tr([html.Th(name, scope="col", className=kind) for name, kind in _HEADS])
    )
    table = html.Table(
        [html.Caption("Prints, newest first", className="vh"), head, html.Tbody(rows)],
        className="tbl plain",
    )
    return panel(
        "Prints",
        html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label="Prints")),
        meta=f"the newest {_LISTED}" if len(found) == _LISTED else fmt.count(len(found)),
        class_name="ad-p bt",
    )


def _unsure(found: Sequence[PrintView]) -> list[Component]:
    count = sum(each.state is PrintState.UNSURE for each in found)
    if not count:
        return []
    said = fmt.plural(count, "print was", "prints were")
    return [
        banner(
            f"{said} interrupted while labels were sent. Look at the printer and say whether they "
            "came out; until then nothing is sent again.",
            tone=Tone.WARN,
            icon="question-circle",
        )
    ]


def _printers(printers: Sequence[PrinterView]) -> Component:
    if not printers:
        return panel(
            "Printers",
            html.P(
                "There is no printer yet. An administrator adds one under Admin, Printers; labels "
                "can be made as a PDF meanwhile.",
                className="t2",
            ),
            class_name="ad-p",
        )
    lines = [
        html.Li(
            [
                html.B(each.name, className="md"),
                html.Span(sizes.template_of(each.template).name, className="t2"),
                html.Span(_waiting(each), className="t3"),
            ],
            className="lq-printer",
        )
        for each in printers
    ]
    return panel("Printers", html.Ul(lines, className="lq-printers"), class_name="ad-p")


def _waiting(printer: PrinterView) -> str:
    if not printer.is_active:
        return "switched off"
    return (
        f"{fmt.plural(printer.waiting, 'print', 'prints')} waiting" if printer.waiting else "free"
    )


def _row(found: PrintView, *, zone: ZoneInfo, now: datetime) -> html.Tr:
    remark = words.remark(found)
    state: list[Component] = [status(words.look(found.state))]
    if remark:
        state.append(html.Div(remark, className="t3 sm"))
    return html.Tr(
        [
            html.Td(state, className="lq-state"),
            html.Td(words.what(found)),
            html.Td(found.first_barcode, className="mono"),
            html.Td(sizes.template_of(found.template).name.partition(",")[0]),
            html.Td(found.printer_name or "PDF"),
            html.Td(found.requested_by_name),
            html.Td(fmt.moment(found.created_at, zone, now=now), className="num"),
            html.Td(html.Div(_acts(found), className="lq-acts"), className="n"),
        ]
    )


def _acts(found: PrintView) -> list[Component]:
    about = f"{words.what(found)}, {found.first_barcode}"
    return [
        button(
            label,
            id=ids.act(kind, str(found.id)),
            size="sm",
            **aria(label=f"{label}: {about}"),
            **(data(dialog=ids.REASON_DIALOG) if kind == "reprint" else {}),
        )
        for kind, label in words.ACTS[found.state]
    ]


def _reason_dialog() -> html.Dialog:
    return dialog(
        ids.REASON_DIALOG,
        "Print these labels again?",
        html.P("The same labels as before. The reason stays in the audit trail.", className="t2"),
        dcc.Store(id=ids.REASON_FOR),
        form_field(
            "Reason",
            dbc.Input(id=ids.REASON, maxLength=500, value=""),
            help_text="Such as “Label came off” or “Smeared”.",
        ),
        html.Div(id=ids.REASON_SAID, role="status"),
        html.Div(
            [
                button("Close", **data(close="")),
                html.Span(className="sp"),
                button("Print again", id=ids.REASON_GO, kind="primary"),
            ],
            className="row-x dlg-a",
        ),
    )
