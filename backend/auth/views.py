"""What readers of auth receive. No view carries a hash or a token, but for the one who signs in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from backend.auth.ids import NamedTokenId, Role, UserSessionId
from backend.core.principal import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """A person."""

    id: UserId
    email: str
    name: str
    roles: tuple[Role, ...]
    is_active: bool
    is_demo: bool
    created_at: datetime
    last_signed_in_at: datetime | None
    theme: str
    density: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A sign-in that worked. ``token`` goes into the cookie and is kept nowhere else."""

    token: str
    user: UserView


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Unknown person, wrong password or deactivated account: one sentence for all."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Too many failures; ``until`` is an instant of the database's clock."""

    until: datetime
    message: str


SignInOutcome = SignedIn | Refused | Locked


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """An access token (JWT) and the refresh token that replaces it once."""

    access_token: str
    refresh_token: str
    expires_in_s: int


TokenOutcome = TokenPair | Refused | Locked


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A signed-in browser, as its owner sees it."""

    id: UserSessionId
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTokenView:
    """A key of the API, as its owner sees it; the secret itself is kept nowhere."""

    id: NamedTokenId
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A key just made; ``secret`` is told once."""

    token: NamedTokenView
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryView:
    """Whose laboratory this is."""

    name: str
    time_zone: str
    is_demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A one-time link for a person; ``token`` is told once and kept nowhere."""

    user: UserView
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSignIn:
    """Somebody's open sign-in, as who manages people sees it.

    ``door`` is "browser" or "api"; ``key`` is the session's key, or the token family's.
    """

    door: Literal["browser", "api"]
    key: UUID
    user_id: UserId
    name: str
    since: datetime
    last_used_at: datetime
    until: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """A signature as displays and print-outs show it; ``voided_at`` once a later edit undid it."""

    id: UUID
    signer_id: UserId
    signer_name: str
    meaning: str
    record_digest: str
    """SHA-256 in hexadecimal of the record that was signed."""
    signed_at: datetime
    voided_at: datetime | None
    voided_by_name: str | None
    void_reason: str | None


Theme = Literal["system", "light", "dark"]
Density = Literal["compact", "comfortable", "bench", "wall"]
