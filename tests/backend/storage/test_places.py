"""Building the tree of places, blocking positions, counting the day."""

from datetime import date

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project
from backend.storage import box_queries, queries, service
from backend.storage.errors import LabelTaken, NodeMisplaced, NodeNotFound, PositionTaken, RackFull
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.rules import BoxShape, Position
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


def build(session: WriteSession, administrator: Principal) -> NodeId:
    """A site with one freezer, shelf and rack; the rack's id."""
    site = service.create_node(session, administrator, kind=NodeKind.SITE, label="Leeds")
    unit = service.create_node(
        session,
        administrator,
        kind=NodeKind.UNIT,
        label="ULT-90",
        parent_id=site,
        temperature_class=TemperatureClass.MINUS_80,
        biosafety_level=3,
    )
    shelf = service.create_node(
        session, administrator, kind=NodeKind.SHELF, label="1", parent_id=unit
    )
    return service.create_node(
        session, administrator, kind=NodeKind.RACK, label="A", parent_id=shelf
    )


def test_a_box_takes_address_temperature_and_level_from_its_unit(
    session: WriteSession, administrator: Principal
) -> None:
    rack = build(session, administrator)

    box_id = service.create_node(
        session,
        administrator,
        kind=NodeKind.BOX,
        label="B-0418",
        parent_id=rack,
        shape=BoxShape(8, 12),
        barcode="BOX-0418",
    )

    box = box_queries.get_box(session, administrator, box_id)
    assert (box.path, box.capacity) == ("ULT-90/1/A/B-0418", 96)
    assert (box.temperature_class, box.biosafety_level) == (TemperatureClass.MINUS_80, 3)


@pytest.mark.parametrize("code", ["ULT-90/1/A/B-0418", "ult-90/1/a/b-0418", " BOX-0418 "])
def test_a_place_is_found_by_path_or_barcode(
    session: WriteSession, administrator: Principal, code: str
) -> None:
    rack = build(session, administrator)
    box_id = service.create_node(
        session,
        administrator,
        kind=NodeKind.BOX,
        label="B-0418",
        parent_id=rack,
        shape=BoxShape(9, 9),
        barcode="BOX-0418",
    )

    found = queries.find_node(session, administrator, code)

    assert found is not None
    assert found.id == box_id
    assert queries.find_node(session, administrator, "B-0418/x") is None


def test_places_stand_where_they_belong(session: WriteSession, administrator: Principal) -> None:
    rack = build(session, administrator)

    with pytest.raises(NodeMisplaced, match="A shelf does not stand in a rack, but in a unit"):
        service.create_node(session, administrator, kind=NodeKind.SHELF, label="2", parent_id=rack)
    with pytest.raises(NodeMisplaced, match="A box stands in a shelf or a rack"):
        service.create_node(
            session, administrator, kind=NodeKind.BOX, label="B", shape=BoxShape(9, 9)
        )
    with pytest.raises(NodeMisplaced, match="A box has rows and columns"):
        service.create_node(session, administrator, kind=NodeKind.BOX, label="B", parent_id=rack)
    with pytest.raises(NodeNotFound):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B",
            parent_id=NodeId(administrator.user_id),  # type: ignore[arg-type]  # nobody is a place
            shape=BoxShape(9, 9),
        )


def test_labels_and_barcodes_are_given_once(
    session: WriteSession, administrator: Principal
) -> None:
    rack = build(session, administrator)
    service.create_node(
        session,
        administrator,
        kind=NodeKind.BOX,
        label="B-1",
        parent_id=rack,
        shape=BoxShape(9, 9),
        barcode="BOX-1",
    )

    with pytest.raises(LabelTaken, match="There is a place ULT-90/1/A/B-1 already"):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B-1",
            parent_id=rack,
            shape=BoxShape(9, 9),
        )
    with pytest.raises(LabelTaken, match="Barcode BOX-1 is on ULT-90/1/A/B-1"):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B-2",
            parent_id=rack,
            shape=BoxShape(9, 9),
            barcode="BOX-1",
        )


def test_a_blocked_position_makes_the_box_smaller(
    session: WriteSession, administrator: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    service.block_position(
        session,
        administrator,
        box_id=freezer.box_id,
        position=Position(9, 9),
        reason="bent clip",
    )

    assert box_queries.get_box(session, administrator, freezer.box_id).capacity == 80
    with pytest.raises(PositionTaken, match=r"A1 of .* is not free"):
        service.block_position(
            session, administrator, box_id=freezer.box_id, position=Position(1, 1), reason="x"
        )


def test_the_day_is_counted_per_unit_and_counted_again_without_doubling(
    session: WriteSession, administrator: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer = make_freezer(session)
    make_freezer(session, status=UnitStatus.RETIRED)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    today = date(2026, 11, 23)

    service.snapshot_occupancy(session, administrator, on=today)
    stand(session, make_tube(session, project), freezer.box_id, 1, 2)
    units = service.snapshot_occupancy(session, administrator, on=today)

    assert units == 1
    history = queries.occupancy_history(session, administrator, days=1)
    assert [(day.day, day.used, day.capacity) for day in history] == [(today, 2, 81)]


def test_a_closed_unit_keeps_what_it_holds(
    session: WriteSession, administrator: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    service.set_unit_status(
        session,
        administrator,
        unit_id=freezer.unit_id,
        status=UnitStatus.DEFROSTING,
        reason="ice on the seal",
    )

    unit = queries.occupancy_by_unit(session, administrator)[0]
    assert (unit.status, unit.used) == (UnitStatus.DEFROSTING, 1)
    with pytest.raises(NodeNotFound):
        service.set_unit_status(
            session,
            administrator,
            unit_id=freezer.rack_id,
            status=UnitStatus.ACTIVE,
            reason="no unit",
        )


def test_only_who_configures_changes_places(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)

    with pytest.raises(PermissionDenied):
        service.create_node(session, technician, kind=NodeKind.SITE, label="Leeds")
    with pytest.raises(PermissionDenied):
        service.block_position(
            session, technician, box_id=freezer.box_id, position=Position(1, 1), reason="bent"
        )
    with pytest.raises(PermissionDenied):
        service.set_unit_status(
            session,
            technician,
            unit_id=freezer.unit_id,
            status=UnitStatus.RETIRED,
            reason="",
        )


def test_a_full_rack_takes_no_further_box(session: WriteSession, administrator: Principal) -> None:
    rack = build(session, administrator)
    service.set_box_slots(session, administrator, rack_id=rack, box_slots=1)
    box = {"kind": NodeKind.BOX, "parent_id": rack, "shape": BoxShape(9, 9)}
    service.create_node(session, administrator, label="B-1", **box)

    with pytest.raises(RackFull, match="takes 1 boxes and holds as many"):
        service.create_node(session, administrator, label="B-2", **box)
