"""The laboratory itself: whose it is, and how its first administrator comes in."""

from datetime import timedelta

from sqlalchemy import func, select, update

from backend.auth import people, queries, rules
from backend.auth.clocks import database_now
from backend.auth.errors import LaboratoryMissing, SetupTokenRefused
from backend.auth.events import LaboratoryChanged, LaboratoryCreated
from backend.auth.ids import Role
from backend.auth.models import Laboratory, SetupToken, User
from backend.auth.secret_values import new_token, token_hash
from backend.auth.views import LaboratoryView, UserView
from backend.core.errors import Conflict, InvalidInput
from backend.core.ids import id_at
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.events import service as events_service

_SETUP_TOKEN_LIFE = timedelta(minutes=15)
_LABORATORY_ID = id_at(0, 1)
"""The one laboratory's key in events; its row is the singleton 1."""


def create_laboratory(
    session: WriteSession, principal: Principal, *, name: str, time_zone: str, is_demo: bool
) -> LaboratoryView:
    """Write down whose laboratory this database is.

    Raises:
        InvalidInput: no name, or no such time zone.
        Conflict: the database already holds a laboratory.
    """
    principal.require(Permission.USERS_MANAGE)
    faults = rules.laboratory_faults(name=name, time_zone=time_zone)
    if faults:
        raise InvalidInput("The laboratory cannot be made yet.", fields=faults)
    existing = queries.get_laboratory(session)
    if existing is not None:
        raise Conflict(f"This database already holds the laboratory “{existing.name}”.")
    session.add(Laboratory(name=name.strip(), time_zone=time_zone, is_demo=is_demo))
    session.flush()
    events_service.record(
        session,
        principal,
        LaboratoryCreated(
            aggregate_id=_LABORATORY_ID, name=name, time_zone=time_zone, is_demo=is_demo
        ),
    )
    return LaboratoryView(name=name.strip(), time_zone=time_zone, is_demo=is_demo)


def change_laboratory(
    session: WriteSession, principal: Principal, *, name: str, time_zone: str
) -> LaboratoryView:
    """Rename the laboratory or move it to another time zone; pages show it within half a minute.

    Raises:
        InvalidInput: no name, or no such time zone.
        LaboratoryMissing: none is set up yet.
    """
    principal.require(Permission.USERS_MANAGE)
    name, time_zone = name.strip(), time_zone.strip()
    faults = rules.laboratory_faults(name=name, time_zone=time_zone)
    if faults:
        raise InvalidInput("The laboratory stays as it is.", fields=faults)
    row = session.scalars(select(Laboratory).with_for_update()).one_or_none()
    if row is None:
        raise LaboratoryMissing
    old = {"name": row.name, "time_zone": row.time_zone}
    new = {"name": name, "time_zone": time_zone}
    if new != old:
        row.name, row.time_zone = name, time_zone
        session.flush()
        changed = LaboratoryChanged(aggregate_id=_LABORATORY_ID, name=name, time_zone=time_zone)
        events_service.record(session, principal, changed, old=old, new=new)
    return LaboratoryView(name=name, time_zone=time_zone, is_demo=row.is_demo)


def create_setup_token(session: WriteSession) -> str:
    """Return a new one-time token, good for 15 minutes; earlier ones are worthless.

    Raises:
        Conflict: somebody can already sign in, so they let others in.
    """
    if session.scalar(select(User.id).where(User.is_active).limit(1)) is not None:
        raise Conflict(
            "This laboratory has people already. An administrator adds others on the Admin page, "
            "or use “tracseq users add”."
        )
    now = database_now(session)
    session.execute(update(SetupToken).where(SetupToken.used_at.is_(None)).values(used_at=now))
    token = new_token()
    session.add(SetupToken(token_hash=token_hash(token), expires_at=now + _SETUP_TOKEN_LIFE))
    session.flush()
    return token


def use_setup_token(
    session: WriteSession, *, token: str, email: str, name: str, password: str
) -> UserView:
    """Make the first administrator. The token is spent only when the person could be added.

    Raises:
        SetupTokenRefused: used, run out, or never given.
        InvalidInput, PasswordRefused: correct the fields and use the same token again.
    """
    # Conditional update: of two browsers with one token, one finds the row already used.
    spent = session.scalar(
        update(SetupToken)
        .where(
            SetupToken.token_hash == token_hash(token.strip()),
            SetupToken.used_at.is_(None),
            SetupToken.expires_at > func.clock_timestamp(),
        )
        .values(used_at=func.clock_timestamp())
        .returning(SetupToken.id)
    )
    if spent is None:
        raise SetupTokenRefused
    setup = machinery("First set-up", Permission.USERS_MANAGE, request_id=f"setup-{spent}")
    return people.create_user(
        session, setup, email=email, name=name, password=password, roles=[Role.ADMINISTRATOR]
    )
