"""A technician with a project, for the use cases of storage."""

from collections.abc import Callable

import pytest

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from tests.factories.sequencing import make_person, make_project


@pytest.fixture
def technician(session: WriteSession) -> Principal:
    return make_person(
        session,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_TRANSITION,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_PLAN,
    )


@pytest.fixture
def project(session: WriteSession, technician: Principal) -> Project:
    return make_project(session, technician)


@pytest.fixture
def stranger(session: WriteSession) -> Principal:
    """Somebody who may do everything with storage, but sees no sample of the project."""
    return make_person(
        session,
        Permission.SAMPLES_VIEW,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_PLAN,
        name="Eve",
    )


@pytest.fixture
def onlooker(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_VIEW, Permission.SAMPLES_VIEW)
