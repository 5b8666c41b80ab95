"""A box whose tubes fell out: each is scanned, in any order, and the page shows where it goes."""

from collections.abc import Sequence
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.transaction import reading
from backend.storage import box_queries, queries, scan_queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId
from backend.storage.rules import BoxShape, Position, parse_position
from backend.storage.scan_views import SpilledTube
from backend.storage.views import BoxView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary
from dashboard.components.icon import icon
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.scan_target import scan_target
from dashboard.components.tones import Tone
from dashboard.pages.spills import ids
from dashboard.session import current_principal

PATH = "/storage/spill"
_UP = Crumb("Storage", "/storage")
_DENSE_FROM = 13
Answered = dict[str, str]


def layout(*, box: str = "") -> Page:
    """Draw the box that ``box`` names by path or barcode; without one ask for it.

    Raises:
        NodeNotFound, NotABox: no box is called that.
    """
    if not box:
        return _which_box()
    view, left = look(box)
    return page(
        title=f"Spilled box {view.label}",
        breadcrumb=[_UP, Crumb(view.path, f"/storage/{quote(view.path)}")],
        class_name="spills",
        children=[
            scan_target(),
            dcc.Store(id=ids.WHICH, data=view.path),
            dcc.Store(id=ids.NEXT),
            html.Div(_bench(), id=ids.BENCH, hidden=not left, className="panel sp-bench"),
            html.Div(body(view, left, None), id=ids.BODY),
        ],
    )


def _which_box() -> Page:
    why = "Open the box that fell in Storage, and press Spilled there."
    asked = empty_state("Which box?", why, button("Open Storage", href="/storage"))
    return page(
        title="Spilled box", breadcrumb=[_UP], class_name="spills", children=[panel("Box", asked)]
    )


def look(box: str) -> tuple[BoxView, tuple[SpilledTube, ...]]:
    """Return the box that is named and its tubes that are not back.

    Raises:
        NodeNotFound, NotABox: no box is called that.
    """
    principal = current_principal()
    with reading() as session:
        node = queries.find_node(session, principal, box)
        if node is None:
            raise NodeNotFound("There is no such box. Open it in Storage and press Spilled.")
        key = NodeId(node.id)
        view = box_queries.get_box(session, principal, key)
        return view, scan_queries.spilled(session, principal, key)


def body(view: BoxView, left: Sequence[SpilledTube], answered: Answered | None) -> list[Component]:
    """Draw where the last tube goes and what is still outside; else the way to begin."""
    if not left and answered is None:
        return [_begin(view)]
    said = [_target(answered)] if answered else [_first()]
    acts: list[Component] = []
    if left:
        acts.append(button("Call it off", id=ids.act(ids.END), kind="ghost"))
    acts.append(button("Open the box", href=f"/storage/{quote(view.path)}"))
    target = parse_position(answered["position"], view.shape) if answered else None
    outside = {spot for tube in left if (spot := parse_position(tube.position, view.shape))}
    return [
        panel("Where it goes", *said, html.Div(acts, className="row-x g6 rs-acts")),
        panel(
            "Box",
            _map(view, outside, target),
            meta=_left_words(len(left)),
        ),
    ]


def _left_words(left: int) -> str:
    if not left:
        return "Every tube is back"
    return f"{fmt.plural(left, 'tube is', 'tubes are')} still outside"


def _bench() -> list[Component]:
    field = html.Div(
        [
            icon("upc-scan"),
            html.Label("Tube", htmlFor=ids.CODE, className="vh"),
            dbc.Input(id=ids.CODE, placeholder="Scan any tube", autocomplete="off", n_submit=0),
        ],
        className="scan au-code",
        **data(scan=""),
    )
    return [error_summary({}, id=ids.PROBLEMS), field]


def _begin(view: BoxView) -> Component:
    words = (
        f"{fmt.plural(view.used, 'tube of this box counts', 'tubes of this box count')} as "
        "unverified until it is scanned and put back. Records keep where each belongs."
    )
    return panel(
        "Did the box fall?",
        html.P(words, className="t2"),
        html.Div(
            [
                button(
                    "The tubes fell out",
                    id=ids.act(ids.SPILL),
                    kind="primary",
                    disabled=not view.used,
                ),
                *([] if view.used else [html.Span("The box is empty.", className="btn-why")]),
            ],
            className="row-x rs-acts",
        ),
    )


def _first() -> Component:
    return html.P("Scan any of the tubes: its place is shown here.", className="sp-ask")


def _target(answered: Answered) -> Component:
    again = "was back already" if answered["was_back"] else "goes to"
    return html.Div(
        [
            html.P(
                [
                    icon("check-circle-fill", Tone.OK),
                    html.B(answered["barcode"], className="mono"),
                    f" {again}",
                ],
                className="sp-ask",
            ),
            html.P(answered["position"], className="sp-spot mono"),
        ],
        role="status",
    )


def _map(view: BoxView, outside: set[Position], target: Position | None) -> Component:
    shape = view.shape
    head = [
        html.Td(),
        *(html.Th(shape.column_head(n), scope="col") for n in range(1, shape.columns + 1)),
    ]
    rows = [_row(shape, row, outside, target) for row in range(1, shape.rows + 1)]
    dense = " is-dense" if shape.columns >= _DENSE_FROM else ""
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className=f"rs-map{dense}")
    label = aria(label=f"Positions of {view.path}")
    return html.Div(table, className="tbl-x", tabIndex="0", role="region", **label)


def _row(shape: BoxShape, row: int, outside: set[Position], target: Position | None) -> html.Tr:
    cells = []
    for column in range(1, shape.columns + 1):
        spot = shape.at(row, column)
        mark, tone, words = "", "free", "nothing is looked for"
        if spot == target:
            mark, tone, words = "●", "ok", "the tube goes here"
        elif spot in outside:
            mark, tone, words = "?", "warn", "its tube is outside"
        name = html.Span(f"{spot.label}: {words}", className="vh")
        is_target = " sp-here" if spot == target else ""
        cells.append(
            html.Td(
                [html.Span(mark, **aria(hidden=True)), name],
                className=f"rs-c is-{tone}{is_target}",
            )
        )
    return html.Tr([html.Th(shape.row_head(row), scope="row"), *cells])
