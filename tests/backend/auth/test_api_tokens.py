"""Tokens of the API."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from sqlalchemy import func, select, update

from backend.auth import service, tokens
from backend.auth.errors import TokenRefused
from backend.auth.ids import Role
from backend.auth.models import RefreshToken
from backend.auth.tokens import TokenKeys
from backend.auth.views import Locked, Refused, TokenPair, UserView
from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from tests.factories.people import PASSWORD, make_user


def new_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


KEYS = tokens.load_keys(new_pem())
FAMILY = new_id()


@pytest.fixture
def user(session: WriteSession) -> UserView:
    made = make_user(session, Role.TECHNICIAN, email="ada@laboratory.example")
    session.add(
        RefreshToken(
            family_id=FAMILY,
            token_hash=b"of the forgeries",
            user_id=made.id,
            token_version=0,
            expires_at=clock.utc_now() + timedelta(days=1),
        )
    )
    session.flush()
    return made


def issued(session: WriteSession, password: str = PASSWORD) -> TokenPair:
    outcome = service.issue_tokens(
        session, email="ada@laboratory.example", password=password, address="10.0.0.7", keys=KEYS
    )
    assert isinstance(outcome, TokenPair)
    return outcome


def holder(session: WriteSession, token: str, keys: TokenKeys = KEYS) -> Principal:
    return service.principal_of_access_token(session, token, keys=keys, request_id="r")


def forged(user: UserView, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
    """Return a token signed with our key whose claims are changed; None takes one away."""
    now = clock.utc_now()
    claims: dict[str, Any] = {
        "iss": "tracseq",
        "aud": "tracseq-api",
        "sub": str(user.id),
        "sid": str(FAMILY),
        "jti": "1",
        "typ": "access",
        "ver": 0,
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=10),
    }
    kept = {name: value for name, value in (claims | changed).items() if value is not None}
    headers = {"kid": KEYS.kid, "typ": "at+jwt"} | (header or {})
    return jwt.encode(kept, KEYS.signing, algorithm="EdDSA", headers=headers)


def test_an_access_token_carries_the_persons_permissions_of_now(
    session: WriteSession, user: UserView
) -> None:
    principal = holder(session, issued(session).access_token)

    assert principal.user_id == user.id
    assert principal.may(Permission.STORAGE_PLACE)
    assert principal.origin.value == "api"


def test_the_unchanged_forgery_holds_so_that_each_change_below_is_what_is_refused(
    session: WriteSession, user: UserView
) -> None:
    assert holder(session, forged(user)).user_id == user.id


@pytest.mark.parametrize(
    "changed",
    [
        {name: None}
        for name in ("iss", "aud", "sub", "sid", "jti", "typ", "ver", "exp", "iat", "nbf")
    ]
    + [
        {"iss": "somebody"},
        {"aud": "another-api"},
        {"typ": "refresh"},
        {"sub": "not a key"},
        {"sid": "not a key"},
        {"sid": "00000000-0000-7000-8000-000000000000"},
        {"ver": "x"},
        {"ver": 1},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"nbf": datetime(2100, 1, 1, tzinfo=UTC)},
        {"header": {"kid": "../../etc/passwd"}},
        {"header": {"kid": ""}},
        {"header": {"typ": "JWT"}},
        {"header": {"jku": "https://evil.example/keys"}},
        {"header": {"x5u": "https://evil.example/cert"}},
        {"header": {"jwk": {"kty": "OKP"}}},
    ],
    ids=str,
)
def test_any_other_claim_or_header_is_refused(
    session: WriteSession, user: UserView, changed: dict[str, Any]
) -> None:
    with pytest.raises(TokenRefused):
        holder(session, forged(user, **changed))


def test_no_other_algorithm_is_accepted(session: WriteSession, user: UserView) -> None:
    payload = issued(session).access_token.split(".")[1]
    public = KEYS.signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def token(alg: str, signature: bytes) -> str:
        header = json.dumps({"alg": alg, "typ": "at+jwt", "kid": KEYS.kid}).encode()
        return f"{_b64(header)}.{payload}.{_b64(signature)}"

    unsigned = token("none", b"")
    hs256 = jwt.encode(
        {"sub": str(user.id)}, public, algorithm="HS256", headers={"kid": KEYS.kid, "typ": "at+jwt"}
    )
    for attempt in (unsigned, hs256, token("HS256", b"x" * 32), "", "a.b.c", "x"):
        with pytest.raises(TokenRefused):
            holder(session, attempt)


def test_another_laboratorys_key_is_refused(session: WriteSession, user: UserView) -> None:
    other = tokens.load_keys(new_pem())

    with pytest.raises(TokenRefused):
        holder(session, issued(session).access_token, keys=other)


def test_a_retired_key_holds_until_it_is_taken_away(session: WriteSession, user: UserView) -> None:
    old_pem, new = new_pem(), new_pem()
    token = tokens.sign_access(
        tokens.load_keys(old_pem),
        user_id=user.id,
        family_id=FAMILY,
        token_version=0,
        now=clock.utc_now(),
    )

    assert holder(session, token, keys=tokens.load_keys(new, retired=(old_pem,))).user_id == user.id
    with pytest.raises(TokenRefused):
        holder(session, token, keys=tokens.load_keys(new))


def test_a_token_signing_key_is_ed25519() -> None:
    with pytest.raises(ValueError, match="PEM"):
        tokens.load_keys(b"something else")


@pytest.mark.parametrize(
    "end",
    [
        lambda s, p, u: service.sign_out_everywhere(s, p, user_id=u),
        lambda s, p, u: service.deactivate(s, p, user_id=u),
    ],
)
def test_signing_out_and_deactivating_end_tokens_at_the_next_request(
    session: WriteSession,
    user: UserView,
    principal_of: Callable[..., Principal],
    end: Callable[..., object],
) -> None:
    pair = issued(session)
    end(session, principal_of(Permission.USERS_MANAGE), user.id)

    with pytest.raises(TokenRefused):
        holder(session, pair.access_token)
    assert isinstance(
        service.refresh_tokens(session, refresh_token=pair.refresh_token, keys=KEYS), Refused
    )


def test_a_refresh_token_gives_the_next_pair(session: WriteSession, user: UserView) -> None:
    first = issued(session)

    second = service.refresh_tokens(session, refresh_token=first.refresh_token, keys=KEYS)

    assert isinstance(second, TokenPair)
    assert second.refresh_token != first.refresh_token
    assert holder(session, second.access_token).user_id == user.id


def test_a_refresh_token_used_twice_ends_its_whole_family(
    session: WriteSession, user: UserView
) -> None:
    first = issued(session)
    second = service.refresh_tokens(session, refresh_token=first.refresh_token, keys=KEYS)
    assert isinstance(second, TokenPair)

    again = service.refresh_tokens(session, refresh_token=first.refresh_token, keys=KEYS)

    assert isinstance(again, Refused)
    assert isinstance(
        service.refresh_tokens(session, refresh_token=second.refresh_token, keys=KEYS), Refused
    )
    actions = session.scalars(select(AuditEntry.action)).all()
    assert "auth.refresh_reused" in actions


def test_a_revoked_or_run_out_refresh_token_gives_nothing(
    session: WriteSession, user: UserView
) -> None:
    revoked, late = issued(session), issued(session)
    service.revoke_tokens(session, refresh_token=revoked.refresh_token)
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.revoked_at.is_(None))
        .values(expires_at=func.clock_timestamp() - timedelta(seconds=1))
    )

    for pair in (revoked, late):
        assert isinstance(
            service.refresh_tokens(session, refresh_token=pair.refresh_token, keys=KEYS), Refused
        )


def test_an_access_token_does_not_refresh_and_a_refresh_token_does_not_open(
    session: WriteSession, user: UserView
) -> None:
    pair = issued(session)

    assert isinstance(
        service.refresh_tokens(session, refresh_token=pair.access_token, keys=KEYS), Refused
    )
    with pytest.raises(TokenRefused):
        holder(session, pair.refresh_token)


def test_wrong_passwords_at_the_api_count_like_those_at_the_page(
    session: WriteSession, user: UserView
) -> None:
    outcomes = [
        service.issue_tokens(
            session, email=user.email, password="not it at all", address="10.9.9.9", keys=KEYS
        )
        for _ in range(11)
    ]

    assert isinstance(outcomes[0], Refused)
    assert isinstance(outcomes[-1], Locked)


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def test_revoking_ends_the_access_token_at_once_and_leaves_other_sign_ins_alone(
    session: WriteSession, user: UserView
) -> None:
    revoked, other = issued(session), issued(session)

    service.revoke_tokens(session, refresh_token=revoked.refresh_token)

    with pytest.raises(TokenRefused):
        holder(session, revoked.access_token)
    assert holder(session, other.access_token).user_id == user.id
