"""Facts as the event log hands them to a consumer, and people to tell them to."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.views import EventView
from tests.factories.people import make_user


@pytest.fixture
def fact() -> Callable[..., EventView]:
    """Return a maker of events: ``fact("storage.plan_ready", actor=ada, placements=3)``."""

    def make(kind: str, /, *, actor: UUID | None = None, **payload: Any) -> EventView:
        return EventView(
            pos=1,
            event_id=new_id(),
            aggregate_type="thing",
            aggregate_id=new_id(),
            seq=1,
            type=kind,
            payload=payload,
            actor_id=actor,
            actor_name="Ada",
            at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
            in_order=True,
        )

    return make


@pytest.fixture
def person(session: WriteSession, principal_of: Callable[..., Principal]) -> Principal:
    """Return a technician with an account, who may have notifications."""
    user = make_user(session, Role.TECHNICIAN, name="Ada Marsh")
    made: Principal = principal_of(
        Permission.NOTIFICATIONS_VIEW, name=user.name, user_id=UserId(user.id)
    )
    return made
