"""Refusals as RFC 9457 problem+json, each with the request's reference; no stack, no SQL."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, g, jsonify
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from backend.core.errors import AppError, InvalidInput, LimitReached
from backend.core.ids import new_id

log = logging.getLogger("backend.api")

_CODES = {
    400: "malformed_request",
    401: "token_refused",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


class MalformedRequest(AppError):
    """The request cannot be read at all."""

    code = "malformed_request"
    status = 400


class TooLarge(AppError):
    code = "too_large"
    status = 413


class TooManyTries(LimitReached):
    """Wait ``retry_after_s`` seconds, then try again."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnsupportedMediaType(AppError):
    code = "unsupported_media_type"
    status = 415


def request_id() -> str:
    """Return this request's reference number, made on first use and shared with the pages."""
    if not hasattr(g, "request_id"):
        g.request_id = str(new_id())
    reference: str = g.request_id
    return reference


def problem(
    status: int, code: str, message: str, fields: Mapping[str, str] | None = None
) -> Response:
    """Return a problem document."""
    body: dict[str, object] = {
        "type": f"urn:tracseq:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "code": code,
        "message": message,
        "request_id": request_id(),
    }
    if fields:
        body["fields"] = dict(fields)
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tracseq"'
    return response


def of_app_error(error: AppError) -> Response:
    """Return the problem of a refusal that we raised."""
    response = problem(error.status, error.code, error.message, error.fields)
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(error.retry_after_s)
    elif error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    return response


def of_http_error(error: HTTPException) -> Response:
    """Return the problem of a refusal that the framework raised."""
    status = error.code or 500
    response = problem(
        status, _CODES.get(status, "refused"), error.description or HTTPStatus(status).phrase
    )
    if error.response is None:
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
    return response


def of_defect(error: Exception) -> Response:
    """Log a defect whole and tell only its reference."""
    log.error("defect in request %s", request_id(), exc_info=error)
    return problem(
        500,
        "defect",
        f"Something in the program is wrong. Tell an administrator the reference {request_id()}.",
    )


def of_validation(error: ValidationError) -> InvalidInput:
    """Return a schema's findings as sentences at their fields."""
    fields = {
        ".".join(str(part) for part in each["loc"]) or "body": _sentence(each["type"], each["msg"])
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    }
    plural = "field" if len(fields) == 1 else "fields"
    return InvalidInput(f"Correct {len(fields)} {plural} and send again.", fields=fields)


def _sentence(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "There is no such field. Take it away."
    if kind == "missing":
        return "This field is required."
    return message.rstrip(".") + "."
