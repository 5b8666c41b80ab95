"""What one operation of the API is: a literal that the server, the gate and OpenAPI all read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import IO, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backend.auth.tokens import TokenKeys
from backend.core.config import Settings
from backend.core.errors import NotFound
from backend.core.file_headers import file_headers
from backend.core.principal import Permission, Principal

ModelT = TypeVar("ModelT", bound=BaseModel)


class Access(Enum):
    """What an operation asks when it asks for no permission."""

    PUBLIC = auto()
    """Answers without a token: only what gives tokens."""


class ApiInput(BaseModel):
    """Base of what comes in: a field that we do not know is a mistake, not an extra."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ApiOutput(BaseModel):
    """Base of what goes out; built from views by attribute."""

    model_config = ConfigDict(from_attributes=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One checked request: who, where from, and what was sent."""

    principal: Principal | None
    address: str
    request_id: str
    settings: Settings
    keys: TokenKeys
    path: Mapping[str, str]
    query: BaseModel | None
    body: BaseModel | None
    content: bytes = b""
    """The bytes of an uploaded file, for a route that takes one."""
    fingerprint: bytes = b""
    """SHA-256 of the operation and all that was sent: two equal requests have one."""
    idempotency_key: str | None = None

    @property
    def caller(self) -> Principal:
        """Return who calls; the gate has let nobody through to a route with a permission."""
        if self.principal is None:
            raise RuntimeError("A public operation has no caller.")
        return self.principal

    def sent(self, model: type[ModelT]) -> ModelT:
        """Return the body as the route's own model."""
        if not isinstance(self.body, model):
            raise TypeError(f"The route declares no {model.__name__} as its body.")
        return self.body

    def asked(self, model: type[ModelT]) -> ModelT:
        """Return the query as the route's own model."""
        if not isinstance(self.query, model):
            raise TypeError(f"The route declares no {model.__name__} as its query.")
        return self.query

    def key(self, name: str) -> UUID:
        """Return a key of the path.

        Raises:
            NotFound: not a key, so nothing can have it.
        """
        try:
            return UUID(self.path[name])
        except ValueError as error:
            raise NotFound(f"There is nothing with the key {self.path[name][:64]}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a handler returns when it has more to say than the usual body.

    ``status`` is the route's own unless given.
    """

    body: object = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def file_answer(
    content: bytes | IO[bytes], media_type: str, file_name: str, *, inline: bool = False
) -> Answer:
    """Return a file as an answer: saved by the browser, or ``inline`` what we drew ourselves.

    An open one is sent piece by piece and then closed.
    """
    return Answer(body=content, headers=file_headers(media_type, file_name, inline=inline))


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation. A ``handler`` returns its ``answer`` model, JSON bytes, or an Answer.

    ``takes_file``: the body is a file's bytes, whatever their type. ``files``: the media types of
    an answer that is a file. ``once``: an Idempotency-Key is heeded (api/idempotency.py).
    """

    method: str
    path: str
    handler: Callable[[Call], object]
    access: Permission | Access
    summary: str
    tag: str
    answer: type[BaseModel] | None
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    content_type: str = "application/json"
    takes_file: bool = False
    files: tuple[str, ...] = ()
    once: bool = False

    @property
    def endpoint(self) -> str:
        """Return the name of the operation, unique in the API."""
        words = [part.strip("{}") for part in self.path.strip("/").split("/")]
        return "_".join([self.method.lower(), *words]).replace(".", "_").replace("-", "_")
