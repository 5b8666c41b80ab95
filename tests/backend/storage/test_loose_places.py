"""Loose places: bags, drawers and shelves without a grid hold tubes by the same promises."""

from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.storage import (
    block_moving,
    box_queries,
    pick_queries,
    pick_worklists,
    place_files,
    place_queries,
    plan_problem,
    queries,
    relocation_problem,
    scan_queries,
    service,
)
from backend.storage.errors import (
    BlockingRefused,
    BoxFull,
    NodeMisplaced,
    NotABox,
    NotToBeSpilled,
    PositionOutside,
    PositionTaken,
    WorklistRefused,
)
from backend.storage.ids import NodeId, NodeKind, PickPurpose
from backend.storage.models import StorageNode
from backend.storage.picking import PickWish
from backend.storage.planning.evacuation import plan_evacuation
from backend.storage.rules import BoxShape, Position
from backend.storage.worklists import CherryPick, PlateFormat
from tests.backend.storage.racing_support import at_once, make_tubes, placing, require_promises
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_loose, make_tube, stand

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(
        session, Permission.SAMPLES_VIEW, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE
    )


def fill(session: WriteSession, project: Project, bag: NodeId, count: int) -> list[SampleId]:
    tubes = [make_tube(session, project) for _ in range(count)]
    for number, tube in enumerate(tubes, start=1):
        stand(session, tube, bag, 0, number)
    return tubes


