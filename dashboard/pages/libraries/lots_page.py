"""Lots of reagents: what is there, what is left, and the forms that change it."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing.preparation import queries
from backend.sequencing.preparation.views import LotView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.libraries import ids, words
from dashboard.pages.libraries.tables import table
from dashboard.session import current_principal


def draw() -> list[Component]:
    """Draw the lots and, for who may prepare, the forms."""
    principal = current_principal()
    with reading() as session:
        lots = queries.list_lots(session, principal)
    may = principal.may(Permission.SEQUENCING_PREPARE)
    return [
        panel("Reagent lots", html.Div(lots_table(lots), id=ids.LOT_TABLE)),
        html.Div(
            [panel("Receive a lot", *_receive()), panel("Count a lot anew", *_count(lots))],
            hidden=not may,
        ),
    ]


def newest(session: ReadSession) -> Component:
    """Draw the lots as they are now."""
    return lots_table(queries.list_lots(session, current_principal()))


def lots_table(lots: Sequence[LotView]) -> Component:
    """Draw lots, the ones that expire first above."""
    if not lots:
        return empty_state("No lot is on record", "Receive the first one below.", icon="box-seam")
    heads = (
        "Kit",
        "Catalogue",
        "Lot",
        "Expires",
        "Received",
        "Opened",
        "#Left",
        "Use",
        "Worksheets",
    )
    return table("Reagent lots", heads, [_row(lot) for lot in lots])


def _row(lot: LotView) -> list[Component | str | None]:
    use: Component | str = "May be used"
    if lot.refusal is not None:
        why = "Used up" if lot.reactions_left == 0 else "Expired"
        use = html.Span([icon("slash-circle", Tone.CRIT), why], className="st st-crit")
    sheets = [html.A(code, href=words.href_of(code), className="mono") for code in lot.worksheets]
    return [
        lot.kit,
        lot.catalogue_number,
        html.Span(lot.lot, className="mono"),
        fmt.calendar_day(lot.expires_on, with_year=True),
        fmt.calendar_day(lot.received_on, with_year=True),
        fmt.calendar_day(lot.opened_on, with_year=True) if lot.opened_on else "",
        f"{lot.reactions_left} of {lot.reactions_total}",
        use,
        html.Span([part for sheet in sheets for part in (sheet, " ")]),
    ]


def _receive() -> list[Component]:
    return [
        error_summary({}, id=ids.LOT_PROBLEMS),
        html.Div(
            [
                form_field("Kit", dbc.Input(id=ids.LOT_KIT, value="", maxlength=120)),
                form_field(
                    "Catalogue number", dbc.Input(id=ids.LOT_CATALOGUE, value="", maxlength=60)
                ),
                form_field("Lot", dbc.Input(id=ids.LOT_NUMBER, value="", maxlength=60)),
                form_field("Expires", dbc.Input(id=ids.LOT_EXPIRES, type="date")),
                form_field("Received", dbc.Input(id=ids.LOT_RECEIVED, type="date")),
                form_field("Opened", dbc.Input(id=ids.LOT_OPENED, type="date"), optional=True),
                form_field(
                    "Reactions", dbc.Input(id=ids.LOT_REACTIONS, type="number", min=1, step=1)
                ),
            ],
            className="lb-acts",
        ),
        html.Div(button("Receive lot", id=ids.LOT_SEND, kind="primary"), className="row-x"),
    ]


def _count(lots: Sequence[LotView]) -> list[Component]:
    options = [{"label": f"{lot.kit}, lot {lot.lot}", "value": str(lot.id)} for lot in lots]
    return [
        error_summary({}, id=ids.COUNT_PROBLEMS),
        html.Div(
            [
                form_field("Lot to count", dbc.Select(id=ids.COUNT_LOT, options=options)),
                form_field(
                    "Reactions left", dbc.Input(id=ids.COUNT_LEFT, type="number", min=0, step=1)
                ),
                form_field("Reason", dbc.Input(id=ids.COUNT_REASON, value="", maxlength=500)),
            ],
            className="lb-acts",
        ),
        html.Div(button("Correct reactions", id=ids.COUNT_SEND), className="row-x"),
    ]
