"""From address to page: one callback draws the sheet and what stands around it."""

from dataclasses import fields
from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback, no_update
from flask import Flask, Response, request

from backend.core.principal import Permission
from dashboard import shell_ids as ids
from dashboard.callbacks import page_callback
from dashboard.placing import Placed, place
from dashboard.routes import find_route
from dashboard.session import is_signed_in

CATCH_ALL = "/<path:path>"

OUTPUTS = (
    Output(ids.PAGE, "children"),
    Output(ids.PAGE, "className"),
    Output(ids.PAGE_TITLE, "children"),
    Output(ids.PAGE_CRUMBS, "children"),
    Output(ids.PAGE_ACTIONS, "children"),
    Output(ids.PAGE_TABS, "children"),
    Output(ids.PAGE_BANNER, "children"),
    Output(ids.PAGE_META, "data"),
)


@page_callback(
    Permission.ACCOUNT_SELF,
    *OUTPUTS,
    Input(ids.URL, "pathname"),
    Input(ids.URL, "search"),
    State(ids.PAGE_META, "data"),
)
def show_page(
    path: str | None, search: str | None, shown: dict[str, Any] | None
) -> tuple[Any, ...]:
    """Draw the page at an address, unless it is shown: the first one comes with the shell."""
    placed = place(path or "/", search or "", shown_key=(shown or {}).get("key"))
    if placed is None:
        return (no_update,) * len(OUTPUTS)
    return tuple(getattr(placed, part.name) for part in fields(Placed))


def answer_unknown_pages_with_404(server: Flask) -> None:
    """Give an address without a page its status; Dash answers its catch-all with 200."""

    def set_status(response: Response) -> Response:
        if request.endpoint == CATCH_ALL and is_signed_in() and not find_route(request.path):
            response.status_code = 404
        return response

    server.after_request(set_status)


clientside_callback(
    ClientsideFunction("shell", "arrived"),
    Output(ids.META_SINK, "data"),
    Input(ids.PAGE_META, "data"),
)
