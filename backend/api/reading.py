"""Reading a request strictly: size, type, depth, repeated names, unknown fields."""

import hashlib
import json
import re
from collections.abc import Mapping

from flask import Request
from pydantic import BaseModel, ValidationError

from backend.api import problems
from backend.api.problems import MalformedRequest, TooLarge, UnsupportedMediaType
from backend.api.routing import Route
from backend.core.errors import NotFound
from backend.templates.adapters.files import LARGEST_FILE_BYTES

MAX_BODY_BYTES = 1_000_000
MAX_DEPTH = 20
_KEY = re.compile(r"[!-~]{1,200}")
_UNSTORABLE_CHARACTER = re.compile("[\0\ud800-\udfff]")
_UNSTORABLE = "The request holds a character that no text can hold: NUL or half a surrogate pair."


def query_of(request: Request, model: type[BaseModel] | None) -> BaseModel | None:
    """Return the query as its model.

    Raises:
        MalformedRequest: a name stands there twice (two readers could take another one each), or
            a character that no text can hold.
        InvalidInput: a name or value that the operation does not know.
    """
    values = request.args.to_dict(flat=False)
    repeated = sorted(name for name, given in values.items() if len(given) > 1)
    if repeated:
        raise MalformedRequest(f"“{repeated[0][:64]}” stands in the address twice. Send it once.")
    if _is_unstorable(values):
        raise MalformedRequest(_UNSTORABLE)
    if model is None:
        model = _NoQuery
    return _validated(model, {name: given[0] for name, given in values.items()})


def content_of(request: Request, route: Route) -> bytes:
    """Return the bytes of a body that the route takes, JSON or a file; nothing for another route.

    Raises:
        UnsupportedMediaType: anything but application/json where JSON is asked for.
        TooLarge: over a megabyte of JSON, or over the largest file.
    """
    if route.takes_file:
        return _limited(request, LARGEST_FILE_BYTES, "The file is larger than 20 MB. Split it.")
    if route.body is None:
        return b""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON with the header Content-Type: application/json.")
    return _limited(request, MAX_BODY_BYTES, "The body is larger than 1 MB. Send it in parts.")


def body_of(raw: bytes, model: type[BaseModel] | None) -> BaseModel | None:
    """Return the body as its model.

    Raises:
        MalformedRequest: not JSON, or nested deeper than 20.
        InvalidInput: unknown, missing or wrong fields; each has its sentence.
    """
    return None if model is None else _validated(model, parsed(raw))


def path_of(path: Mapping[str, str]) -> Mapping[str, str]:
    """Return the parameters of a path.

    Raises:
        NotFound: a character that no name of ours can hold.
    """
    if _is_unstorable(list(path.values())):
        raise NotFound("There is nothing at this address of the API.")
    return path


def key_of(request: Request) -> str | None:
    """Return the Idempotency-Key.

    Raises:
        MalformedRequest: empty, longer than 200, or other than visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise MalformedRequest("An Idempotency-Key has 1 to 200 visible ASCII characters.")
    return key


def fingerprint_of(request: Request, raw: bytes) -> bytes:
    """Return the SHA-256 of the operation and all that was sent."""
    head = f"{request.method} {request.path}?{sorted(request.args.items())}\n"
    return hashlib.sha256(head.encode() + raw).digest()


def parsed(raw: bytes) -> object:
    """Return JSON, no deeper than MAX_DEPTH.

    Raises:
        MalformedRequest: not JSON, a name twice in one object, too deep, or a character that no
            text can hold.
    """
    try:
        value: object = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("The body is not JSON that can be read.") from error
    if _deeper_than(value, MAX_DEPTH):
        raise MalformedRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if _is_unstorable(value):
        raise MalformedRequest(_UNSTORABLE)
    return value


class _NoQuery(BaseModel, extra="forbid"):
    """The query of an operation that takes none."""


def _validated(model: type[BaseModel], value: object) -> BaseModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise problems.of_validation(error) from error


def _limited(request: Request, most: int, sentence: str) -> bytes:
    if (request.content_length or 0) > most:
        raise TooLarge(sentence)
    raw = request.stream.read(most + 1)
    if len(raw) > most:
        raise TooLarge(sentence)
    return raw


def _is_unstorable(value: object) -> bool:
    """Say whether any text inside holds a NUL or half a surrogate pair, which UTF-8 text cannot."""
    if isinstance(value, str):
        return _UNSTORABLE_CHARACTER.search(value) is not None
    if isinstance(value, Mapping):
        return _is_unstorable(list(value.items()))
    return isinstance(value, list | tuple) and any(_is_unstorable(each) for each in value)


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
