"""From address to page: one callback draws the sheet and what stands around it."""

import logging
from typing import Any
from urllib.parse import parse_qsl, unquote

from dash import ClientsideFunction, Input, Output, State, clientside_callback, html, no_update
from dash.development.base_component import Component
from flask import Flask, Response, request

from backend.core.errors import AppError
from backend.core.principal import Permission
from dashboard import shell_ids as ids
from dashboard.callbacks import page_callback
from dashboard.components.banner import banner
from dashboard.components.page import Page
from dashboard.components.tabs import crumbs, tab_links
from dashboard.components.tones import Tone
from dashboard.live_versions import live_versions
from dashboard.pages.not_found.layout import failed, not_found, refused
from dashboard.routes import Route, find_route
from dashboard.session import current_principal, is_signed_in, request_id

logger = logging.getLogger(__name__)

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
    """Draw the page at an address, unless only a query name changed that the page reads itself."""
    found = find_route(unquote(path or "/"))
    if found is None:
        return _placed(not_found(path or ""), key=path or "", versions=live_versions())
    route, parameters = found
    query = {k: v for k, v in parse_qsl((search or "").lstrip("?")) if k in route.query}
    key = f"{path}?{sorted(query.items())}"
    if shown and shown.get("key") == key:
        return (no_update,) * len(OUTPUTS)
    versions = live_versions()  # before anything of the page is read
    return _placed(draw(route, {**query, **parameters}), key=key, versions=versions)


def answer_unknown_pages_with_404(server: Flask) -> None:
    """Give an address without a page its status; Dash answers its catch-all with 200."""

    def set_status(response: Response) -> Response:
        if is_signed_in() and request.endpoint == CATCH_ALL and not find_route(request.path):
            response.status_code = 404
        return response

    server.after_request(set_status)


def draw(route: Route, parameters: dict[str, str]) -> Page:
    """Return a page, or the page that says why it cannot be shown."""
    if not current_principal().may(route.permission):
        return refused()
    try:
        return route.layout(**parameters)
    except AppError as error:
        return failed(error)
    except Exception:
        # A defect in one page must not leave the person without the frame and the way out.
        logger.exception("A page failed, reference %s", request_id())
        return failed(None, reference=request_id())


def _placed(page: Page, *, key: str, versions: dict[str, int]) -> tuple[Any, ...]:
    read_only: Component | None = (
        banner(page.read_only, tone=Tone.INFO, icon="lock") if page.read_only else None
    )
    return (
        list(page.children),
        f"page {page.class_name}".strip(),
        page.title,
        crumbs(page.breadcrumb),
        list(page.actions),
        tab_links(page.tabs),
        read_only if read_only is not None else html.Span(hidden=True),
        {"key": key, "title": page.title, "versions": versions},
    )


clientside_callback(
    ClientsideFunction("shell", "arrived"),
    Output(ids.META_SINK, "data"),
    Input(ids.PAGE_META, "data"),
)
