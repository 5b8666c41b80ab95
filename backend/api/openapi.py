"""The API's description in OpenAPI 3.1, made from the table of routes and nothing else."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from backend.api.routing import Access, ApiOutput, Route

VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\w+)}")
_STATUS_WORDS = {200: "Done", 201: "Made", 202: "Accepted", 204: "Done, nothing to say"}

_IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again with the same key within a day, the request is not done again but "
    "answered as before.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}


class Problem(ApiOutput):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    message: str
    request_id: str
    fields: dict[str, str] | None = None


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the whole document."""
    models = _models(routes)
    references, definitions = models_json_schema(
        [(model, mode) for model, mode in models], ref_template=_REF
    )
    by_model = {model: reference for (model, _), reference in references.items()}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operation = _operation(route, by_model)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TracSeq",
            "version": VERSION,
            "description": "A laboratory's samples, storage and work. Errors are problem+json.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
        "security": [{"bearer": []}],
    }


def _models(routes: Sequence[Route]) -> list[tuple[type[BaseModel], Any]]:
    found: dict[type[BaseModel], str] = {Problem: "serialization"}
    for route in routes:
        if route.answer is not None:
            found[route.answer] = "serialization"
        if route.body is not None:
            found[route.body] = "validation"
    return list(found.items())


def _operation(route: Route, references: Mapping[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.endpoint,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": {
            str(route.status): _success(route, references),
            "default": {
                "description": "Refused, and why",
                "content": {"application/problem+json": {"schema": references[Problem]}},
            },
        },
    }
    if route.access is Access.PUBLIC:
        operation["security"] = []
    else:
        operation["x-permission"] = str(route.access)
    if route.once:
        operation["parameters"].append(_IDEMPOTENCY_KEY)
    if route.body is not None or route.takes_file:
        # A file's bytes have no schema (OpenAPI 3.1, 4.8.14.2): any media type is taken.
        content = (
            {"*/*": {}}
            if route.body is None
            else {"application/json": {"schema": references[route.body]}}
        )
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _success(route: Route, references: Mapping[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": _STATUS_WORDS[route.status]}
    if route.answer is not None:
        success["content"] = {route.content_type: {"schema": references[route.answer]}}
    elif route.files:
        success["content"] = {media_type: {} for media_type in route.files}
    return success


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REF)
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _inlined(each, schema),
        }
        for name, each in schema.get("properties", {}).items()
    ]


def _inlined(schema: Any, whole: dict[str, Any]) -> Any:
    """Return a query's schema with its enums in place: they are not in the components."""
    if isinstance(schema, list):
        return [_inlined(each, whole) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _inlined(whole["$defs"][name], whole)
    return {key: _inlined(value, whole) for key, value in schema.items()}
