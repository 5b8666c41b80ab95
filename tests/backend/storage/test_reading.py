"""What readers of storage are shown, and what they are not."""

from datetime import datetime

import pytest

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import Custody, HoldKind, Lifecycle, SampleId, TemperatureClass
from backend.samples.models import Project, SampleHold
from backend.storage import box_queries, queries
from backend.storage.ids import UnitStatus
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_tube, stand


def test_zones_add_up_their_boxes_coldest_first(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    make_freezer(session, zone=TemperatureClass.PLUS_4)
    freezer = make_freezer(session, boxes=2)
    make_freezer(session)
    make_freezer(session, status=UnitStatus.RETIRED)
    stand(session, make_tube(session, project), freezer.box_ids[1], 1, 1)

    zones = queries.occupancy_by_zone(session, technician)

    assert [(zone.temperature_class, zone.used, zone.capacity, zone.units) for zone in zones] == [
        (TemperatureClass.MINUS_80, 1, 3 * 81, 2),
        (TemperatureClass.PLUS_4, 0, 81, 1),
    ]


def test_the_tree_adds_up_from_racks_to_units(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    stand(session, make_tube(session, project), freezer.box_ids[0], 1, 1)

    (unit,) = queries.tree(session, technician)

    rack = unit.children[0].children[0]
    assert (unit.used, unit.capacity) == (rack.used, rack.capacity) == (1, 162)
    assert rack.path == f"{freezer.label}/1/A"


def test_a_box_shows_tubes_and_blocked_positions(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    tube = make_tube(session, project, volume_ul=46)
    stand(session, tube, freezer.box_id, 4, 7)

    contents = box_queries.box_contents(session, technician, freezer.box_id)

    (shown,) = contents.tubes
    assert (shown.position.label, shown.sample_id, shown.volume_ul) == ("D7", tube, 46.0)
    assert contents.taken() == {shown.position}


def test_a_box_tells_a_stranger_that_a_position_is_taken_and_no_more(
    session: WriteSession, stranger: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 4, 7)

    (shown,) = box_queries.box_contents(session, stranger, freezer.box_id).tubes

    assert shown.position.label == "D7"
    assert (shown.sample_id, shown.barcode, shown.project_code) == (None, None, None)
    assert queries.locations_of(session, stranger, [tube]) == {}
    assert queries.custody_history(session, stranger, tube) == []


def test_a_tube_tells_its_open_holds_and_the_tube_it_was_taken_from(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, parent = make_freezer(session), make_tube(session, project, barcode="DNA-PARENT")
    child = make_tube(session, project, parent_id=parent, concentration_ng_per_ul=12)
    hold(session, child, HoldKind.QUARANTINE)
    hold(session, child, HoldKind.LEGAL_HOLD)
    hold(session, child, HoldKind.PAYMENT, released_at=clock.utc_now())
    stand(session, parent, freezer.box_id, 1, 1)
    stand(session, child, freezer.box_id, 1, 2)

    first, second = box_queries.box_contents(session, technician, freezer.box_id).tubes

    assert (first.holds, first.parent_barcode, first.placed_by) == ((), None, "Test")
    assert second.holds == (HoldKind.LEGAL_HOLD, HoldKind.QUARANTINE)
    assert (second.parent_barcode, second.concentration_ng_per_ul) == ("DNA-PARENT", 12.0)


def hold(session: WriteSession, sample_id: SampleId, kind: HoldKind, **facts: datetime) -> None:
    session.add(SampleHold(sample_id=sample_id, kind=kind, reason="A test.", set_by=None, **facts))
    session.flush()


def test_a_location_reads_as_people_say_it(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 3, 4)

    location = queries.locations_of(session, technician, [tube])[tube]

    assert location.label == f"{freezer.label}/B-1/C4"


def test_samples_wait_for_a_place_while_they_are_here_and_stand_nowhere(
    session: WriteSession, technician: Principal, stranger: Principal, project: Project
) -> None:
    waiting = make_tube(session, project)
    make_tube(session, project, custody=Custody.CHECKED_OUT)
    make_tube(session, project, lifecycle=Lifecycle.DISPOSED)
    make_tube(session, project, lifecycle=Lifecycle.IN_TRANSIT)

    assert [sample.id for sample in queries.list_unplaced(session, technician)] == [waiting]
    assert queries.unplaced_count(session, technician) == 1
    assert queries.unplaced_count(session, stranger) == 0


def test_storage_is_closed_to_who_may_not_see_it(session: WriteSession) -> None:
    guest = make_person(session, Permission.SAMPLES_VIEW)

    for look in (queries.tree, queries.occupancy_by_zone, queries.occupancy_by_unit):
        with pytest.raises(PermissionDenied):
            look(session, guest)
