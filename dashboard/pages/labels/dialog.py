"""The dialog that prints labels, the same from a list, a bench and an import.

print_dialog()                                  once on a page
dcc.Store ids.WHAT, set by the page             whose labels
button("Print labels", opens=ids.DIALOG)
"""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.transaction import reading
from backend.labels import queries, sizes
from backend.labels.schemas import MOST_COPIES
from backend.labels.views import PrinterView
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import form_field
from dashboard.pages.labels import ids
from dashboard.session import current_principal


def print_dialog(*, only_new: bool = False) -> html.Dialog:
    """Draw the dialog; ``only_new`` proposes to leave out samples that have a label."""
    with reading() as session:
        printers = queries.list_printers(session, current_principal(), active_only=True)
    first = printers[0] if printers else None
    where = [
        {"label": "Label printer", "value": "printer", "disabled": first is None},
        {"label": "PDF for an office printer", "value": "sheet"},
    ]
    return dialog(
        ids.DIALOG,
        "Print labels",
        html.Div(
            [
                html.Div(
                    [
                        form_field("Label", _templates(first)),
                        form_field(
                            "Print on",
                            dbc.RadioItems(
                                id=ids.WHERE, options=where, value="printer" if first else "sheet"
                            ),
                        ),
                        html.Div(_printer(printers), id=ids.ON_PRINTER),
                        html.Div(_sheet(), id=ids.ON_SHEET),
                        form_field(
                            "Copies of each",
                            dbc.Input(
                                id=ids.COPIES, type="number", min=1, max=MOST_COPIES, value=1
                            ),
                        ),
                    ]
                ),
                html.Div(id=ids.PREVIEW, className="lp-side", **aria(live="polite")),
            ],
            className="lp-cols",
        ),
        html.Div(
            dbc.Checklist(
                id=ids.ONLY_NEW,
                options=[{"label": "Only those without a label", "value": "new"}],
                value=["new"] if only_new else [],
            )
        ),
        form_field(
            "Reason",
            dbc.Input(id=ids.AGAIN_FOR, maxLength=500, value=""),
            help_text="Needed where a label was printed before.",
            optional=True,
        ),
        html.Div(id=ids.SAID, role="status"),
        html.Div(id=ids.SHEETS_FILE, role="status"),
        dcc.Store(id=ids.SHEETS_JOB),
        dcc.Download(id=ids.FILE),
        html.Div(
            [
                button("Close", **data(close="")),
                html.A("Label queue", href="/register/labels", className="md"),
                html.Span(className="sp"),
                button("Print labels", id=ids.GO, kind="primary", icon="printer"),
            ],
            className="row-x dlg-a",
        ),
        wide=True,
    )


def _templates(first: PrinterView | None) -> Component:
    options = [{"label": each.name, "value": key} for key, each in sizes.TEMPLATES.items()]
    chosen = first.template if first else "tube"
    select: Component = dbc.Select(id=ids.TEMPLATE, options=options, value=chosen)
    return select


def _printer(printers: list[PrinterView]) -> list[Component]:
    options = [
        {"label": f"{each.name}, {each.dpi} dpi", "value": str(each.id)} for each in printers
    ]
    return [
        form_field(
            "Printer",
            dbc.Select(
                id=ids.PRINTER, options=options, value=options[0]["value"] if options else None
            ),
        ),
        html.Div(
            [
                button("Ask the printer", id=ids.ASK, size="sm", kind="ghost"),
                html.Span(id=ids.STATE, className="t2 sm", role="status"),
            ],
            className="lp-ask",
        ),
    ]


def _sheet() -> list[Component]:
    options = [{"label": each.name, "value": key} for key, each in sizes.SHEETS.items()]
    return [
        form_field("Sheet", dbc.Select(id=ids.SHEET, options=options, value=options[0]["value"])),
        form_field(
            "First free label",
            dbc.Input(id=ids.START_AT, type="number", min=1, value=1),
            help_text="Counted along the rows; a used sheet can be finished.",
        ),
    ]
