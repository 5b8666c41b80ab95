"""Whether a unit takes samples, why, and until when."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.models import Project
from backend.storage import queries, service
from backend.storage.errors import PlacementRefused, StatusRefused, UnitNotEmpty
from backend.storage.ids import NodeId, UnitStatus
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_tube, stand

TODAY = date(2026, 11, 23)


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


@pytest.fixture
def clockwork(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE)


def back_up(
    session: WriteSession, administrator: Principal, unit_id: NodeId, move_back_on: date
) -> None:
    service.set_unit_status(
        session,
        administrator,
        unit_id=unit_id,
        status=UnitStatus.BACKUP,
        reason="for ULT-04, compressor",
        move_back_on=move_back_on,
        today=TODAY,
    )


def told(session: WriteSession) -> list[tuple[str, int]]:
    events = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "storage.move_back_due"))
    return [(each.payload["due_on"], each.payload["samples"]) for each in events]


@pytest.mark.parametrize(
    ("asked", "faulty"),
    [
        ((UnitStatus.BACKUP, "for ULT-04", None), {"move_back_on"}),
        ((UnitStatus.BACKUP, " ", TODAY - timedelta(days=1)), {"reason", "move_back_on"}),
        ((UnitStatus.DEFROSTING, "", None), {"reason"}),
        ((UnitStatus.RETIRED, "", None), {"reason"}),
        ((UnitStatus.ACTIVE, "", TODAY), {"move_back_on"}),
    ],
)
def test_a_status_without_its_reason_or_day_is_refused(
    session: WriteSession,
    administrator: Principal,
    asked: tuple[UnitStatus, str, date | None],
    faulty: set[str],
) -> None:
    freezer = make_freezer(session)
    status, reason, move_back_on = asked

    with pytest.raises(StatusRefused) as refusal:
        service.set_unit_status(
            session,
            administrator,
            unit_id=freezer.unit_id,
            status=status,
            reason=reason,
            move_back_on=move_back_on,
            today=TODAY,
        )

    assert set(refusal.value.fields) == faulty


def test_a_backup_unit_says_why_and_until_when(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session)

    back_up(session, administrator, freezer.unit_id, TODAY)

    (unit,) = queries.occupancy_by_unit(session, administrator)
    assert (unit.status, unit.status_reason, unit.move_back_on) == (
        UnitStatus.BACKUP,
        "for ULT-04, compressor",
        TODAY,
    )
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.unit_status_changed")
    ).one()
    assert entry.old_values == {"status": "active", "move_back_on": None}
    assert entry.new_values == {"status": "backup", "move_back_on": "2026-11-23"}


def test_a_unit_with_samples_is_not_retired(
    session: WriteSession, administrator: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    stand(session, make_tube(session, project), freezer.box_id, 1, 2)

    with pytest.raises(UnitNotEmpty, match="2 samples stand in it"):
        service.set_unit_status(
            session,
            administrator,
            unit_id=freezer.unit_id,
            status=UnitStatus.RETIRED,
            reason="worn out",
        )

    (unit,) = queries.occupancy_by_unit(session, administrator)
    assert unit.status is UnitStatus.ACTIVE


def test_an_empty_unit_is_retired_and_takes_nothing_more(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    service.set_unit_status(
        session,
        administrator,
        unit_id=freezer.unit_id,
        status=UnitStatus.RETIRED,
        reason="worn out",
    )

    with pytest.raises(PlacementRefused, match="takes no samples at the moment"):
        service.place_sample(
            session,
            technician,
            sample_id=make_tube(session, project),
            box_id=freezer.box_id,
        )


def test_the_day_of_moving_back_is_told_once_and_a_later_one_again(
    session: WriteSession, administrator: Principal, clockwork: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    back_up(session, administrator, freezer.unit_id, TODAY + timedelta(days=1))

    early = service.tell_move_backs(session, clockwork, today=TODAY)
    on_the_day = service.tell_move_backs(session, clockwork, today=TODAY + timedelta(days=1))
    again = service.tell_move_backs(session, clockwork, today=TODAY + timedelta(days=2))
    back_up(session, administrator, freezer.unit_id, TODAY + timedelta(days=7))
    later = service.tell_move_backs(session, clockwork, today=TODAY + timedelta(days=9))

    assert (early, on_the_day, again, later) == (0, 1, 0, 1)
    assert told(session) == [("2026-11-24", 1), ("2026-11-30", 1)]


def test_a_unit_in_use_again_is_not_told_of(
    session: WriteSession, administrator: Principal, clockwork: Principal
) -> None:
    freezer = make_freezer(session)
    back_up(session, administrator, freezer.unit_id, TODAY)
    service.set_unit_status(
        session, administrator, unit_id=freezer.unit_id, status=UnitStatus.ACTIVE, reason=""
    )

    assert service.tell_move_backs(session, clockwork, today=TODAY) == 0


def test_days_are_told_of_by_the_machinery_only(
    session: WriteSession, administrator: Principal
) -> None:
    with pytest.raises(PermissionDenied):
        service.tell_move_backs(session, administrator, today=TODAY)