def test_tubes_get_numbers_as_they_come_and_one_that_is_free_again_is_given_again(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    bag = make_loose(session, make_freezer(session, label="ULT-70").rack_id)
    first, second, third = (make_tube(session, project) for _ in range(3))

    put = [
        service.place_sample(session, technician, sample_id=tube, box_id=bag)
        for tube in (first, second)
    ]
    service.take_out(session, technician, sample_id=first, reason="used")
    put.append(service.place_sample(session, technician, sample_id=third, box_id=bag))

    assert [(stay.path, stay.position) for stay in put] == [
        ("ULT-70/1/A/Bag", "1"),
        ("ULT-70/1/A/Bag", "2"),
        ("ULT-70/1/A/Bag", "1"),
    ]
    assert queries.locations_of(session, technician, [third])[third].label == "ULT-70/Bag/1"


def test_moving_taking_out_and_undoing_are_as_in_a_box(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    bag = make_loose(session, freezer.unit_id)
    tube = make_tube(session, project)
    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    moved = service.move_samples(session, technician, sample_ids=[tube], box_id=bag)[0]
    back = service.undo_placement(session, technician, placement_id=moved.id)

    assert (moved.position, back and back.position) == ("1", "A1")
    history = queries.custody_history(session, technician, tube)
    assert [stay.position for stay in history] == ["A1", "1", "A1"]


def test_a_block_goes_into_a_loose_place_and_a_hand_puts_back_there(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    bag = make_loose(session, freezer.rack_id)
    (there,) = fill(session, project, bag, 1)
    tubes = [make_tube(session, project) for _ in range(2)]
    for number, tube in enumerate(tubes, start=1):
        stand(session, tube, freezer.box_id, 1, number)

    preview = block_moving.preview_block(
        session, technician, sample_ids=tubes, box_id=bag, start=None
    )
    service.move_block(session, technician, sample_ids=tubes, box_id=bag, start=None)
    service.take_in_hand(session, technician, sample_ids=[there])
    service.put_hand_back(session, technician, sample_ids=[there])

    assert [target.position.label for target in preview.targets] == ["2", "3"]
    found = queries.locations_of(session, technician, [*tubes, there])
    assert [found[key].position for key in (*tubes, there)] == ["2", "3", "1"]


def test_the_database_refuses_two_in_one_number_and_a_letter_in_a_bag(
    session: WriteSession, project: Project
) -> None:
    freezer = make_freezer(session)
    bag = make_loose(session, freezer.rack_id)
    fill(session, project, bag, 1)
    other = make_tube(session, project)

    for box, row, constraint in (
        (bag, 0, "uq_placement_position"),
        (bag, 1, "has no position row 1"),
        (freezer.box_id, 0, "has no position row 0"),
    ):
        with pytest.raises(IntegrityError, match=constraint), session.begin_nested():
            stand(session, other, box, row, 1)


def test_a_number_that_is_taken_or_beyond_what_it_takes_is_refused(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    bag = make_loose(session, make_freezer(session).rack_id, capacity=2)
    fill(session, project, bag, 1)
    tube, late = make_tube(session, project), make_tube(session, project)

    with pytest.raises(PositionTaken, match=r"1 of .*Bag is taken"):
        service.place_sample(session, technician, sample_id=tube, box_id=bag, row=0, column=1)
    with pytest.raises(PositionOutside, match="is a loose place with the numbers 1 to 2; 3 is"):
        service.place_sample(session, technician, sample_id=tube, box_id=bag, row=0, column=3)
    service.place_sample(session, technician, sample_id=tube, box_id=bag)
    with pytest.raises(BoxFull, match="holds 2 tubes and takes no more"):
        service.place_sample(session, technician, sample_id=late, box_id=bag)


def test_only_a_known_capacity_counts_where_places_are_added_up(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, rows=3, columns=3)
    unmeasured = make_loose(session, freezer.rack_id)
    measured = make_loose(session, freezer.rack_id, label="Drawer", capacity=10)
    fill(session, project, unmeasured, 4)
    fill(session, project, measured, 2)

    unit = next(
        each
        for each in queries.occupancy_by_unit(session, technician)
        if each.unit_id == freezer.unit_id
    )
    (node,) = [each for each in queries.tree(session, technician) if each.id == freezer.unit_id]
    bag = box_queries.get_box(session, technician, unmeasured)
    drawer = box_queries.get_box(session, technician, measured)

    assert (unit.used, unit.capacity, unit.loose, unit.samples) == (2, 19, 4, 6)
    assert (node.used, node.capacity, node.loose) == (2, 19, 4)
    assert (bag.has_share, drawer.has_share, drawer.used_fraction) == (False, True, 0.2)


def test_it_is_made_in_a_unit_a_shelf_or_a_rack_and_restricted_by_what_is_around(
    session: WriteSession, administrator: Principal, technician: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-71")
    session.get_one(StorageNode, freezer.unit_id).allowed_material_types = ["gdna"]
    session.flush()

    made = service.create_node(
        session,
        administrator,
        kind=NodeKind.BAG,
        label="Drawer",
        parent_id=freezer.unit_id,
        capacity=40,
    )

    drawer = box_queries.get_box(session, technician, made)
    assert (drawer.path, drawer.capacity, drawer.shape) == ("ULT-71/Drawer", 40, BoxShape(0, 40))
    assert drawer.allowed_types == frozenset({"gdna"})
    with pytest.raises(NodeMisplaced, match="a box has rows and columns"):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B-9",
            parent_id=freezer.rack_id,
            shape=BoxShape(9, 9),
            capacity=40,
        )
    with pytest.raises(NodeMisplaced, match="takes 1 to 9,999 tubes"):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BAG,
            label="Bag",
            parent_id=freezer.rack_id,
            capacity=10_000,
        )


def test_what_needs_a_grid_is_refused_with_a_sentence(
    session: WriteSession, technician: Principal, administrator: Principal, project: Project
) -> None:
    bag = make_loose(session, make_freezer(session, label="ULT-72").rack_id)
    (tube,) = fill(session, project, bag, 1)

    with pytest.raises(BlockingRefused, match="no positions to keep empty"):
        service.block_position(
            session, administrator, box_id=bag, position=Position(0, 1), reason="bent"
        )
    with pytest.raises(NotABox, match="no grid that a rack scan could be compared with"):
        scan_queries.examine(
            session, technician, content=b"Position,Barcode\nA1,X\n", box="ULT-72/1/A/Bag"
        )
    with pytest.raises(NotToBeSpilled, match="belongs in a position"):
        service.spill_box(session, technician, box_id=bag)
    picks = service.make_list(
        session,
        technician,
        title="Robot",
        purpose=PickPurpose.WORKLIST,
        lines=[PickWish(sample_id=tube)],
    )
    with pytest.raises(WorklistRefused, match="a loose place without wells"):
        pick_worklists.transfers_of(
            session,
            technician,
            picks,
            CherryPick(plate="P-1", format=PlateFormat.WELLS_96, volume_ul=Decimal(5)),
        )


def test_a_pick_list_goes_by_place_through_boxes_and_loose_places(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-73")
    bag = make_loose(session, freezer.rack_id, label="Z-bag")
    loose = fill(session, project, bag, 2)
    boxed = make_tube(session, project)
    stand(session, boxed, freezer.box_id, 1, 1)

    picks = service.make_list(
        session,
        technician,
        title="Fetch",
        purpose=PickPurpose.TAKE_OUT,
        lines=[PickWish(sample_id=key) for key in (loose[1], boxed, loose[0])],
    )

    lines = pick_queries.list_lines(session, technician, picks)
    assert {line.from_position.label for line in lines} == {"A1", "1", "2"}
    bag_lines = [line.from_position.label for line in lines if line.from_box_id == bag]
    assert bag_lines == ["1", "2"]


def test_planners_put_nothing_there_and_take_from_there_only_when_asked(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, other = make_freezer(session, rows=2, columns=2), make_freezer(session)
    bag = make_loose(session, freezer.unit_id)
    tubes = fill(session, project, bag, 2)
    make_tube(session, project)
    scope = {"boxes_to_free": None, "box_ids": [], "to_other_units": True}

    placement = plan_problem.load_problem(session, technician, {"all_unplaced": True})
    unasked = relocation_problem.load_consolidation(session, technician, freezer.unit_id, scope)
    asked = relocation_problem.load_consolidation(
        session, technician, freezer.unit_id, scope | {"box_ids": [str(bag)]}
    )
    leaving = relocation_problem.load_evacuation(session, technician, freezer.unit_id)
    plan = plan_evacuation(leaving)

    assert str(bag) not in {box.key for box in placement.boxes}
    assert str(bag) not in unasked.candidates
    assert asked.candidates == {str(bag)}
    assert {tube.key for tube in asked.tubes} == {str(key) for key in tubes}
    assert plan.box_moves == ()
    assert {move.tube for move in plan.tube_moves} == {str(key) for key in tubes}
    assert {move.to_box for move in plan.tube_moves} == {str(other.box_id)}


def test_a_file_of_places_has_loose_ones_and_makes_them_again(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-74")
    make_loose(session, freezer.rack_id)
    make_loose(session, freezer.unit_id, label="Drawer", capacity=40)
    table = place_files.places_table(
        place_queries.list_inside(session, administrator, freezer.unit_id), BERLIN
    )
    grid = [list(table.headings), *([_text(cell) for cell in row] for row in table.rows)]
    for row in grid[1:]:
        row[1] = row[1].replace("ULT-74", "ULT-75") or "Leeds"
        row[2] = row[2].replace("ULT-74", "ULT-75")
    grid.append(["site", "", "Leeds"])

    done = service.import_places(
        session, administrator, grid=grid, file_name="places.csv", zone=BERLIN
    )
    again = service.import_places(
        session, administrator, grid=grid, file_name="places.csv", zone=BERLIN
    )

    assert done.refusals == ()
    assert (again.refusals, again.total) == ((), 0)
    drawer = place_queries.get_place(session, administrator, "ULT-75/Drawer")
    bag = place_queries.get_place(session, administrator, "ULT-75/1/A/Bag")
    assert (drawer.is_loose, drawer.capacity, drawer.kind_words) == (True, 40, "bag")
    assert (bag.is_loose, bag.capacity, bag.has_share) == (True, 0, False)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["loose", "ULT-76/1/A", "Bag", "", "9", "9"], "has no rows and columns"),
        (["box", "ULT-76/1/A", "Bag", "40", "9", "9"], "only a bag has it"),
        (["loose", "ULT-76/1/A", "Bag", "12345"], "no whole number from 1 to 9999"),
        (["loose", "ULT-76/1/A", "B-1"], "ULT-76/1/A/B-1 is there and is a box."),
        (["loose", "ULT-76/1/A", "There", "9"], "takes no number of tubes; the file says 9 tubes"),
    ],
)
def test_a_row_of_a_loose_place_that_cannot_be_is_told(
    session: WriteSession, administrator: Principal, row: list[str], sentence: str
) -> None:
    make_loose(session, make_freezer(session, label="ULT-76").rack_id, label="There")
    head = ["Kind", "In", "Label", "Tubes it takes", "Rows", "Columns"]

    done = service.import_places(
        session, administrator, grid=[head, row], file_name="p.csv", zone=BERLIN
    )

    assert [sentence in refusal.sentence for refusal in done.refusals] == [True]


@pytest.mark.slow
def test_everybody_at_one_bag_gets_a_number_of_their_own(committed_database: Engine) -> None:
    del committed_database
    with writing() as session:
        person = make_person(
            session,
            Permission.SAMPLES_VIEW,
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.SAMPLES_TRANSITION,
            Permission.STORAGE_VIEW,
            Permission.STORAGE_PLACE,
        )
        bag = make_loose(session, make_freezer(session).rack_id)
    tubes = make_tubes(20)

    def act(tube: SampleId) -> Callable[[], object]:
        return lambda: placing(person, tube, bag)

    refused = at_once([act(tube) for tube in tubes])

    assert refused == [None] * 20
    require_promises()
    with writing() as session:
        box = session.scalars(select(StorageNode).where(StorageNode.id == bag)).one()
        assert (box.used, box.capacity) == (20, 0)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
