"""Jobs of a worker, run in the test's own process, and people who ask for them."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.core.config import Settings
from backend.core.principal import Origin, Principal, UserId
from backend.core.transaction import reading, writing
from jobs import execution, process
from jobs.queues import TASKS
from tests.factories.people import make_user

Somebody = Callable[[Role], Principal]


@pytest.fixture
def somebody(
    committed_database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Somebody:
    """Return how to make a person of a role; jobs run in this process from here on."""
    # Not in a fork: there is no parent whose connections to leave.
    monkeypatch.setattr(process, "forget_connections", lambda: None)
    execution.prepare(execution.Setup(settings=settings, worker="test", tasks=TASKS))

    def make(role: Role) -> Principal:
        with writing() as session:
            user_id = UserId(make_user(session, role).id)
        with reading() as session:
            person = auth_service.principal_of_user(
                session, user_id, origin=Origin.UI, request_id="test"
            )
        assert person is not None
        return person

    return make


@pytest.fixture
def technician(somebody: Somebody) -> Principal:
    return somebody(Role.TECHNICIAN)
