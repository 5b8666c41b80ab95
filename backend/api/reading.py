"""Reading a request strictly: size, type, depth, repeated names, unknown fields."""

import json
from collections.abc import Mapping

from flask import Request
from pydantic import BaseModel, ValidationError

from backend.api import problems
from backend.api.problems import MalformedRequest, TooLarge, UnsupportedMediaType

MAX_BODY_BYTES = 1_000_000
MAX_DEPTH = 20


def query_of(request: Request, model: type[BaseModel] | None) -> BaseModel | None:
    """Return the query as its model.

    Raises:
        MalformedRequest: a name stands there twice (two readers could take another one each).
        InvalidInput: a name or value that the operation does not know.
    """
    values = request.args.to_dict(flat=False)
    repeated = sorted(name for name, given in values.items() if len(given) > 1)
    if repeated:
        raise MalformedRequest(f"“{repeated[0][:64]}” stands in the address twice. Send it once.")
    if model is None:
        model = _NoQuery
    return _validated(model, {name: given[0] for name, given in values.items()})


def body_of(request: Request, model: type[BaseModel] | None) -> BaseModel | None:
    """Return the body as its model.

    Raises:
        UnsupportedMediaType: anything but application/json.
        TooLarge: over a megabyte.
        MalformedRequest: not JSON, or nested deeper than 20.
        InvalidInput: unknown, missing or wrong fields; each has its sentence.
    """
    if model is None:
        return None
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON with the header Content-Type: application/json.")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLarge("The body is larger than 1 MB. Send it in parts.")
    raw = request.stream.read(MAX_BODY_BYTES + 1)
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge("The body is larger than 1 MB. Send it in parts.")
    return _validated(model, parsed(raw))


def parsed(raw: bytes) -> object:
    """Return JSON, no deeper than MAX_DEPTH.

    Raises:
        MalformedRequest: not JSON, a name twice in one object, or too deep.
    """
    try:
        value: object = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("The body is not JSON that can be read.") from error
    if _deeper_than(value, MAX_DEPTH):
        raise MalformedRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
    return value


class _NoQuery(BaseModel, extra="forbid"):
    """The query of an operation that takes none."""


def _validated(model: type[BaseModel], value: object) -> BaseModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise problems.of_validation(error) from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _deeper_than(value: object, levels: int) -> bool:
    if isinstance(value, Mapping):
        inside: list[object] = list(value.values())
    elif isinstance(value, list):
        inside = value
    else:
        return False
    return levels == 0 or any(_deeper_than(each, levels - 1) for each in inside)
