"""Refusals in the form that scripts understand: RFC 9457 problem+json, with a reference."""

from collections.abc import Mapping

from flask import Response, jsonify

from dashboard.session import request_id


def problem(
    status: int, code: str, message: str, *, fields: Mapping[str, str] | None = None
) -> Response:
    """Return a problem document; no stack, no SQL, only what the caller can act on."""
    body: dict[str, object] = {
        "type": f"urn:tracseq:problem:{code}",
        "title": message,
        "status": status,
        "code": code,
        "message": message,
        "request_id": request_id(),
    }
    if fields:
        body["fields"] = dict(fields)
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response
