"""The API's own gate: a Bearer token and the permission that the route declares.

The token is the access token of a sign-in, one that a person made and named, or a logger's, which
opens the recording of readings and nothing else.
Cookies are never looked at, so no other site can make a browser act here.
"""

from flask import Request

from backend.api.problems import TooManyTries
from backend.api.routing import Access, Route
from backend.auth import service as auth_service
from backend.auth.errors import TokenRefused
from backend.auth.tokens import TokenKeys
from backend.core.principal import Permission, Principal
from backend.core.transaction import asking, writing
from backend.telemetry import device_tokens

_SCHEME = "bearer"


def admitted(request: Request, route: Route, keys: TokenKeys, request_id: str) -> Principal | None:
    """Return who may use the route now; None for a public one.

    Raises:
        TokenRefused: no token, or one that does not hold.
        PermissionDenied: the person's roles do not include the route's permission.
        TooManyTries: a logger asks more often than it may.
    """
    if route.access is Access.PUBLIC:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != _SCHEME or not token:
        raise TokenRefused
    if device_tokens.is_device_token(token.strip()):
        return _logger(token.strip(), route, request_id)
    principal = _holder(token.strip(), keys, request_id)
    if not isinstance(route.access, Access):
        principal.require(route.access)
    return principal


def _logger(token: str, route: Route, request_id: str) -> Principal:
    if route.access is not Permission.TELEMETRY_RECORD:
        raise TokenRefused
    with writing() as session:  # when it was used last and how often is written down
        admission = device_tokens.admit(session, token, request_id=request_id)
    if admission is None:
        raise TokenRefused
    if admission.retry_after_s is not None:
        raise TooManyTries(
            f"A logger may send {device_tokens.REQUESTS_A_MINUTE} requests a minute. Put more "
            "readings into one, and send this one again later.",
            retry_after_s=admission.retry_after_s,
        )
    return admission.principal


def _holder(token: str, keys: TokenKeys, request_id: str) -> Principal:
    if auth_service.is_named(token):
        with writing() as session:  # when it was used last is written down
            return auth_service.principal_of_named_token(session, token, request_id=request_id)
    with asking() as session:
        return auth_service.principal_of_access_token(
            session, token, keys=keys, request_id=request_id
        )
