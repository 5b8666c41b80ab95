"""Set up storage: types of units, whole units, sites and rooms."""

from collections.abc import Iterator, Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.transaction import reading
from backend.storage import queries, unit_types
from backend.storage.ids import NodeKind
from backend.storage.place_kinds import GROUND
from backend.storage.unit_type_views import UnitTypeView
from backend.storage.views import NodeView
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.pages.setup import ids, places_file, types
from dashboard.pages.setup.types import Choice
from dashboard.session import current_principal

PATH = "/storage/setup"
UP = Crumb("Storage", "/storage")
NOWHERE = "-"
"""The choice of a site, which stands in nothing."""


def layout(*, unit_type: str = "", **_: str) -> Page:
    """Draw the page; ``unit_type`` names the one that the form is filled from."""
    principal = current_principal()
    with reading() as session:
        found = unit_types.list_unit_types(session, principal)
        tree = queries.tree(session, principal)
    shown = next((each for each in found if each.name.casefold() == unit_type.casefold()), None)
    ground = list(_ground(tree))
    return page(
        title="Set up storage",
        breadcrumb=[UP],
        class_name="su",
        children=[
            types.unit_form(found, ground),
            html.Div(types.listed(found), id=ids.TYPES),
            types.type_form(shown),
            _ground_form(tree),
            places_file.drop(),
        ],
    )


def types_list() -> Component:
    """Return the types as the rows say now."""
    with reading() as session:
        found: Sequence[UnitTypeView] = unit_types.list_unit_types(session, current_principal())
    return types.listed(found)


def _ground(tree: Sequence[NodeView], above: str = "") -> Iterator[Choice]:
    """Return the sites and rooms as choices: a unit stands in either."""
    for node in tree:
        if node.kind in GROUND:
            words = f"{above}{node.label}"
            yield {"value": str(node.id), "label": words}
            yield from _ground(node.children, f"{words}, ")


def _ground_form(tree: Sequence[NodeView]) -> Component:
    sites = [
        {"value": str(node.id), "label": f"A room in {node.label}"}
        for node in tree
        if node.kind is NodeKind.SITE
    ]
    options = [*sites, {"value": NOWHERE, "label": "A new site"}]
    return panel(
        "Sites and rooms",
        error_summary({}, id=ids.GROUND_PROBLEMS),
        html.Div(
            [
                form_field(
                    "What is added",
                    dbc.Select(id=ids.GROUND_PLACE, options=options, value=options[0]["value"]),
                ),
                form_field(
                    "Name",
                    dbc.Input(id=ids.GROUND_LABEL, value="", maxLength=60, autocomplete="off"),
                ),
            ],
            className="rl-pair",
        ),
        html.Div(button("Add", id=ids.GROUND_MAKE), className="row-x"),
        class_name="bt",
    )
