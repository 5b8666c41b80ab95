"""Several tubes leave their positions in one step, and come back in one."""

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Project, Sample
from backend.storage import box_queries, service
from backend.storage.errors import BlockRefused, NotPlaced, PositionTaken
from backend.storage.ids import NodeId
from tests.factories.storage import make_freezer, make_tube, stand


def standing_in(session: WriteSession, who: Principal, box_id: NodeId) -> list[SampleId | None]:
    return [tube.sample_id for tube in box_queries.box_contents(session, who, box_id).tubes]


def put_in(session: WriteSession, project: Project, count: int) -> tuple[NodeId, list[SampleId]]:
    """Return a box with tubes in its first row."""
    freezer = make_freezer(session)
    tubes = [make_tube(session, project, custody=Custody.IN_STORAGE) for _ in range(count)]
    for column, tube in enumerate(tubes, start=1):
        stand(session, tube, freezer.box_id, 1, column)
    return freezer.box_id, tubes


def test_tubes_are_taken_out_together_with_one_reason(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    box_id, tubes = put_in(session, project, 3)

    ended = service.take_out_together(
        session, technician, sample_ids=[tubes[2], tubes[0]], reason="Used for a library"
    )

    assert [(stay.sample_id, stay.position) for stay in ended] == [
        (tubes[2], "A3"),
        (tubes[0], "A1"),
    ]
    assert {stay.removal_reason for stay in ended} == {"Used for a library"}
    assert standing_in(session, technician, box_id) == [tubes[1]]
    assert session.get_one(Sample, tubes[0]).custody is Custody.CHECKED_OUT


def test_one_that_stands_nowhere_keeps_all_in_their_places(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    box_id, tubes = put_in(session, project, 2)
    nowhere = make_tube(session, project, barcode="DNA-NOWHERE")

    with pytest.raises(NotPlaced, match="DNA-NOWHERE"):
        service.take_out_together(
            session, technician, sample_ids=[*tubes, nowhere], reason="Sent out"
        )

    assert standing_in(session, technician, box_id) == tubes


def test_taking_none_is_refused(session: WriteSession, technician: Principal) -> None:
    with pytest.raises(BlockRefused):
        service.take_out_together(session, technician, sample_ids=[], reason="Sent out")


def test_who_only_looks_takes_nothing_out(session: WriteSession, onlooker: Principal) -> None:
    with pytest.raises(PermissionDenied):
        service.take_out_together(session, onlooker, sample_ids=[], reason="Sent out")
    with pytest.raises(PermissionDenied):
        service.undo_together(session, onlooker, placement_ids=[])


def test_together_they_come_back(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    box_id, tubes = put_in(session, project, 2)
    ended = service.take_out_together(session, technician, sample_ids=tubes, reason="Sent out")

    back = service.undo_together(
        session, technician, placement_ids=[stay.id for stay in reversed(ended)]
    )

    assert [stay.position for stay in back] == ["A2", "A1"]
    assert standing_in(session, technician, box_id) == tubes


def test_none_comes_back_where_a_place_is_taken_by_now(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    box_id, tubes = put_in(session, project, 2)
    ended = service.take_out_together(session, technician, sample_ids=tubes, reason="Sent out")
    other = make_tube(session, project)
    stand(session, other, box_id, 1, 2)

    with pytest.raises(PositionTaken), session.begin_nested():
        service.undo_together(session, technician, placement_ids=[stay.id for stay in ended])

    assert standing_in(session, technician, box_id) == [other]
