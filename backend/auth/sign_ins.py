"""Open sign-ins of everybody, browsers' and API clients', for who manages people."""

from typing import Literal, assert_never
from uuid import UUID

from sqlalchemy import select

from backend.auth import api_tokens, browser_sessions
from backend.auth.clocks import database_now
from backend.auth.errors import SessionNotFound
from backend.auth.events import SignInEnded
from backend.auth.models import RefreshToken, UserSession
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service

Door = Literal["browser", "api"]


def end_sign_in(session: WriteSession, principal: Principal, *, door: Door, key: UUID) -> None:
    """End one sign-in of anybody; its next request is refused.

    Raises:
        SessionNotFound: it is over already.
    """
    principal.require(Permission.USERS_MANAGE)
    match door:
        case "browser":
            user_id, address = _end_browser(session, key)
        case "api":
            user_id, address = _end_family(session, key)
        case _:
            assert_never(door)
    ended = SignInEnded(aggregate_id=user_id, door=door, address=address)
    events_service.record(session, principal, ended)


def _end_browser(session: WriteSession, key: UUID) -> tuple[UUID, str]:
    row = session.scalars(
        select(UserSession)
        .where(UserSession.id == key, UserSession.ended_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise SessionNotFound
    browser_sessions.end(session, key)
    return row.user_id, row.address


def _end_family(session: WriteSession, key: UUID) -> tuple[UUID, str]:
    row = session.scalars(
        select(RefreshToken)
        .where(RefreshToken.family_id == key, RefreshToken.revoked_at.is_(None))
        .order_by(RefreshToken.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise SessionNotFound
    api_tokens.revoke_family(session, key, database_now(session))
    return row.user_id, row.address
