"""A spilled box is put back tube by tube, each to where it stood."""

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project, Sample
from backend.storage import scan_queries, service
from backend.storage.errors import NotOfThisBox, NotPlaced
from tests.factories.storage import make_freezer, make_tube, stand


def test_tubes_scanned_in_any_order_are_shown_where_they_stood(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tubes = make_freezer(session), [make_tube(session, project) for _ in range(3)]
    for column, tube in enumerate(tubes, start=4):
        stand(session, tube, freezer.box_id, 2, column)

    assert service.spill_box(session, technician, box_id=freezer.box_id, reason="dropped") == 3
    code = session.get_one(Sample, tubes[2]).barcode
    first = service.put_back(session, technician, box_id=freezer.box_id, barcode=code)
    again = service.put_back(session, technician, box_id=freezer.box_id, barcode=code)

    assert (first.position, first.was_back, first.left) == ("B6", False, 2)
    assert (again.position, again.was_back, again.left) == ("B6", True, 2)
    left = scan_queries.spilled(session, technician, freezer.box_id)
    assert [tube.position for tube in left] == ["B4", "B5"]


def test_a_tube_of_another_box_is_put_aside(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    ours, theirs, loose = (make_tube(session, project) for _ in range(3))
    stand(session, ours, freezer.box_ids[0], 1, 1)
    stand(session, theirs, freezer.box_ids[1], 3, 3)
    service.spill_box(session, technician, box_id=freezer.box_id)

    for tube, words in ((theirs, "B-2/C3"), (loose, "stands nowhere")):
        code = session.get_one(Sample, tube).barcode
        with pytest.raises(NotOfThisBox, match=words):
            service.put_back(session, technician, box_id=freezer.box_id, barcode=code)


def test_a_spill_is_called_off_once(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    service.spill_box(session, technician, box_id=freezer.box_id)

    assert service.end_spill(session, technician, box_id=freezer.box_id) == 1
    assert scan_queries.spilled(session, technician, freezer.box_id) == ()
    with pytest.raises(NotPlaced):
        service.end_spill(session, technician, box_id=freezer.box_id)


def test_an_empty_box_cannot_spill_and_onlookers_may_not_say_so(
    session: WriteSession, technician: Principal, onlooker: Principal
) -> None:
    freezer = make_freezer(session)

    with pytest.raises(NotPlaced):
        service.spill_box(session, technician, box_id=freezer.box_id)
    with pytest.raises(PermissionDenied):
        service.spill_box(session, onlooker, box_id=freezer.box_id)
