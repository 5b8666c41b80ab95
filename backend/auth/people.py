"""People and the laboratory: create, roles, deactivate, passwords, preferences, first start."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from backend.auth import browser_sessions, passwords, queries, rules
from backend.auth.clocks import database_now
from backend.auth.errors import (
    EmailTaken,
    LastAdministrator,
    OwnAccount,
    PasswordRefused,
    SetupTokenRefused,
    UserNotFound,
)
from backend.auth.events import (
    LaboratoryCreated,
    PasswordChanged,
    RolesSet,
    UserCreated,
    UserDeactivated,
    UserReactivated,
)
from backend.auth.ids import Role
from backend.auth.models import Laboratory, SetupToken, User, UserRole, UserSession
from backend.auth.secret_values import new_token, token_hash
from backend.auth.views import Density, LaboratoryView, Theme, UserView
from backend.core.errors import Conflict, InvalidInput
from backend.core.ids import id_at
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.events import service as events_service

_SETUP_TOKEN_LIFE = timedelta(minutes=15)
_LABORATORY_ID = id_at(0, 1)
"""The one laboratory's key in events; its row is the singleton 1."""


def create_user(
    session: WriteSession,
    principal: Principal,
    *,
    email: str,
    name: str,
    password: str,
    roles: Collection[Role],
    is_demo: bool = False,
) -> UserView:
    """Add a person who may sign in.

    Raises:
        InvalidInput: the address, the name or the roles; each fault stands at its field.
        PasswordRefused: too short, too long or easy to guess.
        EmailTaken: somebody has this address.
    """
    principal.require(Permission.USERS_MANAGE)
    email, name = email.strip(), name.strip()
    faults = rules.person_faults(email=email, name=name, roles=roles)
    if faults:
        raise InvalidInput("The person cannot be added yet.", fields=faults)
    _require_good_password(session, password, email=email, name=name)
    if session.scalar(select(User.id).where(func.lower(User.email) == func.lower(email))):
        raise EmailTaken(email)
    user = User(
        email=email, name=name, password_hash=passwords.hash_password(password), is_demo=is_demo
    )
    session.add(user)
    session.flush()
    session.add_all(UserRole(user_id=user.id, role=role) for role in sorted(set(roles)))
    session.flush()
    named = tuple(sorted(set(roles)))
    events_service.record(
        session,
        principal,
        UserCreated(aggregate_id=user.id, email=email, name=name, roles=named),
    )
    return queries.load_user(session, user.id)


def set_roles(
    session: WriteSession, principal: Principal, *, user_id: UUID, roles: Collection[Role]
) -> UserView:
    """Give a person exactly these roles, from their next request on.

    Administrators' rows are locked first, so two who demote each other cannot both succeed.

    Raises:
        UserNotFound: no such person.
        OwnAccount: nobody changes their own roles.
        LastAdministrator: nobody would be left to let people in.
    """
    principal.require(Permission.USERS_MANAGE)
    if user_id == principal.user_id:
        raise OwnAccount("change the roles of")
    if not roles:
        raise InvalidInput("Choose at least one role.", fields={"roles": "Choose a role."})
    before = _lock_person(session, user_id)
    _keep_an_administrator(session, before, roles)
    session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    session.execute(
        insert(UserRole),
        [{"user_id": user_id, "role": role} for role in sorted(set(roles))],
    )
    after = queries.load_user(session, user_id)
    events_service.record(
        session,
        principal,
        RolesSet(aggregate_id=user_id, roles=after.roles),
        old={"roles": before.roles},
        new={"roles": after.roles},
    )
    return after


def deactivate(session: WriteSession, principal: Principal, *, user_id: UUID) -> UserView:
    """Let a person in no more: their next request is refused. What they did stays theirs.

    Raises:
        UserNotFound: no such person.
        OwnAccount: nobody deactivates themselves.
        LastAdministrator: nobody would be left to let people in.
    """
    principal.require(Permission.USERS_MANAGE)
    if user_id == principal.user_id:
        raise OwnAccount("deactivate")
    before = _lock_person(session, user_id)
    if not before.is_active:
        return before
    _keep_an_administrator(session, before, ())
    session.execute(update(User).where(User.id == user_id).values(is_active=False))
    browser_sessions.end_all(session, user_id)
    events_service.record(
        session,
        principal,
        UserDeactivated(aggregate_id=user_id),
        old={"is_active": True},
        new={"is_active": False},
    )
    return _reloaded(session, user_id)


