"""Two people who handle the tubes of one project."""

import pytest

from backend.auth.ids import Role
from backend.auth.rules import permissions_of
from backend.core.principal import Origin, Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from tests.factories.people import make_user
from tests.factories.sequencing import make_project


def signed_in(session: WriteSession, role: Role, name: str) -> Principal:
    """Return a person with an account and a role's permissions."""
    user = make_user(session, role, name=name)
    return Principal(
        user_id=user.id,
        name=name,
        permissions=permissions_of([role]),
        origin=Origin.UI,
        request_id="test",
    )


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return signed_in(session, Role.TECHNICIAN, "Ada")


@pytest.fixture
def ben(session: WriteSession) -> Principal:
    return signed_in(session, Role.TECHNICIAN, "Ben")


@pytest.fixture
def project(session: WriteSession, ada: Principal) -> Project:
    return make_project(session, ada)
