"""The slow way to hear of changes: ``GET /live/versions``, when the stream is silent.

Versions only, no content: ``{"storage": 812, …}``. An ETag makes an unchanged answer 304.
"""

from flask import Blueprint, Response, jsonify, request

from backend.core.transaction import asking
from backend.events import queries as events_queries


def live_versions() -> dict[str, int]:
    """Return each topic's version now; what is drawn after this is at least as new."""
    with asking() as session:
        return events_queries.latest_versions(session)


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("live", __name__)

    @made.get("/live/versions")
    def versions() -> Response:
        found = live_versions()
        response = jsonify(found)
        response.set_etag(str(max(found.values(), default=0)))
        response.make_conditional(request)
        return response

    return made
