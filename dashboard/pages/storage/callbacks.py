"""The Storage page follows the laboratory: redraws, the tree's filter, the chosen position."""

from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, no_update
from dash.development.base_component import Component

from backend.core.principal import Permission
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.pages.storage import box_store, ids
from dashboard.pages.storage.drawing import address_of, draw, draw_details, draw_tree

_REDRAWN = (
    Output(ids.TREE, "children"),
    Output(ids.ALARM, "children"),
    Output(ids.PLACE, "children"),
    Output(ids.ASIDE, "children"),
    Output(ids.BOX, "data"),
    Output(ids.MAP, ids.MAP_BOX),
    Output(ids.BOX_META, "children"),
)


@page_callback(
    Permission.STORAGE_VIEW,
    *_REDRAWN,
    Input(ids.CHANGED, "data"),
    Input(shell_ids.live("storage"), "data"),
    Input(shell_ids.live("samples"), "data"),
    Input(shell_ids.live("telemetry"), "data"),
    Input(shell_ids.live("incidents"), "data"),
    State(shell_ids.URL, "pathname"),
    State(shell_ids.URL, "search"),
    State(ids.FILTER, "value"),
    State(ids.choose(ALL), "value"),
    State(ids.choose(ALL), "id"),
    prevent_initial_call=True,
)
def show_newest(*given: Any) -> tuple[Any, ...]:
    """Draw the page as the rows say now; what was typed or chosen on it stays."""
    *_ticks, pathname, search, wanted, ticks, keys = given
    chosen = {key["sample"] for key, is_on in zip(keys, ticks, strict=True) if is_on}
    here = address_of(pathname, search)
    drawn = draw(here.path, here.plan, wanted or "", chosen)
    return (
        drawn.tree,
        drawn.alarm,
        drawn.place,
        drawn.aside,
        box_store.for_callbacks(drawn.box),
        box_store.as_attribute(drawn.box),
        drawn.box_about,
    )


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.TREE, "children", allow_duplicate=True),
    Input(ids.FILTER, "value"),
    State(shell_ids.URL, "pathname"),
    prevent_initial_call=True,
)
def filter_tree(wanted: str | None, pathname: str | None) -> Component:
    """Draw the places whose path contains what was typed, or the tree again."""
    return draw_tree(address_of(pathname).path, wanted or "")


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.DETAILS, "children"),
    Output(ids.CHOSEN_TUBE, "data"),
    Output(ids.TAKE_OUT_OF, "children"),
    Input(ids.SELECTED, "data"),
    Input(ids.BOX, "data"),
    Input(ids.HELD, "data"),
)
def show_details(
    selected: dict[str, str] | None, box: dict[str, Any] | None, held: dict[str, str] | None
) -> tuple[Any, Any, Any]:
    """Draw what stands in the chosen position, and what its dialog would take out."""
    if not box:
        return no_update, None, ""
    position = selected["pos"] if selected and selected["box"] == box["id"] else ""
    drawn = draw_details(box["id"], position, held, box["planned"].get(position, ""))
    return drawn.children, drawn.tube, drawn.question


clientside_callback(
    ClientsideFunction("boxmap", "changed"),
    Output(ids.PAINTED, "data", allow_duplicate=True),
    Input(ids.CHANGED, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("boxmap", "again"),
    Output(ids.PAINTED, "data"),
    Input(ids.BOX, "data"),
)
clientside_callback(
    ClientsideFunction("boxmap", "goTo"),
    Output(ids.PAINTED, "data", allow_duplicate=True),
    Input(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
