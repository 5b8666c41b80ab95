"""Undo compensates within ten minutes and never rewrites."""

import pytest
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import Custody
from backend.samples.models import Project, Sample
from backend.storage import queries, service
from backend.storage.errors import NothingToUndo, PositionTaken, UndoTooLate
from backend.storage.ids import PlacementId
from backend.storage.models import Placement
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


def test_an_undone_placing_leaves_the_sample_unplaced(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    placed = service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    back = service.undo_placement(session, technician, placement_id=placed.id)

    assert back is None
    assert queries.locations_of(session, technician, [tube]) == {}
    assert session.get_one(Sample, tube, populate_existing=True).custody is Custody.NOT_PLACED


def test_an_undone_move_goes_back_and_keeps_all_three_stays(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session, boxes=2), make_tube(session, project)
    stand(session, tube, freezer.box_ids[0], 3, 3)
    frozen_clock.advance(minutes=1)
    moved = service.move_samples(session, technician, sample_ids=[tube], box_id=freezer.box_ids[1])[
        0
    ]
    frozen_clock.advance(minutes=9)

    back = service.undo_placement(session, technician, placement_id=moved.id)

    assert back is not None
    assert (back.box_id, back.position) == (freezer.box_ids[0], "C3")
    assert session.scalars(select(func.count()).select_from(Placement)).one() == 3


def test_an_undone_taking_out_returns_the_sample(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)
    frozen_clock.advance(minutes=1)
    out = service.take_out(session, technician, sample_id=tube, reason="")
    frozen_clock.advance(minutes=1)

    service.undo_placement(session, technician, placement_id=out.id)

    assert queries.locations_of(session, technician, [tube])[tube].position == "A1"
    assert session.get_one(Sample, tube, populate_existing=True).custody is Custody.IN_STORAGE


def test_undo_is_refused_after_ten_minutes(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    placed = service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)
    frozen_clock.advance(minutes=11)

    with pytest.raises(UndoTooLate):
        service.undo_placement(session, technician, placement_id=placed.id)


def test_undo_is_refused_when_the_sample_has_moved_on(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session, boxes=2), make_tube(session, project)
    placed = service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_ids[0])
    frozen_clock.advance(minutes=1)
    service.move_samples(session, technician, sample_ids=[tube], box_id=freezer.box_ids[1])

    with pytest.raises(NothingToUndo, match="moved on since"):
        service.undo_placement(session, technician, placement_id=placed.id)


def test_undo_is_refused_when_the_old_position_is_filled(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)
    frozen_clock.advance(minutes=1)
    out = service.take_out(session, technician, sample_id=tube, reason="")
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    with pytest.raises(PositionTaken, match="has been filled since"):
        service.undo_placement(session, technician, placement_id=out.id)


def test_undo_needs_the_right_to_place_and_a_step(
    session: WriteSession, technician: Principal, onlooker: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    placed = service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    with pytest.raises(PermissionDenied):
        service.undo_placement(session, onlooker, placement_id=placed.id)
    with pytest.raises(NothingToUndo):
        service.undo_placement(session, technician, placement_id=PlacementId(tube))
