"""The move of a whole box is taken back within ten minutes: its rack, its order, its tubes."""

from uuid import UUID

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from backend.storage import box_queries, box_undoing, queries, service
from backend.storage.errors import NothingToUndo, UndoTooLate
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.models import Placement, StorageNode
from tests.factories.storage import Freezer, make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


def with_slots(session: WriteSession, boxes: int) -> Freezer:
    freezer = make_freezer(session, boxes=boxes)
    session.get_one(StorageNode, freezer.rack_id).box_slots = 5
    session.flush()
    return freezer


def move(session: WriteSession, person: Principal, box: NodeId, rack: NodeId) -> UUID:
    service.move_box(session, person, box_id=box, rack_id=rack)
    key = box_undoing.last_move_of(session, person, box)
    assert key is not None
    return key


def test_a_box_is_back_in_its_place_with_what_is_in_it(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, other = with_slots(session, 3), with_slots(session, 0)
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_ids[0], 2, 2)
    before = [box.path for box in box_queries.boxes_in(session, technician, freezer.rack_id)]
    move_id = move(session, technician, freezer.box_ids[0], other.rack_id)
    # What has happened to the unit since does not keep the box out: it came from there.
    session.get_one(StorageNode, freezer.unit_id).status = UnitStatus.DEFROSTING
    frozen_clock.advance(minutes=9)

    service.undo_box_move(session, technician, move_id=move_id)

    after = [box.path for box in box_queries.boxes_in(session, technician, freezer.rack_id)]
    assert after == before
    assert queries.locations_of(session, technician, [tube])[tube].path == before[0]
    assert len(session.scalars(select(Placement).where(Placement.sample_id == tube)).all()) == 1
    with pytest.raises(NothingToUndo, match="moved on"):
        service.undo_box_move(session, technician, move_id=move_id)


def test_what_is_late_or_has_moved_on_is_not_taken_back(
    session: WriteSession, technician: Principal, frozen_clock: FrozenClock
) -> None:
    freezer, other, third = (with_slots(session, each) for each in (1, 0, 0))
    first = move(session, technician, freezer.box_id, other.rack_id)
    frozen_clock.advance(minutes=1)
    second = move(session, technician, freezer.box_id, third.rack_id)

    with pytest.raises(NothingToUndo, match="moved on"):
        service.undo_box_move(session, technician, move_id=first)
    with pytest.raises(NothingToUndo):
        service.undo_box_move(session, technician, move_id=new_id())
    frozen_clock.advance(minutes=11)
    with pytest.raises(UndoTooLate):
        service.undo_box_move(session, technician, move_id=second)


def test_taking_a_box_back_needs_the_right_to_place(
    session: WriteSession, onlooker: Principal
) -> None:
    with pytest.raises(PermissionDenied):
        service.undo_box_move(session, onlooker, move_id=new_id())
