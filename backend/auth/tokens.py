"""Access tokens: JWT signed with Ed25519, ten minutes long, and nothing but EdDSA accepted."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from backend.auth.errors import TokenRefused
from backend.core.ids import new_id

ACCESS_LIFE = timedelta(minutes=10)

_ALGORITHM = "EdDSA"
_ISSUER = "tracseq"
_AUDIENCE = "tracseq-api"
_HEADER_TYPE = "at+jwt"  # RFC 9068
_TYPE = "access"
_REQUIRED = ("iss", "aud", "sub", "sid", "jti", "typ", "ver", "exp", "iat", "nbf")
# Headers that would let a token bring or choose its own key (RFC 8725, 3.10).
_FOREIGN_HEADERS = ("jku", "jwk", "x5u", "x5c", "crit")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeys:
    """The key that signs, and every key whose signatures still hold, by key id."""

    kid: str
    signing: Ed25519PrivateKey
    verifying: Mapping[str, Ed25519PublicKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What a token that holds says."""

    user_id: UUID
    family_id: UUID
    token_version: int


def load_keys(pem: bytes, *, retired: tuple[bytes, ...] = ()) -> TokenKeys:
    """Return the keys of a PKCS8 PEM; ``retired`` ones verify until their last token has run out.

    Raises:
        ValueError: not an Ed25519 key.
    """
    signing, *older = [_ed25519(each) for each in (pem, *retired)]
    keys = (signing, *older)
    return TokenKeys(
        kid=_kid(signing.public_key()),
        signing=signing,
        verifying=MappingProxyType({_kid(key.public_key()): key.public_key() for key in keys}),
    )


def sign_access(
    keys: TokenKeys, *, user_id: UUID, family_id: UUID, token_version: int, now: datetime
) -> str:
    """Return an access token of a person's sign-in, valid from ``now``."""
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": str(user_id),
        "sid": str(family_id),
        "jti": str(new_id()),
        "typ": _TYPE,
        "ver": token_version,
        "iat": now,
        "nbf": now,
        "exp": now + ACCESS_LIFE,
    }
    headers = {"kid": keys.kid, "typ": _HEADER_TYPE}
    return jwt.encode(claims, keys.signing, algorithm=_ALGORITHM, headers=headers)


def verify_access(keys: TokenKeys, token: str) -> AccessClaims:
    """Return what a token says.

    Raises:
        TokenRefused: any other algorithm, key, issuer, audience, type or time than ours.
    """
    try:
        header = jwt.get_unverified_header(token)
        key = keys.verifying.get(header.get("kid", ""))
        own = header.get("alg") == _ALGORITHM and header.get("typ") == _HEADER_TYPE
        if key is None or not own or any(name in header for name in _FOREIGN_HEADERS):
            raise TokenRefused
        claims = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            leeway=timedelta(seconds=2),  # two machines' clocks
            options={"require": list(_REQUIRED)},
        )
        if claims["typ"] != _TYPE:
            raise TokenRefused
        return AccessClaims(
            user_id=UUID(claims["sub"]),
            family_id=UUID(claims["sid"]),
            token_version=int(claims["ver"]),
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as error:
        raise TokenRefused from error


def _ed25519(pem: bytes) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("The token signing key is not an Ed25519 key.")  # noqa: TRY004 -- of a file
    return key


def _kid(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
