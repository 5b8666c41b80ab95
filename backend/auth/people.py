"""People: create, roles, deactivate, passwords, preferences."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from backend.auth import browser_sessions, credentials, passwords, queries, rules
from backend.auth.errors import (
    EmailTaken,
    LastAdministrator,
    OwnAccount,
    PasswordRefused,
    UserNotFound,
)
from backend.auth.events import (
    PasswordChanged,
    RolesSet,
    UserCreated,
    UserDeactivated,
    UserReactivated,
)
from backend.auth.ids import Role
from backend.auth.models import User, UserRole, UserSession
from backend.auth.secret_values import new_token, token_hash
from backend.auth.views import Density, Locked, Refused, Theme, UserView
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service


def create_user(
    session: WriteSession,
    principal: Principal,
    *,
    email: str,
    name: str,
    password: str | None,
    roles: Collection[Role],
    is_demo: bool = False,
) -> UserView:
    """Add a person who may sign in; without a password only after choosing one through a link.

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
    if password is None:
        password = new_token()  # known to nobody
    else:
        require_good_password(session, password, email=email, name=name)
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
    before = lock_person(session, user_id)
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
    before = lock_person(session, user_id)
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
    before = lock_person(session, user_id)
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
) -> Refused | Locked | None:
    """Change one's own password; every session but ``keep_token``'s ends, and every API token.

    A wrong ``current`` is returned, not raised, so that the try is committed and counts: whoever
    sits down at an open browser cannot go on guessing.

    Raises:
        PasswordRefused: the new one is too short, too long, easy to guess or the old one.
    """
    principal.require(Permission.ACCOUNT_SELF)
    user = session.get(User, principal.user_id, with_for_update=True)
    if user is None:
        raise UserNotFound
    # Tries here lock nobody out of signing in from where they always do, as with signatures.
    checked = credentials.verify(
        session, email=user.email, password=current, address=f"password:{user.id}"
    )
    match checked:
        case Refused():
            return Refused(message="The current password is not right. Type it again.")
        case Locked():
            return checked
    if new == current:
        raise PasswordRefused("This is the password that you have. Choose another.", field="new")
    require_good_password(session, new, email=user.email, name=user.name, field="new")
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
    return None


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


def require_good_password(
    session: ReadSession, password: str, *, email: str, name: str, field: str = "password"
) -> None:
    """Refuse a password that is too short or easy to guess for this person here.

    Raises:
        PasswordRefused: the sentence says why.
    """
    laboratory = queries.get_laboratory(session)
    context = ["tracseq", *email.partition("@")[0].split("."), *name.split()]
    context += laboratory.name.split() if laboratory is not None else []
    fault = rules.password_fault(password, common=passwords.common_passwords(), context=context)
    if fault is not None:
        raise PasswordRefused(fault, field=field)


def lock_person(session: WriteSession, user_id: UUID) -> UserView:
    """Lock a person and every administrator, in one order, and return the person.

    Raises:
        UserNotFound: no such person.
    """
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
