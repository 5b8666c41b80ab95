"""Positions that stay empty, and those that are reserved until a day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples.models import Project
from backend.storage import box_queries, service
from backend.storage.errors import BlockingRefused, BoxFull, NotBlocked
from backend.storage.models import BlockedPosition
from backend.storage.rules import Position
from tests.factories.sequencing import make_person
from tests.factories.storage import Freezer, make_freezer, make_tube
from tests.support.clock import FrozenClock

A1, A2 = Position(1, 1), Position(1, 2)


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


@pytest.fixture
def reserved(session: WriteSession, administrator: Principal, frozen_clock: FrozenClock) -> Freezer:
    """A box of two positions of which the first is reserved for a day."""
    freezer = make_freezer(session, rows=1, columns=2)
    service.block_position(
        session,
        administrator,
        box_id=freezer.box_id,
        position=A1,
        reason="controls of trial 9",
        until=clock.utc_now() + timedelta(days=1),
    )
    return freezer


def test_a_reserved_position_is_taken_until_its_day(
    session: WriteSession, technician: Principal, project: Project, reserved: Freezer
) -> None:
    place = make_tube(session, project), make_tube(session, project)
    service.place_sample(session, technician, sample_id=place[0], box_id=reserved.box_id)

    with pytest.raises(BoxFull):
        service.place_sample(session, technician, sample_id=place[1], box_id=reserved.box_id)


def test_once_its_day_has_come_a_reservation_is_free_for_whoever_places(
    session: WriteSession,
    technician: Principal,
    project: Project,
    reserved: Freezer,
    frozen_clock: FrozenClock,
) -> None:
    frozen_clock.advance(days=1)
    seen = box_queries.box_contents(session, technician, reserved.box_id)

    for _ in range(2):
        service.place_sample(
            session,
            technician,
            sample_id=make_tube(session, project),
            box_id=reserved.box_id,
        )

    assert seen.blocked == ()
    box = box_queries.get_box(session, technician, reserved.box_id)
    assert (box.used, box.capacity) == (2, 2)
    assert session.scalars(select(BlockedPosition)).all() == []


def test_the_hourly_job_frees_what_nobody_has_touched(
    session: WriteSession,
    principal_of: Callable[..., Principal],
    administrator: Principal,
    reserved: Freezer,
    frozen_clock: FrozenClock,
) -> None:
    clockwork = principal_of(Permission.HEALTH_OPERATE)
    service.block_position(
        session, administrator, box_id=reserved.box_id, position=A2, reason="bent clip"
    )

    early = service.free_expired(session, clockwork, now=clock.utc_now())
    frozen_clock.advance(days=2)
    freed = service.free_expired(session, clockwork, now=clock.utc_now())

    assert (early, freed) == (0, 1)
    box = box_queries.get_box(session, administrator, reserved.box_id)
    assert box.capacity == 1
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.position_unblocked")
    ).one()
    assert (entry.old_values, entry.reason) == ({"position": "A1"}, "its day has come")


def test_a_position_is_freed_by_hand_and_only_once(
    session: WriteSession, administrator: Principal, reserved: Freezer
) -> None:
    service.unblock_position(session, administrator, box_id=reserved.box_id, position=A1)

    assert box_queries.get_box(session, administrator, reserved.box_id).capacity == 2
    with pytest.raises(NotBlocked, match="is not blocked"):
        service.unblock_position(session, administrator, box_id=reserved.box_id, position=A1)


def test_a_position_is_not_blocked_without_a_reason_or_until_yesterday(
    session: WriteSession, administrator: Principal, frozen_clock: FrozenClock
) -> None:
    freezer = make_freezer(session)

    with pytest.raises(BlockingRefused) as refusal:
        service.block_position(
            session,
            administrator,
            box_id=freezer.box_id,
            position=A1,
            reason=" ",
            until=clock.utc_now() - timedelta(days=1),
        )

    assert set(refusal.value.fields) == {"reason", "until"}
    assert session.scalars(select(BlockedPosition)).all() == []


def test_who_only_places_frees_no_blocked_position(
    session: WriteSession, technician: Principal, reserved: Freezer
) -> None:
    with pytest.raises(PermissionDenied):
        service.unblock_position(session, technician, box_id=reserved.box_id, position=A1)
