"""The forms of a worksheet: a new one, a draft's changes, and the answer to failed controls."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.sequencing.preparation import rules
from backend.sequencing.preparation.ids import PlateShape, WellKind
from backend.sequencing.preparation.views import LotView, ProtocolView, WorksheetView
from backend.sequencing.reference.views import Platform
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.libraries import ids, words

NEXT_FREE = "next"


def new(
    protocols: Sequence[ProtocolView], lots: Sequence[LotView], *, samples: Sequence[str] = ()
) -> Component:
    """Draw the form of a new worksheet; without a published protocol there is none.

    ``samples`` are barcodes that are on it from the start.
    """
    if not protocols:
        return empty_state(
            "No protocol is published",
            "A worksheet follows a protocol. Write one and publish it.",
            button("Open the protocols", href=f"{words.PATH}?show=protocols"),
            icon="clipboard-check",
        )
    options = [{"label": each.label, "value": str(each.id)} for each in protocols]
    only = str(protocols[0].id) if len(protocols) == 1 else None
    return html.Div(
        [
            error_summary({}, id=ids.NEW_PROBLEMS),
            form_field("Protocol", dbc.Select(id=ids.NEW_PROTOCOL, options=options, value=only)),
            form_field(
                "Plate",
                dbc.Select(
                    id=ids.NEW_SHAPE,
                    options=[
                        {"label": label, "value": shape.value}
                        for shape, label in words.SHAPES.items()
                    ],
                    value=PlateShape.PLATE_96.value,
                ),
            ),
            form_field(
                "Samples",
                _codes(ids.NEW_SAMPLES, rows=8, value="\n".join(samples)),
                help_text="One barcode on each line, in the order of the wells: A1, B1, C1 …",
                optional=True,
            ),
            form_field("First column of the index kit", _columns(ids.NEW_COLUMN)),
            _lots(ids.NEW_LOTS, lots, chosen=()),
            form_field(
                "Notes", dbc.Input(id=ids.NEW_NOTES, value="", maxlength=1000), optional=True
            ),
            html.Div(
                [
                    button("Plan worksheet", id=ids.NEW_SEND, kind="primary"),
                    button("Back to the worksheets", href=words.PATH, kind="ghost"),
                ],
                className="row-x",
            ),
        ],
        className="bd-form",
    )


def draft(
    sheet: WorksheetView, lots: Sequence[LotView], platforms: Sequence[Platform]
) -> list[Component]:
    """Draw what changes a draft."""
    controls = [
        {"label": label, "value": kind.value}
        for kind, label in words.KINDS.items()
        if kind is not WellKind.SAMPLE
    ]
    chosen = [str(lot.id) for lot in sheet.lots]
    return [
        panel(
            "Change the draft",
            html.Div(
                [
                    _act(
                        form_field(
                            "Add samples",
                            _codes(ids.SAMPLES, rows=3),
                            help_text="Scan one barcode on each line.",
                        ),
                        button("Add samples", id=ids.ADD),
                    ),
                    _act(
                        form_field(
                            "Add a control",
                            dbc.Select(
                                id=ids.CONTROL,
                                options=controls,
                                value=WellKind.NO_TEMPLATE.value,
                            ),
                        ),
                        button("Add control", id=ids.ADD_CONTROL),
                    ),
                    _act(
                        form_field(
                            "Clear wells",
                            dbc.Input(id=ids.WELLS, value="", maxlength=400),
                            help_text="Such as A1, B1.",
                        ),
                        button("Clear wells", id=ids.CLEAR),
                    ),
                    _act(
                        form_field("First column of the index kit", _columns(ids.COLUMN)),
                        button("Give indexes anew", id=ids.INDEX),
                    ),
                    _pick_act(platforms),
                    *_pair_act(sheet),
                ],
                className="lb-acts",
            ),
            _act(_lots(ids.LOTS, lots, chosen=chosen), button("Use these lots", id=ids.SET_LOTS)),
        )
    ]


def gate() -> list[Component]:
    """Draw the answer to controls that failed."""
    return [
        panel(
            "Controls failed: decide about the libraries",
            form_field(
                "Reason",
                dbc.Input(id=ids.GATE_REASON, value="", maxlength=300),
                help_text="It stands on the hold of every library.",
            ),
            html.Div(
                [
                    button("Put all libraries on hold", id=ids.GATE_HOLD, kind="danger-o"),
                    button("Let them through", id=ids.GATE_WAIVE),
                ],
                className="row-x",
            ),
        )
    ]


def _pick_act(platforms: Sequence[Platform]) -> html.Div:
    options = [{"label": each.name, "value": each.key} for each in platforms]
    only = platforms[0].key if len(platforms) == 1 else None
    return _act(
        form_field(
            "Read by",
            dbc.Select(id=ids.PICK_ON, options=options, value=only),
            help_text="Of the pairs used least, those told apart best with light in every cycle.",
        ),
        button("Pick the best pairs", id=ids.PICK),
    )


def _pair_act(sheet: WorksheetView) -> list[Component]:
    pairs = [
        {"label": f"{pair.name} ({pair.well})", "value": pair.well}
        for pair in sheet.protocol.index_pairs
    ]
    return [
        html.Div(
            [
                form_field("Well of the plate", dbc.Input(id=ids.PAIR_WELL, value="", maxlength=4)),
                form_field("Gets the pair", dbc.Select(id=ids.PAIR, options=pairs)),
                button("Give the pair", id=ids.SET_PAIR),
            ],
            className="lb-act",
        )
    ]


def _act(field: Component, act: Component) -> html.Div:
    return html.Div([field, act], className="lb-act")


def _codes(key: str, *, rows: int, value: str = "") -> dcc.Textarea:
    return dcc.Textarea(
        id=key, value=value, rows=rows, spellCheck=False, className="form-control mono"
    )


def _columns(key: str) -> dbc.Select:
    numbers = range(1, rules.SHAPES[PlateShape.PLATE_96].columns + 1)
    options = [{"label": "Next free column", "value": NEXT_FREE}]
    options += [{"label": f"Column {number}", "value": str(number)} for number in numbers]
    return dbc.Select(id=key, options=options, value=NEXT_FREE)


def _lots(key: str, lots: Sequence[LotView], *, chosen: Sequence[str]) -> html.Fieldset:
    """Draw the lots that may be used, and those chosen already."""
    fit = [lot for lot in lots if lot.refusal is None or str(lot.id) in chosen]
    options = [{"label": _described(lot), "value": str(lot.id)} for lot in fit]
    none = "No lot may be used. Receive one under Reagent lots."
    return html.Fieldset(
        [
            html.Legend("Lots"),
            *([] if fit else [html.P(none, className="t2")]),
            dbc.Checklist(id=key, options=options, value=list(chosen)),
        ],
        className="lb-lots",
    )


def _described(lot: LotView) -> str:
    ends = fmt.calendar_day(lot.expires_on, with_year=True)
    return f"{lot.kit}, lot {lot.lot}, {lot.reactions_left} reactions, expires {ends}"
