"""One-time links: how an invited person, or one who was reset, chooses a password.

The administrator hands the link over and never knows the password. Only the SHA-256 of the link's
token is kept; a newer link of the same person makes the earlier ones worthless.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from backend.auth import browser_sessions, passwords, people, queries
from backend.auth.clocks import database_now
from backend.auth.errors import LinkRefused, OwnAccount
from backend.auth.events import PasswordChanged, PasswordReset
from backend.auth.ids import Role
from backend.auth.models import PasswordLink, User
from backend.auth.secret_values import new_token, token_hash
from backend.auth.views import Invitation, UserView
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service

LINK_LIFE = timedelta(hours=48)


def invite(
    session: WriteSession,
    principal: Principal,
    *,
    email: str,
    name: str,
    roles: Collection[Role],
) -> Invitation:
    """Add a person and return the link through which they choose their password.

    Raises:
        InvalidInput: the address, the name or the roles; each fault stands at its field.
        EmailTaken: somebody has this address.
    """
    user = people.create_user(
        session, principal, email=email, name=name, password=None, roles=roles
    )
    return _new_link(session, user)


def reset_password(session: WriteSession, principal: Principal, *, user_id: UUID) -> Invitation:
    """Make a person's password and sessions worthless and return the link to a new password.

    Raises:
        UserNotFound: no such person.
        OwnAccount: nobody resets themselves.
    """
    principal.require(Permission.USERS_MANAGE)
    if user_id == principal.user_id:
        raise OwnAccount("reset the password of")
    user = people.lock_person(session, user_id)
    unknown = passwords.hash_password(new_token())
    session.execute(update(User).where(User.id == user_id).values(password_hash=unknown))
    browser_sessions.end_all(session, user_id)
    events_service.record(session, principal, PasswordReset(aggregate_id=user_id))
    return _new_link(session, user)


def find_link(session: ReadSession, token: str) -> UserView | None:
    """Return whose link this is; None when it is used, run out, or the person is locked."""
    user_id = session.scalar(
        select(PasswordLink.user_id)
        .join(User, User.id == PasswordLink.user_id)
        .where(
            PasswordLink.token_hash == token_hash(token.strip()),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > func.clock_timestamp(),
            User.is_active,
        )
    )
    return None if user_id is None else queries.load_user(session, user_id)


def use_link(session: WriteSession, *, token: str, password: str, request_id: str = "") -> UserView:
    """Give the link's person the password they chose. A refused password leaves the link whole.

    Raises:
        LinkRefused: used, run out, never given, or the person is locked.
        PasswordRefused: choose another one and use the same link again.
    """
    user = find_link(session, token)
    # Conditional update: of two browsers with one link, one finds it already used.
    spent = session.scalar(
        update(PasswordLink)
        .where(
            PasswordLink.token_hash == token_hash(token.strip()),
            PasswordLink.used_at.is_(None),
        )
        .values(used_at=func.clock_timestamp())
        .returning(PasswordLink.id)
    )
    if user is None or spent is None:
        raise LinkRefused
    people.require_good_password(session, password, email=user.email, name=user.name)
    hashed = passwords.hash_password(password)
    session.execute(update(User).where(User.id == user.id).values(password_hash=hashed))
    browser_sessions.end_all(session, user.id)
    oneself = Principal(
        user_id=user.id,
        name=user.name,
        permissions=frozenset({Permission.ACCOUNT_SELF}),
        origin=Origin.UI,
        request_id=request_id,
    )
    events_service.record(session, oneself, PasswordChanged(aggregate_id=user.id))
    return user


def _new_link(session: WriteSession, user: UserView) -> Invitation:
    now = database_now(session)
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )
    token = new_token()
    until = now + LINK_LIFE
    session.add(PasswordLink(token_hash=token_hash(token), user_id=user.id, expires_at=until))
    session.flush()
    return Invitation(user=user, token=token, expires_at=until)
