"""Tokens of the API: issue, refresh once, revoke, and who an access token belongs to."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists, select, update

from backend.auth import browser_sessions, credentials, queries, rules, tokens
from backend.auth.clocks import database_now
from backend.auth.errors import TokenRefused
from backend.auth.models import RefreshToken, User
from backend.auth.secret_values import new_token, token_hash
from backend.auth.tokens import TokenKeys
from backend.auth.views import Locked, Refused, TokenOutcome, TokenPair
from backend.core.ids import new_id
from backend.core.principal import Origin, Principal, UserId
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service

_FAMILY_LIFE = timedelta(days=30)

REFRESH_REFUSED = Refused(
    message="The refresh token does not hold or was used before. Sign in again."
)


def issue_tokens(
    session: WriteSession,
    *,
    email: str,
    password: str,
    address: str,
    keys: TokenKeys,
    request_id: str = "",
) -> TokenOutcome:
    """Check the password and return the first pair of a new family of tokens.

    Refusals are returned, not raised, so that the attempt is committed and counts.
    """
    checked = credentials.check(session, email=email, password=password, address=address)
    if isinstance(checked, (Refused, Locked)):
        return checked
    user = checked.user
    pair = _next_pair(
        session,
        user,
        keys,
        family=new_id(),
        until=checked.at + _FAMILY_LIFE,
        address=address[:64],
    )
    _audit(session, user, "auth.tokens_issued", {"address": address[:64]}, request_id)
    return pair


def refresh_tokens(
    session: WriteSession, *, refresh_token: str, keys: TokenKeys, request_id: str = ""
) -> TokenPair | Refused:
    """Exchange a refresh token for the next pair, once.

    A second use means that two hold it and one of them took it: the whole family ends.
    """
    row = session.execute(
        select(RefreshToken, User)
        .join(User, User.id == RefreshToken.user_id)
        .where(RefreshToken.token_hash == token_hash(refresh_token))
        .with_for_update(of=RefreshToken)
    ).one_or_none()
    if row is None:
        return REFRESH_REFUSED
    held, user = row
    now = database_now(session)
    if held.used_at is not None:
        revoke_family(session, held.family_id, now)
        _audit(session, user, "auth.refresh_reused", {"family": held.family_id}, request_id)
        return REFRESH_REFUSED
    over = held.revoked_at is not None or held.expires_at <= now
    if over or not user.is_active or held.token_version != user.token_version:
        return REFRESH_REFUSED
    held.used_at = now
    return _next_pair(
        session,
        user,
        keys,
        family=held.family_id,
        until=held.expires_at,
        address=held.address,
    )


def revoke_tokens(session: WriteSession, *, refresh_token: str) -> None:
    """End the family of a refresh token: the API's way to sign out. Unknown ones are ended."""
    family = session.scalar(
        select(RefreshToken.family_id).where(RefreshToken.token_hash == token_hash(refresh_token))
    )
    if family is not None:
        revoke_family(session, family, database_now(session))


def principal_of_access_token(
    session: ReadSession, token: str, *, keys: TokenKeys, request_id: str
) -> Principal:
    """Return whom an access token belongs to, with the permissions of this moment.

    Raises:
        TokenRefused: not ours, run out, or the person has since been deactivated or signed out.
    """
    claims = tokens.verify_access(keys, token)
    asked = {
        "user_id": claims.user_id,
        "family_id": claims.family_id,
        "token_version": claims.token_version,
    }
    row = session.execute(_HOLDER, asked).one_or_none()
    if row is None:
        raise TokenRefused
    name, roles = row
    return browser_sessions.principal_with(
        UserId(claims.user_id), name, roles, Origin.API, request_id
    )


def _next_pair(
    session: WriteSession,
    user: User,
    keys: TokenKeys,
    *,
    family: UUID,
    until: datetime,
    address: str,
) -> TokenPair:
    refresh = new_token()
    session.add(
        RefreshToken(
            family_id=family,
            token_hash=token_hash(refresh),
            user_id=user.id,
            token_version=user.token_version,
            address=address,
            expires_at=until,
        )
    )
    session.flush()
    access = tokens.sign_access(
        keys,
        user_id=user.id,
        family_id=family,
        token_version=user.token_version,
        now=database_now(session),
    )
    return TokenPair(
        access_token=access,
        refresh_token=refresh,
        expires_in_s=int(tokens.ACCESS_LIFE.total_seconds()),
    )


def revoke_family(session: WriteSession, family: UUID, now: datetime) -> None:
    """End every token of one sign-in, access tokens included."""
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.family_id == family, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _audit(
    session: WriteSession, user: User, action: str, new: dict[str, object], request_id: str
) -> None:
    roles = queries.load_user(session, user.id).roles
    principal = Principal(
        user_id=UserId(user.id),
        name=user.name,
        permissions=rules.permissions_of(roles),
        origin=Origin.API,
        request_id=request_id,
    )
    events_service.audit(
        session, principal, action=action, entity="user", entity_id=user.id, new=new
    )


# Every request of the API asks this, so it is written once. The sign-in's rows are asked, too, so
# that what was revoked ends now and not in ten minutes.
_HOLDER = select(User.name, browser_sessions.roles_of_user()).where(
    User.id == bindparam("user_id"),
    User.is_active,
    User.token_version == bindparam("token_version"),
    exists().where(
        RefreshToken.family_id == bindparam("family_id"),
        RefreshToken.user_id == User.id,
        RefreshToken.revoked_at.is_(None),
    ),
)
