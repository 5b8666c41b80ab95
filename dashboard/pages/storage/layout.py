"""Storage: the tree of places, what stands in them, and the plans of where samples could go."""

from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.storage.ids import NodeKind, Numbering
from backend.storage.place_kinds import KINDS
from dashboard.components.attributes import aria, data, optional
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.page import Crumb, Page, page
from dashboard.components.scan_target import scan_target
from dashboard.pages.labels.places import labels_button
from dashboard.pages.relocations import asking
from dashboard.pages.storage import box_store, ids, selection
from dashboard.pages.storage.box_looks import MODE_WORDS
from dashboard.pages.storage.details import take_out_dialog
from dashboard.pages.storage.drawing import Drawn, draw, draw_plan
from dashboard.pages.storage.place import Here, href_of, place_name
from dashboard.session import current_principal

_UP = Crumb("Storage", "/storage")


def layout(path: str = "", plan: str = "") -> Page:
    """Draw a place, or at the top with ``plan`` the review of that plan."""
    if plan and not path:
        return _plan_page(plan)
    drawn = draw(path, plan)
    may_place = current_principal().may(Permission.STORAGE_PLACE)
    # Below an open box, whose map must not move under the pointer when a tube comes in hand.
    has_box = drawn.here.box_id is not None
    suggested = [html.Div(id=ids.SUGGESTED, className="tray")] if may_place else []
    centre: list[Component] = [
        _bench(drawn.here, may_place=may_place),
        *([] if has_box else suggested),
        html.Div(id=ids.TRAY, className="tray"),
        html.Div(drawn.place, id=ids.PLACE),
        _box_panel(drawn),
        *(suggested if has_box else []),
        *selection.bars(current_principal()),
    ]
    return page(
        title=drawn.here.title,
        breadcrumb=_crumbs(drawn.here),
        class_name="storage",
        actions=_scans(drawn.here) if may_place else [],
        read_only=""
        if may_place
        else "You can look at storage. Placing and moving need the technician's role.",
        children=[
            *([scan_target()] if may_place else []),
            dcc.Store(id=ids.CHANGED),
            dcc.Store(id=ids.HELD, storage_type="session"),
            dcc.Store(id=ids.HELD_BOX, storage_type="session"),
            dcc.Store(id=ids.CHOSEN_TUBE),
            take_out_dialog(),
            *selection.dialogs(current_principal()),
            html.Div(drawn.alarm, id=ids.ALARM),
            html.Div(
                [
                    _tree(drawn.tree),
                    html.Div(centre, className="ctr"),
                    html.Aside(drawn.aside, id=ids.ASIDE, className="rt", **aria(label="Waiting")),
                ],
                className="stw",
            ),
            html.P(id=ids.NEXT_SCAN, className="nx", role="status"),
        ],
    )


def _plan_page(plan: str) -> Page:
    drawn = draw_plan(plan)
    return page(
        title="Placement plan",
        breadcrumb=[_UP],
        class_name="storage",
        children=[
            dcc.Store(id=ids.PLAN_SHOWN, data=drawn.state.value),
            html.Div(
                [_tree_alone(drawn.tree), html.Div(drawn.review, id=ids.PLAN, className="ctr")],
                className="stw is-plan",
            ),
        ],
    )


def _questions(here: Here) -> list[Component]:
    unit = here.at(NodeKind.UNIT)
    if unit is None or not current_principal().may(Permission.STORAGE_PLAN):
        return []
    return asking.questions(unit.label)


def _move_box(here: Here) -> list[Component]:
    if here.box_id is None:
        return []
    box, words = ids.hold_box(str(here.box_id)), f"Move {KINDS[here.box_kind].word}"
    return [button(words, id=box, icon="arrow-left-right", size="sm", key="m", **data(key="m"))]


def _scans(here: Here) -> list[Component]:
    if here.box_id is None:
        return [button("Rack scan", href="/storage/rack-scans", icon="upc-scan")]
    if here.is_loose:
        return []
    box = quote(f"{here.way[-1].path}/{here.box_label}")
    return [
        button("Spilled", href=f"/storage/spill?box={box}"),
        button("Rack scan", href=f"/storage/rack-scans?box={box}", icon="upc-scan"),
    ]


def _crumbs(here: Here) -> list[Crumb]:
    if not here.way:
        return []
    above = here.way if here.box_id is not None else here.way[:-1]
    return [_UP, *[Crumb(place_name(node), href_of(node.path)) for node in above]]


def _tree_alone(rows: Component) -> html.Nav:
    return html.Nav(
        html.Div(rows, className="tr-l"), className="tree", **aria(label="Storage locations")
    )


def _tree(rows: Component) -> html.Nav:
    find = html.Div(
        [
            icon("funnel"),
            html.Label("Filter locations", htmlFor=ids.FILTER, className="vh"),
            dbc.Input(
                id=ids.FILTER, placeholder="Filter locations", debounce=0.2, autocomplete="off"
            ),
        ],
        className="scan",
    )
    return html.Nav(
        [find, html.Div(rows, id=ids.TREE, className="tr-l")],
        className="tree",
        **aria(label="Storage locations"),
    )


