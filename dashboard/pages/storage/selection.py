"""What stands around a selection of tubes: menu, bars, dialogs. Selecting: assets/boxmap-*.js.

The scripts find their parts by ``data-boxmap-…``; ids are for callbacks and for what they set.
"""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from dashboard.components.attributes import aria, data
from dashboard.components.button import button, icon_button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.witness_fields import witness_fields
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.labels.dialog import print_dialog
from dashboard.pages.storage import ids
from dashboard.pages.storage.details import REASONS

_KINDS = (("all", "Whole box"), ("odd", "Odd columns"), ("even", "Even columns"))


def menu(*, is_loose: bool = False) -> html.Span:
    """Draw the ways of selecting that need no pointing at the map; a list has no columns."""
    kinds = [
        html.Button(word, type="button", className="menu-i", **data(boxmap_select=kind))
        for kind, word in ((("all", "All of it"),) if is_loose else _KINDS)
    ]
    listed = html.Button(
        "From a list",
        type="button",
        className="menu-i",
        **data(dialog=ids.FIND_DIALOG),
    )
    return html.Span(
        [
            button(
                "Select",
                size="sm",
                icon="check2-all",
                **data(pop=ids.SELECT_MENU),
                **aria(haspopup="true", expanded="false", controls=ids.SELECT_MENU),
            ),
            html.Div([*kinds, listed], id=ids.SELECT_MENU, className="pop menu", hidden=True),
        ],
        className="sel-m",
    )


def bars(principal: Principal) -> list[Component]:
    """Draw the bar of what may be done with selected tubes, and the one of a move; both hidden."""
    acts: list[Component] = []
    if principal.may(Permission.STORAGE_PLACE):
        acts += [
            button("Move", icon="arrow-left-right", **data(boxmap_move="")),
            button("Take in hand", id=ids.TAKE_SELECTED, icon="hand-index-thumb"),
            button("Take out", icon="box-arrow-up", opens=ids.REMOVE_DIALOG),
        ]
    if principal.may(Permission.LABELS_PRINT):
        acts.append(
            button("Print labels", icon="printer", opens=label_ids.DIALOG, **data(boxmap_labels=""))
        )
    selected = html.Div(
        [
            html.Span(className="md num", **data(boxmap_count="")),
            html.Span(className="sepv"),
            *acts,
            icon_button("x-lg", "Clear selection", **data(boxmap_clear="")),
        ],
        id=ids.SELECTION_BAR,
        className="bulk",
        role="toolbar",
        hidden=True,
        **aria(label="Actions for the selected tubes"),
    )
    return [selected, _moving()]


def _moving() -> html.Div:
    return html.Div(
        [
            html.Span(className="num", role="status", **data(boxmap_moving="")),
            html.Span(className="sepv"),
            button("Put them here", icon="box-arrow-in-down", **data(boxmap_put="")),
            button("Leave them", **data(boxmap_stop="")),
        ],
        id=ids.MOVING_BAR,
        className="bulk",
        role="toolbar",
        hidden=True,
        **aria(label="The move of the selected tubes"),
    )


def dialogs(principal: Principal) -> list[Component]:
    """Draw the questions around a selection, and the stores by which the map asks the server."""
    drawn: list[Component] = [dcc.Store(id=ids.SELECTION), _find()]
    if principal.may(Permission.STORAGE_PLACE):
        may_discard = principal.may(Permission.SAMPLES_TRANSITION)
        drawn += [
            dcc.Store(id=ids.MOVE),
            dcc.Store(id=ids.MOVE_ASKED),
            _remove(may_discard=may_discard),
            _conflict(),
        ]
    if principal.may(Permission.LABELS_PRINT):
        drawn += [dcc.Store(id=label_ids.WHAT), print_dialog()]
    return drawn


def _find() -> html.Dialog:
    return dialog(
        ids.FIND_DIALOG,
        "Select from a list",
        form_field(
            "Barcodes or positions",
            dbc.Textarea(id=ids.FIND, rows=6, spellCheck="false", className="mono"),
            help_text="One a line, or with spaces or commas between.",
        ),
        html.P(id=ids.FIND_SAID, className="t2", role="status"),
        html.Div(
            [
                button("Close", **data(close="")),
                button("Select", kind="primary", **data(boxmap_find="")),
            ],
            className="row-x",
        ),
    )


def _remove(*, may_discard: bool) -> html.Dialog:
    """Draw the question of the Delete key: out for a while, or gone for good."""
    ways: list[Component] = [
        html.Li([html.B("Take out: "), "checked out until placed again; the way back is Undo."])
    ]
    acts: list[Component] = [button("Leave them", autoFocus=True, **data(close=""))]
    if may_discard:
        ways.append(
            html.Li([html.B("Discard: "), "thrown away for good; records and custody stay."])
        )
        acts.append(button("Discard", id=ids.REMOVE_DISCARD, kind="danger-o"))
    acts.append(button("Take out", id=ids.REMOVE_OUT, kind="primary"))
    return dialog(
        ids.REMOVE_DIALOG,
        "Take out or discard?" if may_discard else "Take the tubes out?",
        html.P(className="t2", **data(boxmap_what="")),
        html.Ul(ways, className="t2 rm-w"),
        form_field(
            "Reason",
            dbc.Input(
                id=ids.REMOVE_REASON,
                list=f"{ids.REMOVE_REASON}s",
                maxLength=300,
                autocomplete="off",
            ),
            help_text="It stays in the custody history of each tube.",
        ),
        html.Datalist(
            [html.Option(value=reason) for reason in REASONS], id=f"{ids.REMOVE_REASON}s"
        ),
        *([_second()] if may_discard else []),
        html.Div(acts, className="row-x"),
    )


def _second() -> html.Details:
    """Draw the fields of who signs for discarding, folded away: taking out needs nobody."""
    return html.Details(
        [html.Summary("Discarding with a second person"), witness_fields(ids.REMOVE_DIALOG)],
        id=ids.REMOVE_SECOND,
    )


def _conflict() -> html.Dialog:
    return dialog(
        ids.MOVE_DIALOG,
        "Some positions are taken",
        html.Div(id=ids.MOVE_CLASHES),
        html.Div(
            [
                button("Cancel", autoFocus=True, **data(close="")),
                button("Into my hand", id=ids.MOVE_TRAY, icon="hand-index-thumb"),
                button("Swap", id=ids.MOVE_SWAP, icon="arrow-left-right"),
            ],
            className="row-x",
        ),
    )


def clashes(lines: Sequence[str], moving: int) -> list[Component]:
    """Draw which tubes stand in the way of ``moving`` others, and what each answer does to them."""
    return [
        html.P(
            [
                icon("exclamation-triangle-fill"),
                f" {len(lines)} of {moving} positions hold a tube already:",
            ]
        ),
        html.Div(
            html.Ul([html.Li(line) for line in lines]),
            className="mv-c",
            tabIndex="0",
            role="region",
            **aria(label="Tubes in the way"),
        ),
        html.P(
            "Swap puts them where the moved tubes come from. Into my hand keeps them in your hand "
            "tray until you put them somewhere.",
            className="t2",
        ),
    ]
