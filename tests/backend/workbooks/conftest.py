"""Two people of two projects, and a store for what they send."""

from collections.abc import Callable

import pytest

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from tests.factories.imports import make_project_of
from tests.factories.people import make_user


@pytest.fixture
def files() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def person(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> Callable[[], Principal]:
    """Return a maker of people who may read documents and register samples."""

    def make() -> Principal:
        user = make_user(session)
        return principal_of(
            Permission.DOCUMENTS_VIEW,
            Permission.SAMPLES_REGISTER,
            Permission.SAMPLES_VIEW,
            name=user.name,
            user_id=user.id,
        )

    return make


@pytest.fixture
def ada(person: Callable[[], Principal]) -> Principal:
    return person()


@pytest.fixture
def ben(person: Callable[[], Principal]) -> Principal:
    return person()


@pytest.fixture
def project(session: WriteSession, ada: Principal) -> Project:
    code = make_project_of(session, ada)
    return session.query(Project).filter_by(code=code).one()
