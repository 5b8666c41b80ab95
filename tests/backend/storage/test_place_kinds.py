"""Kinds of places: what each may stand in, and that what holds for racks holds for all of them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.models import Project
from backend.storage import (
    box_queries,
    place_queries,
    plan_problem,
    queries,
    relocation_problem,
    service,
)
from backend.storage.errors import NodeMisplaced, PlacementRefused, RackFull
from backend.storage.ids import NodeId, NodeKind
from backend.storage.place_kinds import (
    GRIDS,
    HOLDERS,
    INSIDE_UNITS,
    KINDS,
    PLATES,
    inside_of,
    place_name,
    placing_fault,
    shape_fault,
)
from backend.storage.rules import BoxShape
from dashboard.pages.storage.kind_icons import KIND_ICONS
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_tube, stand

NINE = BoxShape(9, 9)


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(
        session, Permission.SAMPLES_VIEW, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE
    )


def make(  # noqa: PLR0917 -- what is said of a place
    session: WriteSession,
    administrator: Principal,
    parent: NodeId,
    kind: NodeKind,
    label: str,
    shape: BoxShape | None = None,
    **facts: int,
) -> NodeId:
    return service.create_node(
        session,
        administrator,
        kind=kind,
        label=label,
        parent_id=parent,
        shape=shape,
        box_slots=facts.get("box_slots"),
    )


@pytest.fixture
def dewar(session: WriteSession, administrator: Principal) -> NodeId:
    """LN-90 with nothing in it."""
    site = service.create_node(session, administrator, kind=NodeKind.SITE, label="Leeds")
    return service.create_node(
        session,
        administrator,
        kind=NodeKind.UNIT,
        label="LN-90",
        parent_id=site,
        temperature_class=TemperatureClass.MINUS_80,
    )


def test_every_kind_is_in_the_table_and_has_a_word_and_an_icon() -> None:
    assert set(KINDS) == set(NodeKind) == set(KIND_ICONS)
    assert len({about.word for about in KINDS.values()}) == len(KINDS)
    assert {NodeKind.BOX, NodeKind.PLATE, NodeKind.BAG} == set(HOLDERS)
    assert {NodeKind.BOX, NodeKind.PLATE} == set(GRIDS)


@given(st.data())
def test_however_places_are_put_into_one_another_restrictions_reach_the_box(
    drawn: st.DataObject,
) -> None:
    """Between a unit and what holds tubes are three places at most: so far they are looked up."""
    way = [NodeKind.UNIT]
    while way[-1] not in HOLDERS:
        way.append(drawn.draw(st.sampled_from(inside_of(way[-1]))))

    assert len(way) - 2 <= 3
    assert all(kind in INSIDE_UNITS for kind in way[1:])
    assert not any(placing_fault(inner, outer) for outer, inner in pairwise(way))


@pytest.mark.parametrize("shape", PLATES)
def test_plates_are_those_that_are_sold(shape: BoxShape) -> None:
    assert shape_fault(NodeKind.PLATE, shape) == ""
    assert "wells, not" in shape_fault(NodeKind.PLATE, BoxShape(shape.rows, shape.columns + 1))


def test_a_box_is_as_large_as_the_largest_plate_at_most() -> None:
    assert shape_fault(NodeKind.BOX, BoxShape(32, 48)) == ""
    for shape in (BoxShape(33, 1), BoxShape(1, 49), BoxShape(-1, 9), BoxShape(9, 0)):
        assert "1 to 32 rows and 1 to 48 columns" in shape_fault(NodeKind.BOX, shape)


def test_places_are_called_as_people_call_them() -> None:
    said = [place_name(kind, "3") for kind in (NodeKind.UNIT, NodeKind.STACK, NodeKind.DRAWER)]

    assert said == ["3", "Stack 3", "Drawer 3"]
    assert [place_name(kind, "X") for kind in (NodeKind.PLATE, NodeKind.BAG)] == ["Plate X", "X"]


def test_a_dewar_has_stacks_and_tubes_stand_in_their_boxes_and_plates(
    session: WriteSession,
    administrator: Principal,
    technician: Principal,
    project: Project,
    dewar: NodeId,
) -> None:
    stack = make(session, administrator, dewar, NodeKind.STACK, "3", box_slots=2)
    box = make(session, administrator, stack, NodeKind.BOX, "B-1", NINE)
    plate = make(session, administrator, stack, NodeKind.PLATE, "P-1", BoxShape(16, 24))
    tube, other = make_tube(session, project), make_tube(session, project)

    first = service.place_sample(session, technician, sample_id=tube, box_id=box)
    last = service.place_sample(
        session, technician, sample_id=other, box_id=plate, row=16, column=24
    )

    assert (first.path, first.position) == ("LN-90/3/B-1", "A1")
    assert (last.path, last.position) == ("LN-90/3/P-1", "P24")
    (unit,) = (
        each for each in queries.occupancy_by_unit(session, technician) if each.label == "LN-90"
    )
    assert (unit.used, unit.capacity) == (2, 81 + 384)
    with pytest.raises(RackFull, match="takes 2 boxes and holds as many"):
        make(session, administrator, stack, NodeKind.BOX, "B-2", NINE)
    with pytest.raises(NodeMisplaced, match="A stack does not stand in a plate"):
        make(session, administrator, plate, NodeKind.STACK, "1")


def test_what_is_said_of_a_shelf_counts_for_a_box_in_a_drawer_of_a_rack_on_it(
    session: WriteSession,
    administrator: Principal,
    technician: Principal,
    project: Project,
    dewar: NodeId,
) -> None:
    shelf = make(session, administrator, dewar, NodeKind.SHELF, "1")
    rack = make(session, administrator, shelf, NodeKind.RACK, "A")
    drawer = make(session, administrator, rack, NodeKind.DRAWER, "2", box_slots=4)
    box = make(session, administrator, drawer, NodeKind.BOX, "B-1", NINE)
    service.set_restrictions(
        session,
        administrator,
        node_id=shelf,
        project_code=project.code,
        material_types=[MaterialType.RNA],
        biosafety_level=2,
    )
    tube = make_tube(session, project)

    view = box_queries.get_box(session, technician, box)
    problem = plan_problem.load_problem(session, technician, {"all_unplaced": True})

    assert (view.path, view.reserved_for) == ("LN-90/1/A/2/B-1", project.code)
    assert view.allowed_types == frozenset({"rna"})
    (seen,) = (each for each in problem.boxes if each.key == str(box))
    assert (seen.reserved_for, seen.allowed_types) == (project.code, frozenset({"rna"}))
    place = place_queries.place_of(session, administrator, box)
    listed = place_queries.list_inside(session, administrator, shelf)
    assert place.path in {each.path for each in listed}
    assert listed[-1].around.project == project.code
    with pytest.raises(PlacementRefused, match="takes only rna"):
        service.place_sample(session, technician, sample_id=tube, box_id=box)


def test_a_box_with_its_tubes_is_moved_into_a_stack_of_the_unit_itself(
    session: WriteSession,
    administrator: Principal,
    technician: Principal,
    project: Project,
    dewar: NodeId,
) -> None:
    freezer = make_freezer(session)
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_id, 1, 1)
    stack = make(session, administrator, dewar, NodeKind.STACK, "3", box_slots=1)

    racks = relocation_problem.load_evacuation(session, technician, freezer.unit_id).racks
    moved = service.move_box(session, technician, box_id=freezer.box_id, rack_id=stack)

    assert moved.path == "LN-90/3/B-1"
    (goal,) = (each for each in racks if each.key == str(stack))
    assert goal.free_slots == 1
    where = queries.locations_of(session, technician, [tube])[tube]
    assert where.path == "LN-90/3/B-1"


def test_a_shelf_that_holds_boxes_itself_is_no_worse_than_a_rack(
    session: WriteSession,
    administrator: Principal,
    technician: Principal,
    project: Project,
    dewar: NodeId,
) -> None:
    shelf = make(session, administrator, dewar, NodeKind.SHELF, "1", box_slots=8)
    box = make(session, administrator, shelf, NodeKind.BOX, "B-1", NINE)
    make(session, administrator, shelf, NodeKind.RACK, "A")
    tube = make_tube(session, project)

    service.place_sample(session, technician, sample_id=tube, box_id=box)

    (inner,) = (each for each in box_queries.boxes_in(session, technician, shelf) if each.id == box)
    assert (inner.path, inner.used) == ("LN-90/1/B-1", 1)
    boxes = plan_problem.load_problem(session, technician, {"all_unplaced": True}).boxes
    assert str(box) in {each.key for each in boxes}
