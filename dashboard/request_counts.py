"""Counting what the web server answers: how many, how many failed, how long they took.

Kept in memory by the process's tally (backend.gateway.counting). Files that never change and the
probes' own questions are not counted: neither says anything about how people are served.
"""

import time
from http import HTTPStatus

from flask import Flask, Response, g, has_request_context, request

from backend.gateway.counting import EXTENSION, RequestTally
from backend.gateway.ids import RouteClass

_ASKED_BY_PAGES = frozenset({"/_dash-update-component", "live.versions"})
_UNCOUNTED = frozenset(
    {
        "/_favicon.ico",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "_dash_assets.static",
    }
)
_UNCOUNTED_BLUEPRINTS = frozenset({"bundle", "health"})
_API_BLUEPRINT = "api"
_API_PATH = "/api/"


def install(server: Flask) -> None:
    """Count every request. Call it first: whatever is added later is then within the time."""
    tally = RequestTally()
    server.extensions[EXTENSION] = tally

    def begin() -> None:
        g.asked_at = time.perf_counter()

    def end(response: Response) -> Response:
        kind = class_of(request.endpoint, request.path)
        asked_at: float | None = g.get("asked_at")
        if kind is not None and asked_at is not None:
            failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or "at_fault" in g
            tally.add(kind, time.perf_counter() - asked_at, failed=failed)
        return response

    server.before_request(begin)
    server.after_request(end)


def note_fault() -> None:
    """Count the current request as failed: Dash answers a callback's defect with 200."""
    if has_request_context():
        g.at_fault = True


def class_of(endpoint: str | None, path: str) -> RouteClass | None:
    """Return what kind a request is of, None when it is not counted."""
    if endpoint is None:
        return RouteClass.API if path.startswith(_API_PATH) else RouteClass.PAGES
    blueprint = endpoint.split(".", 1)[0]
    if endpoint in _UNCOUNTED or blueprint in _UNCOUNTED_BLUEPRINTS:
        return None
    if blueprint == _API_BLUEPRINT:
        return RouteClass.API
    return RouteClass.CALLBACKS if endpoint in _ASKED_BY_PAGES else RouteClass.PAGES
