"""Reading people and their sessions."""

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, String, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from backend.auth.errors import UserNotFound
from backend.auth.ids import Role, UserSessionId
from backend.auth.models import Laboratory, RefreshToken, User, UserRole, UserSession
from backend.auth.secret_values import token_hash
from backend.auth.views import LaboratoryView, OpenSignIn, SessionView, UserView
from backend.core import clock
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import ReadSession

SIGN_INS_SHOWN = 200
"""Open sign-ins of each kind that are listed, the last used ones."""


def people(session: ReadSession, principal: Principal) -> list[UserView]:
    """Return every person, active ones first, by name."""
    principal.require(Permission.USERS_MANAGE)
    rows = session.execute(_with_roles().order_by(User.is_active.desc(), User.name, User.id))
    return [user_view(row) for row in rows]


def get_person(session: ReadSession, principal: Principal, user_id: UUID) -> UserView:
    """Return a person: oneself, or anyone for who manages people.

    Raises:
        UserNotFound: no such person.
    """
    if user_id != principal.user_id:
        principal.require(Permission.USERS_MANAGE)
    return load_user(session, user_id)


def get_person_by_email(session: ReadSession, principal: Principal, email: str) -> UserView:
    """Return a person by their address, in whatever case of letters.

    Raises:
        UserNotFound: nobody has this address.
    """
    principal.require(Permission.USERS_MANAGE)
    found = _with_roles().where(func.lower(User.email) == func.lower(email.strip()))
    row = session.execute(found).one_or_none()
    if row is None:
        raise UserNotFound(email.strip())
    return user_view(row)


def own_sessions(
    session: ReadSession,
    principal: Principal,
    *,
    current_token: str | None = None,
    idle_minutes: int | None = None,
) -> list[SessionView]:
    """Return the person's open sessions, last used first; with ``idle_minutes`` none idled out."""
    principal.require(Permission.ACCOUNT_SELF)
    now = func.clock_timestamp()
    found = (
        select(UserSession)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.user_id == principal.user_id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.token_version == User.token_version,
        )
    )
    if idle_minutes is not None:
        found = found.where(UserSession.last_seen_at > now - timedelta(minutes=idle_minutes))
    current = None if current_token is None else token_hash(current_token)
    rows = session.scalars(found.order_by(UserSession.last_seen_at.desc()))
    return [_session_view(row, current) for row in rows]


def open_sign_ins(
    session: ReadSession, principal: Principal, *, idle_minutes: int
) -> list[OpenSignIn]:
    """Return everybody's open sign-ins, last used first.

    Those are browsers that have not idled out, and API clients whose refresh token still holds.
    """
    principal.require(Permission.USERS_MANAGE)
    found = [*_open_browsers(session, idle_minutes), *_open_clients(session)]
    return sorted(found, key=lambda each: each.last_used_at, reverse=True)


def get_laboratory(session: Session) -> LaboratoryView | None:
    """Return whose laboratory this is; None before it is set up. Shown before sign-in."""
    row = session.execute(
        select(Laboratory.name, Laboratory.time_zone, Laboratory.is_demo)
    ).one_or_none()
    if row is None:
        return None
    return LaboratoryView(name=row.name, time_zone=row.time_zone, is_demo=row.is_demo)


def laboratory_day(session: Session) -> date:
    """Return today by the laboratory's calendar; UTC's before it is set up."""
    laboratory = get_laboratory(session)
    zone = ZoneInfo(laboratory.time_zone) if laboratory else UTC
    return clock.utc_now().astimezone(zone).date()


def demo_people_exist(session: ReadSession) -> bool:
    """Say whether demonstration people may sign in; production refuses to start with them."""
    found = select(User.id).where(User.is_demo, User.is_active).limit(1)
    return session.scalar(found) is not None


def users_with_permission(session: ReadSession, roles: Sequence[Role]) -> list[UserId]:
    """Return the active people who hold one of ``roles``: whom a notification concerns."""
    rows = session.scalars(
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.is_active, UserRole.role.in_(roles))
        .distinct()
        .order_by(User.id)
    )
    return [UserId(row) for row in rows]


def active_names(session: Session) -> dict[UserId, str]:
    """Return the names of everybody who may sign in, in the order of their names."""
    rows = session.execute(
        select(User.id, User.name).where(User.is_active).order_by(User.name, User.id)
    )
    return {UserId(user_id): name for user_id, name in rows}


def load_user(session: Session, user_id: UUID) -> UserView:
    """Return a person without asking who asks; for use inside auth.

    Raises:
        UserNotFound: no such person.
    """
    row = session.execute(_with_roles().where(User.id == user_id)).one_or_none()
    if row is None:
        raise UserNotFound
    return user_view(row)


def user_view(row: Row[User, list[str] | None]) -> UserView:
    """Return the view of a person and their roles."""
    user, roles = row
    return UserView(
        id=UserId(user.id),
        email=user.email,
        name=user.name,
        roles=tuple(Role(role) for role in roles or ()),
        is_active=user.is_active,
        is_demo=user.is_demo,
        created_at=user.created_at,
        last_signed_in_at=user.last_signed_in_at,
        theme=user.theme,
        density=user.density,
    )


def _with_roles() -> Select[User, list[str] | None]:
    roles = (
        select(func.array_agg(aggregate_order_by(cast(UserRole.role, String), UserRole.role)))
        .where(UserRole.user_id == User.id)
        .scalar_subquery()
    )
    return select(User, roles)


def _open_browsers(session: ReadSession, idle_minutes: int) -> list[OpenSignIn]:
    now = func.clock_timestamp()
    rows = session.execute(
        select(UserSession, User.name)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.last_seen_at > now - timedelta(minutes=idle_minutes),
            UserSession.token_version == User.token_version,
            User.is_active,
        )
        .order_by(UserSession.last_seen_at.desc())
        .limit(SIGN_INS_SHOWN)
    )
    return [
        OpenSignIn(
            door="browser",
            key=row.id,
            user_id=UserId(row.user_id),
            name=name,
            since=row.created_at,
            last_used_at=row.last_seen_at,
            until=row.expires_at,
            address=row.address,
            agent=row.agent,
        )
        for row, name in rows
    ]


def _open_clients(session: ReadSession) -> list[OpenSignIn]:
    """Return the token families whose newest refresh token still holds."""
    first = aliased(RefreshToken)
    since = (
        select(func.min(first.created_at))
        .where(first.family_id == RefreshToken.family_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(RefreshToken, User.name, since)
        .join(User, User.id == RefreshToken.user_id)
        .where(
            RefreshToken.used_at.is_(None),
            RefreshToken.revoked_at.is_(None),
            RefreshToken.expires_at > func.clock_timestamp(),
            RefreshToken.token_version == User.token_version,
            User.is_active,
        )
        .order_by(RefreshToken.created_at.desc())
        .limit(SIGN_INS_SHOWN)
    )
    return [
        OpenSignIn(
            door="api",
            key=row.family_id,
            user_id=UserId(row.user_id),
            name=name,
            since=started or row.created_at,
            last_used_at=row.created_at,
            until=row.expires_at,
            address=row.address,
            agent="",
        )
        for row, name, started in rows
    ]


def _session_view(row: UserSession, current: bytes | None) -> SessionView:
    return SessionView(
        id=UserSessionId(row.id),
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        address=row.address,
        agent=row.agent,
        is_current=row.token_hash == current,
    )
