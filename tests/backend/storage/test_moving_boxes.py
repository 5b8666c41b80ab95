"""Whole boxes moved: scanned off into their racks, undone, and what may not stand there."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples.models import Project
from backend.storage import box_undoing, queries, relocation_problem, relocation_queries, service
from backend.storage.errors import (
    LabelTaken,
    NodeMisplaced,
    NodeNotFound,
    NotOnTheList,
    PlacementRefused,
    PlanNotOpen,
    RackFull,
    WrongDestination,
)
from backend.storage.ids import UnitStatus
from backend.storage.models import StorageNode
from backend.storage.relocation_models import BoxMove
from tests.factories.relocations import evacuation, fill, give_slots
from tests.factories.storage import Freezer, make_freezer


@pytest.fixture
def freezer(session: WriteSession) -> Freezer:
    return make_freezer(session, boxes=3, rows=2, columns=3)


def test_whole_boxes_are_scanned_off_into_racks_with_free_slots(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    failing = make_freezer(session, boxes=2, rows=2, columns=3)
    tube = fill(session, project, failing.box_ids[1], 2)[0]
    other = make_freezer(session, boxes=1, rows=2, columns=3)
    give_slots(session, other, 2)
    plan = evacuation(session, technician, failing)
    assert [(move.is_box, move.tubes) for move in plan.moves] == [(True, 2)]
    service.accept_relocation(session, technician, plan_id=plan.id)

    said = service.carry_box(session, technician, plan_id=plan.id, code=f"{failing.label}/1/A/B-2")

    assert said == f"{failing.label}/1/A/B-2 stands in {other.label}/1/A/B-2 now."
    where = queries.locations_of(session, technician, [tube])[tube]
    assert (where.unit_id, where.path) == (other.unit_id, f"{other.label}/1/A/B-2")
    move = session.scalars(select(BoxMove)).one()
    assert (move.from_unit_id, move.to_unit_id, move.tubes) == (
        failing.unit_id,
        other.unit_id,
        2,
    )
    trail = session.scalars(
        select(func.count()).where(AuditEntry.action == "storage.sample_moved")
    ).one()
    assert trail == 2
    with pytest.raises(NotOnTheList):
        service.carry_box(session, technician, plan_id=plan.id, code=f"{other.label}/1/A/B-1")
    with pytest.raises(PlanNotOpen, match="moved"):
        service.carry_box(session, technician, plan_id=plan.id, code=f"{other.label}/1/A/B-2")


def test_a_box_goes_only_to_its_own_rack_and_is_carried_again_once_that_is_undone(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    failing = make_freezer(session, boxes=1, rows=2, columns=3)
    fill(session, project, failing.box_id, 2)
    other, third = (make_freezer(session, boxes=0) for _ in range(2))
    give_slots(session, failing, 1)
    give_slots(session, other, 1)
    # Nobody has said how many boxes the third rack takes, so no plan puts one there.
    give_slots(session, third, None)
    plan = evacuation(session, technician, failing)
    service.accept_relocation(session, technician, plan_id=plan.id)
    code = f"{failing.label}/1/A/B-1"

    def carry(rack_code: str) -> str:
        return service.carry_box(
            session, technician, plan_id=plan.id, code=code, rack_code=rack_code
        )

    def outcome() -> str | None:
        (line,) = relocation_queries.get_relocation(session, technician, plan.id).moves
        return line.outcome

    with pytest.raises(WrongDestination, match=f"goes to {other.label}/1/A, not to {third.label}"):
        carry(f"{third.label}/1/A")
    with pytest.raises(NodeNotFound, match="no rack"):
        carry("ULT-00/9")
    assert outcome() == "agreed"

    carry(f"{other.label}/1/A")
    assert outcome() == "moved"
    move_id = box_undoing.last_move_of(session, technician, failing.box_id)
    assert move_id is not None
    service.undo_box_move(session, technician, move_id=move_id)

    assert outcome() == "agreed"
    assert carry(f"{other.label}/1/A").startswith(code)


def test_a_tubes_past_says_where_its_box_stood_then(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    left_before = fill(session, project, freezer.box_id, 1)[0]
    old_path = f"{freezer.label}/1/A/B-1"
    service.take_out(session, technician, sample_id=left_before, reason="needed")
    other = make_freezer(session, boxes=0)
    give_slots(session, other, 1)

    service.move_box(session, technician, box_id=freezer.box_id, rack_id=other.rack_id)

    (stay,) = queries.custody_history(session, technician, left_before)
    assert stay.path == old_path


@pytest.mark.parametrize(
    ("box_slots", "nth", "error"),
    [(None, 1, RackFull), (1, 1, RackFull), (2, 0, LabelTaken)],
)
def test_a_box_goes_only_into_a_free_slot_where_it_is_called_unlike_the_others(  # noqa: PLR0917
    session: WriteSession,
    technician: Principal,
    freezer: Freezer,
    box_slots: int | None,
    nth: int,
    error: type[Exception],
) -> None:
    other = make_freezer(session, boxes=1)
    give_slots(session, other, box_slots)
    box_id = freezer.box_ids[nth]

    with pytest.raises(error):
        service.move_box(session, technician, box_id=box_id, rack_id=other.rack_id)

    assert session.get_one(StorageNode, box_id).unit_id == freezer.unit_id


def test_a_closed_box_leaves_its_slot_to_an_evacuated_one(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_id, 1)
    other = make_freezer(session, boxes=2)
    give_slots(session, other, 2)
    gone = session.get_one(StorageNode, other.box_ids[1])
    gone.label, gone.path, gone.closed_at = "Gone", f"{gone.path}-gone", clock.utc_now()
    session.flush()

    asked = relocation_problem.load_evacuation(session, technician, freezer.unit_id)

    (rack,) = (each for each in asked.racks if each.key == str(other.rack_id))
    assert rack.free_slots == 1
    assert "Gone" in rack.box_labels


def test_a_box_whose_tubes_may_not_stand_there_stays(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_id, 1)
    closed = make_freezer(session, boxes=0, status=UnitStatus.RETIRED)
    give_slots(session, closed, 1)

    with pytest.raises(PlacementRefused, match="takes no samples"):
        service.move_box(session, technician, box_id=freezer.box_id, rack_id=closed.rack_id)


def test_an_administrator_says_how_many_boxes_a_rack_takes(
    session: WriteSession, principal_of: Callable[..., Principal], freezer: Freezer
) -> None:
    administrator = principal_of(Permission.STORAGE_CONFIGURE)
    service.set_box_slots(session, administrator, rack_id=freezer.rack_id, box_slots=4)

    assert session.get_one(StorageNode, freezer.rack_id).box_slots == 4
    with pytest.raises(NodeMisplaced, match="holds 3 boxes"):
        service.set_box_slots(session, administrator, rack_id=freezer.rack_id, box_slots=2)
