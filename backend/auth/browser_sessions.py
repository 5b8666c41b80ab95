"""Signed-in browsers: sign in, who a token belongs to, sign out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, ScalarSelect, String, bindparam, cast, func, select, update

from backend.auth import credentials, queries, rules
from backend.auth.clocks import database_now
from backend.auth.errors import SessionNotFound
from backend.auth.events import SignedOutEverywhere, SignInEnded
from backend.auth.ids import Role, UserSessionId
from backend.auth.models import RefreshToken, User, UserRole, UserSession
from backend.auth.secret_values import new_token, token_hash
from backend.auth.views import Locked, Refused, SignedIn, SignInOutcome
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service

IDLE_MINUTES = 30
SESSION_HOURS = 12
_TOUCH_AFTER = timedelta(minutes=1)


def sign_in(
    session: WriteSession,
    *,
    email: str,
    password: str,
    address: str,
    agent: str,
    previous_token: str | None = None,
    session_hours: int = SESSION_HOURS,
    request_id: str = "",
) -> SignInOutcome:
    """Check the password and open a session under a new token; ``previous_token``'s one ends.

    Returns the refusal instead of raising it, so that the attempt is committed and counts.
    """
    checked = credentials.check(session, email=email, password=password, address=address)
    if isinstance(checked, (Refused, Locked)):
        return checked
    if previous_token is not None:
        sign_out(session, previous_token)
    token = new_token()
    opened = UserSession(
        token_hash=token_hash(token),
        user_id=checked.user.id,
        token_version=checked.user.token_version,
        created_at=checked.at,
        last_seen_at=checked.at,
        expires_at=checked.at + timedelta(hours=session_hours),
        address=address[:64],
        agent=agent[:300],
    )
    session.add(opened)
    session.flush()
    view = queries.load_user(session, checked.user.id)
    events_service.audit(
        session,
        principal_with(view.id, view.name, view.roles, Origin.UI, request_id),
        action="auth.signed_in",
        entity="user",
        entity_id=view.id,
        new={"address": opened.address, "agent": opened.agent},
    )
    return SignedIn(token=token, user=view)


@dataclass(frozen=True, slots=True)
class SeenSession:
    """A person's session that holds, and whether it was last written down a minute ago or more."""

    session_id: UUID
    principal: Principal
    touch_due: bool


def principal_of_session(
    session: WriteSession,
    token: str,
    *,
    origin: Origin,
    request_id: str,
    idle_minutes: int = IDLE_MINUTES,
    touch: bool = True,
) -> Principal | None:
    """Return whom a session token belongs to, with the permissions of this moment.

    None when the session is unknown, ended, idle for too long, past its end, or the person is
    deactivated or signed out everywhere; all by the database's clock. Being seen is written down
    at most once a minute; with ``touch=False`` never (a poll does not keep a session alive).
    """
    seen = seen_session(
        session, token, origin=origin, request_id=request_id, idle_minutes=idle_minutes
    )
    if seen is None:
        return None
    if touch and seen.touch_due:
        touch_session(session, seen.session_id)
    return seen.principal


def seen_session(
    session: ReadSession,
    token: str,
    *,
    origin: Origin,
    request_id: str,
    idle_minutes: int = IDLE_MINUTES,
) -> SeenSession | None:
    """Return what `principal_of_session` does and write nothing: one question.

    Who asks so writes down that somebody was there (`touch_session`) when that is due.
    """
    asked = {"token_hash": token_hash(token), "idle": timedelta(minutes=idle_minutes)}
    row = session.execute(_HOLDER, asked).one_or_none()
    if row is None:
        return None
    session_id, user_id, name, roles, touch_due = row
    principal = principal_with(UserId(user_id), name, roles, origin, request_id)
    return SeenSession(session_id, principal, touch_due)


def touch_session(session: WriteSession, session_id: UUID) -> None:
    """Write down that the person was there now."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(last_seen_at=func.clock_timestamp())
    )


def principal_of_user(
    session: ReadSession, user_id: UUID, *, origin: Origin, request_id: str
) -> Principal | None:
    """Return a person with the permissions of this moment; None when deactivated or unknown."""
    row = session.execute(
        select(User.name, roles_of_user()).where(User.id == user_id, User.is_active)
    ).one_or_none()
    if row is None:
        return None
    return principal_with(UserId(user_id), row[0], row[1], origin, request_id)


def sign_out(session: WriteSession, token: str) -> None:
    """End the session of a token; an unknown token is as signed out as can be."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == token_hash(token), UserSession.ended_at.is_(None))
        .values(ended_at=func.clock_timestamp())
    )


def end_own_session(
    session: WriteSession, principal: Principal, *, session_id: UserSessionId
) -> None:
    """End one of the person's own sessions; its next request is refused.

    Raises:
        SessionNotFound: it is over already, or somebody else's.
    """
    principal.require(Permission.ACCOUNT_SELF)
    row = session.scalars(
        select(UserSession)
        .where(
            UserSession.id == session_id,
            UserSession.user_id == principal.user_id,
            UserSession.ended_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise SessionNotFound
    end(session, session_id)
    ended = SignInEnded(aggregate_id=row.user_id, door="browser", address=row.address)
    events_service.record(session, principal, ended)


def end(session: WriteSession, session_id: UUID) -> None:
    """End a session by its key, whoever's it is: the caller has asked who may."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .values(ended_at=func.clock_timestamp())
    )


def sign_out_everywhere(
    session: WriteSession, principal: Principal, *, user_id: UUID | None = None
) -> None:
    """End every session and API token of oneself, or of anyone for who manages people.

    Raises:
        UserNotFound: no such person.
    """
    whose = user_id if user_id is not None else principal.user_id
    principal.require(
        Permission.ACCOUNT_SELF if whose == principal.user_id else Permission.USERS_MANAGE
    )
    if whose is None:
        return
    queries.load_user(session, whose)
    end_all(session, whose)
    events_service.record(session, principal, SignedOutEverywhere(aggregate_id=whose))


def end_all(session: WriteSession, user_id: UUID) -> None:
    """Make every session and token of a person worthless from the next request on."""
    now = database_now(session)
    session.execute(
        update(User).where(User.id == user_id).values(token_version=User.token_version + 1)
    )
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.user_id == user_id, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def roles_of_user() -> ScalarSelect[list[str] | None]:
    """Select a user's roles, beside the user's own columns."""
    return (
        select(func.array_agg(cast(UserRole.role, String)))
        .where(UserRole.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )


def principal_with(
    user_id: UserId,
    name: str,
    roles: Iterable[str] | None,
    origin: Origin,
    request_id: str,
) -> Principal:
    """Return a person's principal; ``roles`` as `roles_of_user` gives them."""
    return Principal(
        user_id=user_id,
        name=name,
        permissions=rules.permissions_of(Role(role) for role in roles or ()),
        origin=origin,
        request_id=request_id,
    )


# Every request of a browser asks this, so it is written once.
_NOW = func.clock_timestamp()
_HOLDER = (
    select(
        UserSession.id,
        UserSession.user_id,
        User.name,
        roles_of_user(),
        UserSession.last_seen_at < _NOW - _TOUCH_AFTER,
    )
    .join(User, User.id == UserSession.user_id)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > _NOW,
        UserSession.last_seen_at > _NOW - bindparam("idle", type_=Interval),
        UserSession.token_version == User.token_version,
        User.is_active,
    )
)
