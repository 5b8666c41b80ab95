"""The list of samples: its rows, its filters and columns, and saving the view."""

from typing import Any
from uuid import UUID

from dash import (
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    no_update,
    set_props,
)
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import saved_views, service, tally
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.tabs import tab_links
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.samples import ids, panels
from dashboard.pages.samples.address import (
    PATH,
    ListAddress,
    filters_of,
    parse_search,
    to_query,
)
from dashboard.pages.samples.columns import DEFAULT_COLUMNS, order_of
from dashboard.pages.samples.layout import tabs
from dashboard.pages.samples.rows import Shown, fetch
from dashboard.session import current_principal


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.GRID, "getRowsResponse"),
    Output(ids.COUNT, "children"),
    Output(ids.FACETS, "children"),
    Output(ids.COUNTING, "disabled"),
    Output(ids.BULK_ALL, "children"),
    Input(ids.GRID, "getRowsRequest"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def show_rows(request: dict[str, Any] | None, search: str | None) -> tuple[Any, ...]:
    """Answer the grid's question for a window, with the counts around it."""
    if not request:
        return (no_update,) * 5
    address = parse_search(search)
    order = order_of(request.get("sortModel") or [], address.order)
    shown = fetch(address, order, int(request["startRow"]), int(request["endRow"]))
    if shown.wants_preparing:
        with writing() as session:
            service.request_list(
                session,
                current_principal(),
                filters=filters_of(address.pairs, lab_zone()),
                order=order,
            )
    return (
        {"rowData": shown.rows, "rowCount": _rows_known(shown, request)},
        panels.count_words(shown.total, shown.all_total),
        panels.facets(address, shown.statuses),
        shown.total is not None,
        panels.all_words(shown.total),
    )


@page_callback(
    Permission.SAMPLES_VIEW,
    Input(ids.COLUMNS_APPLY, "n_clicks"),
    State(ids.COLUMNS, "value"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def show_columns(presses: int | None, wanted: list[str] | None, search: str | None) -> None:
    """Go to the list with these columns."""
    if not presses:
        return
    address = parse_search(search)
    columns = () if set(wanted or ()) == set(DEFAULT_COLUMNS) else tuple(wanted or ())
    _go(to_query(address.pairs, address.order, columns))


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.VIEW_PROBLEMS, "children"),
    Input(ids.VIEW_SAVE, "n_clicks"),
    State(ids.VIEW_NAME, "value"),
    State(ids.VIEW_PROJECT, "value"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def save_view(
    presses: int | None, name: str | None, project: str | None, search: str | None
) -> Any:
    """Keep the view that is shown under a name."""
    if not presses:
        return no_update
    address = parse_search(search)
    query = to_query(address.pairs, address.order, address.columns)
    try:
        with writing() as session:
            service.save_view(
                session,
                current_principal(),
                name=name or "",
                address=query,
                project_code=project or None,
            )
    except AppError as refusal:
        return error_summary({ids.VIEW_NAME: refusal.message}).children
    _show_tabs(address)
    toast(f"View “{' '.join((name or '').split())}” is saved")
    _close(ids.VIEW_DIALOG)
    return []


@page_callback(
    Permission.SAMPLES_VIEW,
    Input(ids.VIEW_REMOVE, "n_clicks"),
    State(ids.VIEW_REMOVE, "data-view"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def remove_view(presses: int | None, view: str | None, search: str | None) -> None:
    """Forget the saved view that is shown; the list stays as it is."""
    if not presses or not view:
        return
    with writing() as session:
        service.remove_view(session, current_principal(), view_id=UUID(view))
    _show_tabs(parse_search(search))
    toast("The view is removed")


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.VIEW_PROBLEMS, "children", allow_duplicate=True),
    Input(ids.VIEW_RENAME, "n_clicks"),
    State(ids.VIEW_RENAME, "data-view"),
    State(ids.VIEW_NAME, "value"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def rename_view(presses: int | None, view: str | None, name: str | None, search: str | None) -> Any:
    """Call the saved view that is shown by the name in the field."""
    if not presses or not view:
        return no_update
    principal = current_principal()
    try:
        with writing() as session:
            service.rename_view(session, principal, view_id=UUID(view), name=name or "")
    except AppError as refusal:
        return error_summary({ids.VIEW_NAME: refusal.message}).children
    _show_tabs(parse_search(search))
    toast(f"The view is called “{' '.join((name or '').split())}” now")
    _close(ids.VIEW_DIALOG)
    return []


def _rows_known(shown: Shown, request: dict[str, Any]) -> int | None:
    """Return the length of the list; None lets the grid go on asking."""
    if shown.total is not None:
        return shown.total
    asked = int(request["endRow"]) - int(request["startRow"])
    return None if len(shown.rows) == asked else int(request["startRow"]) + len(shown.rows)


def _go(query: str) -> None:
    set_props(shell_ids.URL, {"pathname": PATH, "search": query})


def _close(dialog: str) -> None:
    """Close a dialog once its act has succeeded (assets/samples.js listens)."""
    set_props(ids.CLOSE_SINK, {"data": {"close": dialog}})


def _show_tabs(address: ListAddress) -> None:
    principal = current_principal()
    with reading() as session:
        views = saved_views.list_views(session, principal)
        counts = tally.status_counts(session, principal)
    drawn: list[Component] = tab_links(tabs(address, views, counts))
    set_props(shell_ids.PAGE_TABS, {"children": drawn})


clientside_callback(
    ClientsideFunction("samples", "refresh"),
    Output(ids.REFRESH_SINK, "data"),
    Input(shell_ids.live("samples"), "data"),
    Input(shell_ids.live("storage"), "data"),
    Input(ids.COUNTING, "n_intervals"),
    prevent_initial_call=True,
)

clientside_callback(
    ClientsideFunction("samples", "close"),
    Output(ids.REFRESH_SINK, "data", allow_duplicate=True),
    Input(ids.CLOSE_SINK, "data"),
    prevent_initial_call=True,
)
