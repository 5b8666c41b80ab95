"""A page with what stands around it, as the shell's places take it."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from dash import html
from dash.development.base_component import Component
from flask import Request

from backend.core.errors import AppError
from dashboard.components.banner import banner
from dashboard.components.page import Page
from dashboard.components.tabs import crumbs, tab_links
from dashboard.components.tones import Tone
from dashboard.live_versions import live_versions
from dashboard.pages.not_found.layout import failed, not_found, refused
from dashboard.routes import Route, find_route
from dashboard.session import current_principal, request_id

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What goes where; in the order of the router's outputs."""

    children: list[Component]
    class_name: str
    title: str
    crumbs: list[Component]
    actions: list[Component]
    tabs: list[Component]
    banner: Component
    meta: dict[str, Any]
    """``{"key": path and listed query, "title", "under": the page that its trail begins with,
    "versions": of the topics before it was read}``."""


def place(path: str, search: str, *, shown_key: str | None = None) -> Placed | None:
    """Draw the page at an address; None when it is the one that is shown.

    ``shown_key`` is the shown page's: a query name that its route does not list changes nothing.
    """
    found = find_route(unquote(path or "/"))
    if found is None:
        return _placed(not_found(path), key=path, versions=live_versions())
    route, parameters = found
    query = {k: v for k, v in parse_qsl(search.lstrip("?")) if k in route.query}
    key = f"{path}?{sorted(query.items())}"
    if key == shown_key:
        return None
    versions = live_versions()  # before anything of the page is read
    return _placed(draw(route, {**query, **parameters}), key=key, versions=versions)


def page_asked_from(asking: Request) -> Placed | None:
    """Draw the page whose HTML asks for its layout, so that the first answer is the whole page.

    The browser names the asking page in ``Referer`` (our policy is same-origin). Without it the
    router draws the page, a moment later.
    """
    address = urlsplit(asking.headers.get("Referer", ""))
    if address.netloc != asking.host:
        return None
    return place(address.path, address.query)


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


def _placed(page: Page, *, key: str, versions: dict[str, int]) -> Placed:
    return Placed(
        children=list(page.children),
        class_name=f"page {page.class_name}".strip(),
        title=page.title,
        crumbs=crumbs(page.breadcrumb),
        actions=list(page.actions),
        tabs=tab_links(page.tabs),
        banner=(
            banner(page.read_only, tone=Tone.INFO, icon="lock")
            if page.read_only
            else html.Span(hidden=True)
        ),
        meta={
            "key": key,
            "title": page.title,
            "under": page.breadcrumb[0].href if page.breadcrumb else None,
            "versions": versions,
        },
    )
