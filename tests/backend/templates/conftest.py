"""Who imports, and into which project."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project, ProjectMember
from tests.factories.imports import make_project_of, make_registrar
from tests.support.clock import FrozenClock


@pytest.fixture
def registrar(
    session: WriteSession, principal_of: Callable[..., Principal], frozen_clock: FrozenClock
) -> Principal:
    return make_registrar(session, principal_of)


@pytest.fixture
def project(session: WriteSession, registrar: Principal) -> str:
    return make_project_of(session, registrar)


@pytest.fixture
def colleague(
    session: WriteSession,
    principal_of: Callable[..., Principal],
    registrar: Principal,
    project: str,
) -> Principal:
    """Return another member of the project."""
    other = make_registrar(session, principal_of)
    found = session.scalars(select(Project).where(Project.code == project)).one()
    assert other.user_id is not None
    assert other.user_id != registrar.user_id
    session.add(ProjectMember(project_id=found.id, user_id=other.user_id))
    session.flush()
    return other
