"""A technician, an investigator with one project, and somebody with none."""

import pytest

from backend.auth.ids import Role
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from tests.factories.people import make_user
from tests.factories.sequencing import make_person, make_project


def signer(session: WriteSession, role: Role, name: str, *permissions: Permission) -> Principal:
    """Return a person who can sign with PASSWORD."""
    user = make_user(session, role, name=name)
    return Principal(
        user_id=user.id,
        name=user.name,
        permissions=frozenset(
            {
                Permission.ACCOUNT_SELF,
                Permission.SAMPLES_VIEW,
                Permission.SAMPLES_HOLD,
                Permission.STORAGE_VIEW,
                *permissions,
            }
        ),
        origin=Origin.UI,
        request_id="test",
    )


@pytest.fixture
def technician(session: WriteSession) -> Principal:
    return signer(
        session,
        Role.TECHNICIAN,
        "Ada",
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.STORAGE_PLACE,
    )


@pytest.fixture
def investigator(session: WriteSession) -> Principal:
    return signer(session, Role.PRINCIPAL_INVESTIGATOR, "Ines")


@pytest.fixture
def project(session: WriteSession, investigator: Principal) -> Project:
    return make_project(session, investigator)


@pytest.fixture
def onlooker(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.SAMPLES_VIEW, name="Otto")
