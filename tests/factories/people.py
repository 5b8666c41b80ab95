"""People of tests."""

import itertools
from functools import lru_cache

from backend.auth import passwords, queries
from backend.auth.ids import Role
from backend.auth.models import User, UserRole
from backend.auth.views import UserView
from backend.core.sessions import WriteSession

PASSWORD = "clear quartz over the bench"

_numbers = itertools.count(1)


def make_user(
    session: WriteSession,
    *roles: Role,
    email: str | None = None,
    name: str = "Ada Marsh",
    is_active: bool = True,
    is_demo: bool = False,
) -> UserView:
    """Add a person whose password is PASSWORD; an administrator stays an exception."""
    user = User(
        email=email or f"person-{next(_numbers)}@laboratory.example",
        name=name,
        password_hash=_hash(),
        is_active=is_active,
        is_demo=is_demo,
    )
    session.add(user)
    session.flush()
    session.add_all(UserRole(user_id=user.id, role=role) for role in roles or (Role.TECHNICIAN,))
    session.flush()
    return queries.load_user(session, user.id)


@lru_cache(maxsize=1)
def _hash() -> str:
    return passwords.hash_password(PASSWORD)
