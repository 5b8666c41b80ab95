"""Who imports, and into which project."""

from collections.abc import Callable

import pytest

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
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
