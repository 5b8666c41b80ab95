"""Set up one place: its status, whom it is for, what is blocked, what is added in it."""

from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples import queries as samples_queries
from backend.storage import box_queries, place_queries, removing
from backend.storage.ids import NodeKind
from backend.storage.place_kinds import GRIDS, GROUND, TAKES_BOXES
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.page import Crumb, Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.labels.dialog import print_dialog
from dashboard.pages.setup import inner_parts, place_parts, whole_parts
from dashboard.pages.setup import place_ids as ids
from dashboard.pages.setup.layout import PATH, UP
from dashboard.session import current_principal


def layout(*, at: str = "", **_: str) -> Page:
    """Draw the page of the place with this path.

    Raises:
        NodeNotFound: there is none.
    """
    if not at:
        return _which()
    name, body = draw(at)
    return page(
        title=f"Set up {name}",
        breadcrumb=[UP, Crumb("Set up storage", PATH)],
        class_name="su",
        actions=[button("Open in Storage", href=f"/storage/{quote(name)}")],
        children=[
            dcc.Store(id=ids.WHICH, data=name),
            dcc.Store(id=ids.DONE),
            html.Div(body, id=ids.BODY),
            *([dcc.Store(id=label_ids.WHAT), print_dialog()] if _may_print() else []),
        ],
    )


def _may_print() -> bool:
    return current_principal().may(Permission.LABELS_PRINT)


def _which() -> Page:
    """Say how one comes to a place."""
    return page(
        title="Set up a place",
        breadcrumb=[UP, Crumb("Set up storage", PATH)],
        class_name="su",
        children=[
            empty_state(
                "No place is chosen",
                "Open one in Storage, then press “Set up” beside it.",
                button("Open Storage", href="/storage"),
                icon="snow2",
            )
        ],
    )


def draw(at: str) -> tuple[str, list[Component]]:
    """Return the place's path and its panels as the rows say now. Raises NodeNotFound."""
    principal = current_principal()
    with reading() as session:
        place = place_queries.get_place(session, principal, at)
        projects = samples_queries.projects(session, principal)
        is_box = place.kind in GRIDS
        reasons = removing.why_it_stays(session, principal, place.id)
        contents = box_queries.box_contents(session, principal, place.id) if is_box else None
    if place.closed_at is not None:
        since = fmt.day(place.closed_at, lab_zone())
        return place.path, [
            whole_parts.closed(place, since),
            place_parts.about(place, may_print=_may_print()),
        ]
    codes = [each.code for each in projects if each.is_open or each.code == place.own.project]
    parts: list[Component] = [
        place_parts.about(place, may_print=_may_print()),
        whole_parts.name_form(place),
    ]
    if place.kind is NodeKind.UNIT:
        parts.append(place_parts.status_form(place))
    if contents is not None:
        parts.append(place_parts.blocked(contents, lab_zone()))
    elif place.is_loose:
        parts.append(whole_parts.tubes_form(place))
    elif place.kind in GROUND:
        parts.append(place_parts.units_elsewhere(place))
    else:
        parts += [inner_parts.inner_form(place), whole_parts.loose_form(place)]
    if place.kind in TAKES_BOXES:
        parts.append(place_parts.slots_form(place))
    parts.append(place_parts.about_form(place))
    if place.kind not in GROUND:
        parts.append(place_parts.limits_form(place, codes))
    parts.append(whole_parts.removal(place, reasons))
    return place.path, parts
