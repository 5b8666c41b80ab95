"""Turning the table of routes into answers. Everything under /api that is not in it is refused."""

from collections.abc import Callable, Sequence
from io import IOBase
from typing import IO, cast

import orjson
from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, RequestRedirect
from werkzeug.routing import Rule as PathRule

from backend.api import problems, reading, security
from backend.api.routing import Answer, Call, Route
from backend.auth.tokens import TokenKeys
from backend.core.config import Settings
from backend.core.errors import AppError
from backend.core.sent_files import SentFile

_EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
_NAME = "api"
_PREFIXES = ("/api", "/services")


def make_blueprint(routes: Sequence[Route], settings: Settings, keys: TokenKeys) -> Blueprint:
    """Return the API; its errors are problem+json whatever raises them."""
    made = Blueprint(_NAME, __name__)
    for route in routes:
        made.add_url_rule(
            flask_path(route.path),
            route.endpoint,
            _view(route, settings, keys),
            methods=[route.method],
            provide_automatic_options=False,
        )
    _refuse_the_rest(made, routes)
    made.register_error_handler(AppError, problems.of_app_error)
    made.register_error_handler(HTTPException, problems.of_http_error)
    made.register_error_handler(Exception, problems.of_defect)
    made.after_request(_mark)
    return made


def flask_path(path: str) -> str:
    """Return ``/jobs/{id}`` as Flask writes it."""
    return path.replace("{", "<").replace("}", ">")


def _view(route: Route, settings: Settings, keys: TokenKeys) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        reference = problems.request_id()
        principal = security.admitted(request, route, keys, reference)
        raw = reading.content_of(request, route)
        call = Call(
            principal=principal,
            address=request.remote_addr or "",
            request_id=reference,
            settings=settings,
            keys=keys,
            path=reading.path_of(path),
            query=reading.query_of(request, route.query),
            body=reading.body_of(raw, route.body),
            content=raw if route.takes_file else b"",
            fingerprint=reading.fingerprint_of(request, raw),
            idempotency_key=reading.key_of(request) if route.once else None,
        )
        return _respond(route, route.handler(call))

    return view


def _respond(route: Route, result: object) -> Response:
    answer = result if isinstance(result, Answer) else Answer(body=result)
    body = answer.body
    content: bytes | SentFile
    if isinstance(body, BaseModel):
        content = body.model_dump_json().encode()
    elif isinstance(body, IOBase):
        content = SentFile(cast("IO[bytes]", body))
    elif isinstance(body, bytes):
        content = body
    else:
        content = b"" if body is None else orjson.dumps(body)
    response = current_app.response_class(content, answer.status or route.status)
    if route.answer is None and not route.files:
        del response.headers["Content-Type"]
    else:
        response.content_type = route.content_type
    response.headers.update(dict(answer.headers))
    return response


def _refuse_the_rest(made: Blueprint, routes: Sequence[Route]) -> None:
    """Answer unknown addresses and wrong methods ourselves: Dash's catch-all would send a page."""
    known = Map(
        [PathRule(flask_path(route.path), methods=[route.method], endpoint="") for route in routes],
        strict_slashes=False,
    )

    def refuse(rest: str = "") -> Response:  # noqa: ARG001 -- the rule's own part
        try:
            known.bind("").match(request.path, method=request.method)
        except MethodNotAllowed as error:
            allowed = sorted(error.valid_methods or [])
            response = problems.problem(
                405,
                "method_not_allowed",
                f"{request.method} is not possible here. Use {' or '.join(allowed)}.",
            )
            response.headers["Allow"] = ", ".join(allowed)
            return response
        except (HTTPException, RequestRedirect):
            pass
        return problems.problem(404, "not_found", "There is nothing at this address of the API.")

    roots = {route.path for route in routes if not route.path.startswith(_PREFIXES)}
    for path in (*_PREFIXES, *(f"{prefix}/<path:rest>" for prefix in _PREFIXES), *sorted(roots)):
        name = "refuse_" + "".join(letter for letter in path if letter.isalnum())
        made.add_url_rule(path, name, refuse, methods=_EVERY_METHOD)


def _mark(response: Response) -> Response:
    response.headers["X-Request-ID"] = problems.request_id()
    response.headers["Cache-Control"] = "no-store"
    return response
