"""The database itself refuses what nobody may do, whoever writes."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from backend.storage.models import BlockedPosition, Placement, StorageNode
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand


@pytest.fixture
def project(session: WriteSession) -> Project:
    return make_project(session)


def used_in(session: WriteSession, box_id: object) -> tuple[int, int]:
    box = select(StorageNode.used, StorageNode.capacity).where(StorageNode.id == box_id)
    row = session.execute(box).one()
    return row.used, row.capacity


def test_two_samples_are_never_in_one_position(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    with pytest.raises(IntegrityError, match="uq_placement_position"):
        stand(session, make_tube(session, project), freezer.box_id, 1, 1)


def test_one_sample_is_never_in_two_positions(session: WriteSession, project: Project) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 1, 1)

    with pytest.raises(IntegrityError, match="uq_placement_sample"):
        stand(session, tube, freezer.box_id, 1, 2)


@pytest.mark.parametrize(("row", "column"), [(10, 1), (1, 10), (0, 1), (1, 0)])
def test_a_position_outside_the_box_is_refused(
    session: WriteSession, project: Project, row: int, column: int
) -> None:
    freezer = make_freezer(session)

    with pytest.raises(IntegrityError):
        stand(session, make_tube(session, project), freezer.box_id, row, column)


def test_samples_stand_in_boxes_only(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session)

    with pytest.raises(IntegrityError, match="has no position"):
        stand(session, make_tube(session, project), freezer.rack_id, 1, 1)


def test_a_blocked_position_takes_no_sample(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session)
    session.add(BlockedPosition(box_id=freezer.box_id, row=1, column=1, reason="bent clip"))
    session.flush()

    with pytest.raises(IntegrityError, match="is blocked: bent clip"):
        stand(session, make_tube(session, project), freezer.box_id, 1, 1)


def test_a_position_with_a_sample_cannot_be_blocked(
    session: WriteSession, project: Project
) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    session.add(BlockedPosition(box_id=freezer.box_id, row=1, column=1, reason="bent clip"))
    with pytest.raises(IntegrityError, match="take it out first"):
        session.flush()


def test_used_and_capacity_follow_every_change(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session, rows=2, columns=2)
    first = stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    stand(session, make_tube(session, project), freezer.box_id, 1, 2)
    session.add(BlockedPosition(box_id=freezer.box_id, row=2, column=2, reason="bent clip"))
    session.flush()
    assert used_in(session, freezer.box_id) == (2, 3)

    session.execute(
        update(Placement).where(Placement.id == first).values(removed_at=clock.utc_now())
    )
    session.execute(delete(BlockedPosition))

    assert used_in(session, freezer.box_id) == (1, 4)


def test_history_is_never_rewritten(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session)
    placement = stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    with pytest.raises(IntegrityError, match="never overwritten"):
        session.execute(update(Placement).where(Placement.id == placement).values(column=2))


def test_a_closed_stay_is_never_opened_again(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session)
    placement = stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    one = update(Placement).where(Placement.id == placement)
    session.execute(one.values(removed_at=clock.utc_now()))

    with pytest.raises(IntegrityError, match="never overwritten"):
        session.execute(one.values(removed_at=None))
