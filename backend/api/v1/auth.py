"""Tokens, and who one is."""

import math
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from backend.api.problems import TooManyTries
from backend.api.routing import Access, Answer, ApiInput, ApiOutput, Call, Route
from backend.auth import queries, service
from backend.auth.ids import Role
from backend.auth.views import Locked, Refused, TokenOutcome, TokenPair
from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing


class TokensIn(ApiInput):
    """An address and a password."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)


class RefreshIn(ApiInput):
    """The refresh token of the last pair."""

    refresh_token: str = Field(max_length=200)


class TokensOut(ApiOutput):
    """A pair of tokens."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 -- RFC 6750's name of the scheme
    expires_in_s: int


class MeOut(ApiOutput):
    """The person whose token this is."""

    id: UUID
    email: str
    name: str
    roles: tuple[Role, ...]
    permissions: tuple[Permission, ...]
    last_signed_in_at: datetime | None


class SignInRefused(AppError):
    """Unknown person, wrong password or a refresh token that does not hold."""

    code = "sign_in_refused"
    status = 401


def issue(call: Call) -> object:
    """Check the password and give the first pair."""
    sent = call.sent(TokensIn)
    with writing() as session:
        outcome = service.issue_tokens(
            session,
            email=sent.email,
            password=sent.password,
            address=call.address,
            keys=call.keys,
            request_id=call.request_id,
        )
    return _tokens(outcome)


def refresh(call: Call) -> object:
    """Exchange a refresh token for the next pair."""
    with writing() as session:
        outcome = service.refresh_tokens(
            session,
            refresh_token=call.sent(RefreshIn).refresh_token,
            keys=call.keys,
            request_id=call.request_id,
        )
    return _tokens(outcome)


def revoke(call: Call) -> object:
    """End the tokens of one sign-in; saying it twice is no mistake."""
    with writing() as session:
        service.revoke_tokens(session, refresh_token=call.sent(RefreshIn).refresh_token)
    return Answer()


def me(call: Call) -> MeOut:
    """Say who the caller is and what they may do."""
    principal = call.caller
    assert principal.user_id is not None  # noqa: S101 -- tokens belong to people
    with reading() as session:
        person = queries.get_person(session, principal, principal.user_id)
    return MeOut(
        id=person.id,
        email=person.email,
        name=person.name,
        roles=person.roles,
        permissions=tuple(sorted(principal.permissions)),
        last_signed_in_at=person.last_signed_in_at,
    )


def _tokens(outcome: TokenOutcome) -> TokensOut:
    match outcome:
        case TokenPair():
            return TokensOut(
                access_token=outcome.access_token,
                refresh_token=outcome.refresh_token,
                expires_in_s=outcome.expires_in_s,
            )
        case Locked():
            wait = math.ceil((outcome.until - clock.utc_now()).total_seconds())
            raise TooManyTries(
                f"{outcome.message} That is {outcome.until:%H:%M:%S} UTC.",
                retry_after_s=max(wait, 1),
            )
        case Refused():
            raise SignInRefused(outcome.message)


_TAG = "Sign-in"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/auth/tokens",
        handler=issue,
        access=Access.PUBLIC,
        summary="Sign in: a pair of tokens for an address and a password",
        tag=_TAG,
        body=TokensIn,
        answer=TokensOut,
        status=201,
    ),
    Route(
        method="POST",
        path="/api/v1/auth/tokens/refresh",
        handler=refresh,
        access=Access.PUBLIC,
        summary="Exchange a refresh token for the next pair, once",
        tag=_TAG,
        body=RefreshIn,
        answer=TokensOut,
        status=201,
    ),
    Route(
        method="POST",
        path="/api/v1/auth/tokens/revoke",
        handler=revoke,
        access=Access.PUBLIC,
        summary="Sign out: end the tokens of one sign-in",
        tag=_TAG,
        body=RefreshIn,
        answer=None,
        status=204,
    ),
    Route(
        method="GET",
        path="/api/v1/me",
        handler=me,
        access=Permission.ACCOUNT_SELF,
        summary="Who the token belongs to and what they may do",
        tag=_TAG,
        answer=MeOut,
    ),
)
