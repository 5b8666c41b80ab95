"""Keys of the API that people make for their programs: named, with an end, revoked one by one.

A key acts as the person, with the permissions of the moment. It is no sign-in: it cannot be
renewed, and what ends every session of the person ends it, too. The prefix lets scanners of source
code find one that was committed by mistake.
"""

from datetime import timedelta

from sqlalchemy import func, select, update

from backend.auth import browser_sessions, rules
from backend.auth.clocks import database_now
from backend.auth.errors import TokenNameTaken, TokenNotFound, TokenRefused, UserNotFound
from backend.auth.events import NamedTokenMade, NamedTokenRevoked
from backend.auth.ids import NamedTokenId
from backend.auth.models import NamedToken, User
from backend.auth.secret_values import new_token, token_hash
from backend.auth.views import NamedTokenView, NewToken
from backend.core.errors import InvalidInput
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service

PREFIX = "tracseq_"
_TOUCH_AFTER = timedelta(minutes=1)


def make_named_token(
    session: WriteSession, principal: Principal, *, name: str, days: int
) -> NewToken:
    """Make a key that holds for ``days`` and return it with its secret, told this once.

    The person's row is locked, so that two at once cannot pass the most that one may have.

    Raises:
        InvalidInput: the name, or how long it holds; each fault stands at its field.
        TokenNameTaken: one of this name holds.
    """
    principal.require(Permission.ACCOUNT_SELF)
    user = session.get(User, principal.user_id, with_for_update=True)
    if user is None:
        raise UserNotFound
    name = " ".join(name.split())
    held = own_tokens(session, principal)
    faults = rules.token_faults(name=name, days=days, held=len(held))
    if faults:
        raise InvalidInput("The token cannot be made yet.", fields=faults)
    if name.lower() in {each.name.lower() for each in held}:
        raise TokenNameTaken(name)
    now = database_now(session)
    _retire(session, user, name)
    secret = PREFIX + new_token()
    made = NamedToken(
        token_hash=token_hash(secret),
        user_id=user.id,
        name=name,
        token_version=user.token_version,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(made)
    session.flush()
    events_service.record(
        session,
        principal,
        NamedTokenMade(aggregate_id=user.id, name=name, expires_at=made.expires_at),
    )
    return NewToken(token=_view(made), secret=secret)


def revoke_named_token(
    session: WriteSession, principal: Principal, *, token_id: NamedTokenId
) -> NamedTokenView:
    """End one of the person's own keys; its next request is refused.

    Raises:
        TokenNotFound: it does not hold any more, or is somebody else's.
    """
    principal.require(Permission.ACCOUNT_SELF)
    row = session.scalars(
        select(NamedToken)
        .where(
            NamedToken.id == token_id,
            NamedToken.user_id == principal.user_id,
            NamedToken.revoked_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise TokenNotFound
    row.revoked_at = database_now(session)
    session.flush()
    revoked = NamedTokenRevoked(aggregate_id=row.user_id, name=row.name)
    events_service.record(session, principal, revoked)
    return _view(row)


def own_tokens(session: ReadSession, principal: Principal) -> list[NamedTokenView]:
    """Return the person's keys that hold, by name."""
    principal.require(Permission.ACCOUNT_SELF)
    rows = session.scalars(
        select(NamedToken)
        .join(User, User.id == NamedToken.user_id)
        .where(
            NamedToken.user_id == principal.user_id,
            NamedToken.revoked_at.is_(None),
            NamedToken.expires_at > func.clock_timestamp(),
            NamedToken.token_version == User.token_version,
        )
        .order_by(func.lower(NamedToken.name))
    )
    return [_view(row) for row in rows]


def is_named(token: str) -> bool:
    """Say whether a bearer token is a named key, and no access token of a sign-in."""
    return token.startswith(PREFIX)


def principal_of_named_token(session: WriteSession, token: str, *, request_id: str) -> Principal:
    """Return whom a key belongs to, with the permissions of this moment.

    Being used is written down at most once a minute.

    Raises:
        TokenRefused: not ours, revoked, run out, or the person has been deactivated or signed out.
    """
    now = func.clock_timestamp()
    row = session.execute(
        select(
            NamedToken.id,
            NamedToken.user_id,
            User.name,
            browser_sessions.roles_of_user().label("roles"),
            func.coalesce(NamedToken.last_used_at < now - _TOUCH_AFTER, True).label("touch_due"),
        )
        .join(User, User.id == NamedToken.user_id)
        .where(
            NamedToken.token_hash == token_hash(token),
            NamedToken.revoked_at.is_(None),
            NamedToken.expires_at > now,
            NamedToken.token_version == User.token_version,
            User.is_active,
        )
    ).one_or_none()
    if row is None:
        raise TokenRefused
    if row.touch_due:
        session.execute(update(NamedToken).where(NamedToken.id == row.id).values(last_used_at=now))
    return browser_sessions.principal_with(
        UserId(row.user_id), row.name, row.roles, Origin.API, request_id
    )


def _retire(session: WriteSession, user: User, name: str) -> None:
    """Close a key of this name that has run out or was ended with every session."""
    session.execute(
        update(NamedToken)
        .where(
            NamedToken.user_id == user.id,
            func.lower(NamedToken.name) == func.lower(name),
            NamedToken.revoked_at.is_(None),
        )
        .values(revoked_at=func.clock_timestamp())
    )


def _view(row: NamedToken) -> NamedTokenView:
    return NamedTokenView(
        id=NamedTokenId(row.id),
        name=row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
