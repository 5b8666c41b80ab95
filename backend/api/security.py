"""The API's own gate: a Bearer token and the permission that the route declares.

The token is the access token of a sign-in, or one that a person made and named.
Cookies are never looked at, so no other site can make a browser act here.
"""

from flask import Request

from backend.api.routing import Access, Route
from backend.auth import service as auth_service
from backend.auth.errors import TokenRefused
from backend.auth.tokens import TokenKeys
from backend.core.principal import Principal
from backend.core.transaction import reading, writing

_SCHEME = "bearer"


def admitted(request: Request, route: Route, keys: TokenKeys, request_id: str) -> Principal | None:
    """Return who may use the route now; None for a public one.

    Raises:
        TokenRefused: no token, or one that does not hold.
        PermissionDenied: the person's roles do not include the route's permission.
    """
    if route.access is Access.PUBLIC:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != _SCHEME or not token:
        raise TokenRefused
    principal = _holder(token.strip(), keys, request_id)
    if not isinstance(route.access, Access):
        principal.require(route.access)
    return principal


def _holder(token: str, keys: TokenKeys, request_id: str) -> Principal:
    if auth_service.is_named(token):
        with writing() as session:  # when it was used last is written down
            return auth_service.principal_of_named_token(session, token, request_id=request_id)
    with reading() as session:
        return auth_service.principal_of_access_token(
            session, token, keys=keys, request_id=request_id
        )