def reactivate(session: WriteSession, principal: Principal, *, user_id: UUID) -> UserView:
    """Let a deactivated person sign in again, with the password and roles they had.

    Raises:
        UserNotFound: no such person.
    """
    principal.require(Permission.USERS_MANAGE)
    before = _lock_person(session, user_id)
    if before.is_active:
        return before
    session.execute(update(User).where(User.id == user_id).values(is_active=True))
    events_service.record(
        session,
        principal,
        UserReactivated(aggregate_id=user_id),
        old={"is_active": False},
        new={"is_active": True},
    )
    return _reloaded(session, user_id)


def change_password(
    session: WriteSession,
    principal: Principal,
    *,
    current: str,
    new: str,
    keep_token: str | None = None,
) -> None:
    """Change one's own password; every session but ``keep_token``'s ends, and every API token.

    Raises:
        InvalidInput: the current password is not right.
        PasswordRefused: the new one is too short, too long or easy to guess.
    """
    principal.require(Permission.ACCOUNT_SELF)
    user = session.get(User, principal.user_id, with_for_update=True)
    if user is None:
        raise UserNotFound
    if not passwords.verifies(user.password_hash, current):
        wrong = "The current password is not right."
        raise InvalidInput(wrong, fields={"current": wrong})
    _require_good_password(session, new, email=user.email, name=user.name, field="new")
    user.password_hash = passwords.hash_password(new)
    session.flush()
    browser_sessions.end_all(session, user.id)
    if keep_token is not None:
        session.execute(
            update(UserSession)
            .where(UserSession.token_hash == token_hash(keep_token), UserSession.user_id == user.id)
            .values(ended_at=None, token_version=_token_version(session, user.id))
        )
    events_service.record(session, principal, PasswordChanged(aggregate_id=user.id))


def set_preferences(
    session: WriteSession,
    principal: Principal,
    *,
    theme: Theme | str | None = None,
    density: Density | str | None = None,
) -> None:
    """Remember how the person likes to see the program; None leaves a choice as it is.

    Raises:
        InvalidInput: a theme or density that does not exist.
    """
    principal.require(Permission.ACCOUNT_SELF)
    faults = rules.preference_faults(theme=theme, density=density)
    if faults:
        raise InvalidInput("This choice does not exist.", fields=faults)
    chosen = {"theme": theme, "density": density}
    values = {name: choice for name, choice in chosen.items() if choice is not None}
    if values and principal.user_id is not None:
        session.execute(update(User).where(User.id == principal.user_id).values(**values))


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
    return create_user(
        session, setup, email=email, name=name, password=password, roles=[Role.ADMINISTRATOR]
    )


def _require_good_password(
    session: WriteSession, password: str, *, email: str, name: str, field: str = "password"
) -> None:
    laboratory = queries.get_laboratory(session)
    context = ["tracseq", *email.partition("@")[0].split("."), *name.split()]
    context += laboratory.name.split() if laboratory is not None else []
    fault = rules.password_fault(password, common=passwords.common_passwords(), context=context)
    if fault is not None:
        raise PasswordRefused(fault, field=field)


def _lock_person(session: WriteSession, user_id: UUID) -> UserView:
    administrators = select(UserRole.user_id).where(UserRole.role == Role.ADMINISTRATOR)
    session.execute(
        select(User.id)
        .where((User.id == user_id) | User.id.in_(administrators))
        .order_by(User.id)
        .with_for_update()
    )
    return queries.load_user(session, user_id)


def _keep_an_administrator(
    session: WriteSession, before: UserView, roles: Collection[Role]
) -> None:
    if not before.is_active or Role.ADMINISTRATOR not in before.roles:
        return
    others = session.scalars(
        select(func.count())
        .select_from(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.is_active, UserRole.role == Role.ADMINISTRATOR, User.id != before.id)
    ).one()
    if not rules.keeps_an_administrator(others, roles):
        raise LastAdministrator


def _token_version(session: WriteSession, user_id: UUID) -> int:
    return session.scalars(select(User.token_version).where(User.id == user_id)).one()


def _reloaded(session: WriteSession, user_id: UUID) -> UserView:
    session.expire_all()
    return queries.load_user(session, user_id)