def _bench(here: Here, *, may_place: bool) -> html.Div:
    """Draw the field for tubes, boxes and positions with what is in hand, and the other pages."""
    field = html.Div(
        [
            icon("upc-scan"),
            html.Label("Tube, box or position", htmlFor=ids.CODE, className="vh"),
            dbc.Input(
                id=ids.CODE,
                placeholder="Scan a tube, then a box or position",
                autocomplete="off",
                n_submit=0,
            ),
        ],
        className="scan",
        **data(scan=""),
    )
    hand = html.Div(id=ids.IN_HAND, className="hand", role="status")
    return html.Div(
        [
            *([field, hand, *_move_box(here)] if may_place else []),
            *_questions(here),
            _more(here, may_place=may_place),
        ],
        className="scan-bench",
    )


def _more(here: Here, *, may_place: bool) -> html.Nav:
    pages = [("All units", "/storage/fleet")]
    if may_place:
        pages += [("Pick lists", "/storage/picks"), ("Audits", "/storage/audits")]
    if current_principal().may(Permission.STORAGE_CONFIGURE):
        pages += [_set_up(here), ("Rack scanners", "/storage/rack-scanners")]
    links: list[Component] = [html.A(name, href=href) for name, href in pages]
    if here.way:
        at = quote(_path(here))
        links += [
            html.A(name, href=f"/files/places/places.{kind}?at={at}", download="")
            for name, kind in (("Print", "pdf"), ("Export", "xlsx"))
        ]
        if current_principal().may(Permission.LABELS_PRINT):
            links.append(labels_button("Labels", here.box_id or here.way[-1].id))
    return html.Nav(links, className="more", **aria(label="More of storage"))


def _set_up(here: Here) -> tuple[str, str]:
    """Name the page that sets up the place that is open, or storage as a whole."""
    if not here.way:
        return "Set up", "/storage/setup"
    return f"Set up {here.title}", f"/storage/place?at={quote(_path(here))}"


def _path(here: Here) -> str:
    path = here.way[-1].path
    return f"{path}/{here.box_label}" if here.box_id is not None else path


def _box_panel(drawn: Drawn) -> html.Section:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(drawn.here.title),
                    html.Span(drawn.box_about, id=ids.BOX_META, className="m"),
                    html.Span(
                        [_colour_by(), selection.menu(is_loose=drawn.here.is_loose)],
                        className="row-x bx-h",
                    ),
                ],
                className="ph",
            ),
            dcc.Store(id=ids.BOX, data=box_store.for_callbacks(drawn.box)),
            dcc.Store(id=ids.SELECTED),
            dcc.Store(id=ids.OPENED),
            dcc.Store(id=ids.PAINTED),
            html.Div(
                [
                    html.Div(
                        [_map(drawn), _keys(drawn)],
                        className="bx-m",
                    ),
                    html.Div([_details(), _legend()], className="bx-r"),
                ],
                className="bx",
            ),
        ],
        className="panel bt bx-p",
        # Kept without a box too, so that one callback can redraw every part of the page.
        hidden=drawn.box is None,
        **aria(label=drawn.here.title),
    )


def _map(drawn: Drawn) -> html.Div:
    box = box_store.as_attribute(drawn.box)
    return html.Div(id=ids.MAP, className="boxmap", **optional(**{ids.MAP_BOX: box}))


def _colour_by() -> html.Span:
    label_id = f"{ids.MAP}-modes"
    modes = [
        html.Button(
            word,
            type="button",
            className="on" if mode == "type" else "",
            **data(boxmap_mode=mode),
            **aria(pressed=mode == "type"),
        )
        for mode, word in MODE_WORDS.items()
    ]
    group = html.Span(modes, className="seg", role="group", **aria(labelledby=label_id))
    words = html.Span("Colour by", className="t3", id=label_id)
    return html.Span([words, group], className="row-x g6 bx-by")


def _keys(drawn: Drawn) -> html.P:
    is_numbered = drawn.box is not None and drawn.box["numbering"] != Numbering.LETTERS
    has_numbers = drawn.here.is_loose or is_numbered
    jump = "number such as 7" if has_numbers else "position such as D7"
    words = (
        "Arrows go, Shift with arrows extends, Space selects, m moves, Enter opens; "
        f"a typed {jump} jumps there."
    )
    return html.P(words, className="mi t3")


def _details() -> html.Div:
    label = aria(label="Chosen position")
    return html.Div(id=ids.DETAILS, className="bx-d", tabIndex="-1", role="region", **label)


def _legend() -> html.Ul:
    return html.Ul(className="bx-l", **data(boxmap_legend=""), **aria(label="Legend"))
