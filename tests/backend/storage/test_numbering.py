"""Boxes whose lids are numbered: positions are said as the lid says them, both ways are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.custody.models import CustodyEvent
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.models import Project, Sample
from backend.storage import (
    box_queries,
    pick_queries,
    place_contents,
    place_files,
    place_queries,
    queries,
    service,
)
from backend.storage.errors import NodeMisplaced, PositionOutside, PositionTaken
from backend.storage.ids import NodeId, Numbering, PickPurpose
from backend.storage.models import StorageNode
from backend.storage.picking import PickWish
from backend.storage.rules import BoxShape, Position, parse_position
from backend.storage.scanning.verdicts import Verdict
from backend.storage.views import BoxContents
from tests.backend.storage.test_place_files import BERLIN
from tests.factories.sequencing import make_person
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

NINE_BY_ROWS = BoxShape(9, 9, Numbering.ROWS)
NINE_BY_COLUMNS = BoxShape(9, 9, Numbering.COLUMNS)


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(
        session, Permission.SAMPLES_VIEW, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE
    )


@pytest.fixture
def freezer(session: WriteSession) -> Freezer:
    """Two boxes of nine by nine, the first with a lid numbered 1 to 81 row by row."""
    made = make_freezer(session, boxes=2)
    session.get_one(StorageNode, made.box_id).numbering = Numbering.ROWS
    session.flush()
    return made


def describe(
    session: WriteSession, principal: Principal, node_id: NodeId, numbering: Numbering
) -> None:
    service.describe_place(
        session, principal, node_id=node_id, barcode=None, setpoint_c=None, numbering=numbering
    )


def inside(session: WriteSession, principal: Principal, box_id: NodeId) -> BoxContents:
    return box_queries.box_contents(session, principal, box_id)


@given(
    rows=st.integers(1, 48),
    columns=st.integers(1, 48),
    numbering=st.sampled_from(Numbering),
    drawn=st.data(),
)
def test_what_a_lid_says_is_read_back_and_so_is_the_letter(
    rows: int, columns: int, numbering: Numbering, drawn: st.DataObject
) -> None:
    shape = BoxShape(rows, columns, numbering)
    row, column = drawn.draw(st.integers(1, rows)), drawn.draw(st.integers(1, columns))

    position = shape.at(row, column)

    assert parse_position(position.label, shape) == Position(row, column)
    assert parse_position(position.key, shape) == Position(row, column)
    assert position.key == Position(row, column).label
    assert parse_position("0" + position.label, shape) in {Position(row, column), None}


@given(rows=st.integers(1, 20), columns=st.integers(1, 20), numbering=st.sampled_from(Numbering))
def test_no_two_positions_of_a_lid_are_called_the_same(
    rows: int, columns: int, numbering: Numbering
) -> None:
    shape = BoxShape(rows, columns, numbering)

    said = [position.label for position in shape.positions()]

    assert len(set(said)) == shape.capacity
    if shape.is_numbered:
        assert {int(each) for each in said} == set(range(1, shape.capacity + 1))


@pytest.mark.parametrize(
    ("shape", "said", "key"),
    [
        (NINE_BY_ROWS, "12", "B3"),
        (NINE_BY_ROWS, "81", "I9"),
        (NINE_BY_COLUMNS, "12", "C2"),
        (NINE_BY_COLUMNS, "c2", "C2"),
        (NINE_BY_COLUMNS, "2C", "C2"),
        (BoxShape(16, 24), "p24", "P24"),
        (BoxShape(16, 24), "384", "P24"),
    ],
)
def test_positions_as_people_know_them(shape: BoxShape, said: str, key: str) -> None:
    position = parse_position(said, shape)

    assert position is not None
    assert position.key == key


def test_numbers_beyond_the_lid_are_none() -> None:
    assert parse_position("82", NINE_BY_ROWS) is None
    assert parse_position("82", NINE_BY_COLUMNS) is None
    assert parse_position("J1", NINE_BY_ROWS) is None


def test_a_tube_is_said_to_stand_where_the_lid_says(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = make_tube(session, project)

    placed = service.place_sample(
        session, technician, sample_id=tube, box_id=freezer.box_id, row=2, column=3
    )
    moved = service.move_samples(
        session, technician, sample_ids=[tube], box_id=freezer.box_ids[1], row=2, column=3
    )
    service.move_samples(
        session, technician, sample_ids=[tube], box_id=freezer.box_id, row=9, column=9
    )

    assert (placed.position, moved[0].position) == ("12", "B3")
    where = queries.locations_of(session, technician, [tube])[tube]
    assert where.label == f"{freezer.label}/B-1/81"
    stays = queries.custody_history(session, technician, tube)
    assert [stay.position for stay in stays] == ["81", "B3", "12"]
    events = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.sample_moved")
    ).all()
    said = {(each.payload["from_position"], each.payload["position"]) for each in events}
    assert said == {("12", "B3"), ("B3", "81")}
    assert inside(session, technician, freezer.box_id).tubes[0].position.label == "81"


def test_refusals_speak_of_the_number_on_the_lid(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    stand(session, make_tube(session, project), freezer.box_id, 2, 3)
    tube = make_tube(session, project)

    with pytest.raises(PositionTaken, match=r"^12 of .* is taken or blocked"):
        service.place_sample(
            session, technician, sample_id=tube, box_id=freezer.box_id, row=2, column=3
        )
    with pytest.raises(PositionOutside):
        service.place_sample(
            session, technician, sample_id=tube, box_id=freezer.box_id, row=10, column=1
        )


def test_files_and_pick_lists_say_the_number_on_the_lid(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_id, 2, 3)

    picks = service.make_list(
        session,
        technician,
        title="Move",
        purpose=PickPurpose.MOVE,
        lines=[PickWish(sample_id=tube, to_box_id=freezer.box_ids[1], to_row=1, to_column=2)],
    )

    (line,) = pick_queries.list_lines(session, technician, picks)
    goal = None if line.to_position is None else line.to_position.label
    assert (line.from_position.label, goal) == ("12", "A2")
    tubes = place_contents.list_contents(session, technician, freezer.box_ids)
    table = place_files.contents_table(tubes, BERLIN)
    assert [row[1] for row in table.rows] == ["12"]


def test_a_position_alone_is_scanned_by_the_number_of_the_lid_that_a_tube_goes_to(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_ids[1], 1, 1)
    picks = service.make_list(
        session,
        technician,
        title="Move",
        purpose=PickPurpose.MOVE,
        lines=[PickWish(sample_id=tube, to_box_id=freezer.box_id, to_row=2, to_column=3)],
    )

    code = session.get_one(Sample, tube).barcode
    service.pick(session, technician, list_id=picks, barcode=code)
    step = service.pick(session, technician, list_id=picks, barcode="12")

    assert step.sentence == f"{code} placed in {freezer.label}/1/A/B-1/12."


@pytest.mark.parametrize("spelling", [("12", "13"), ("B3", "B4")])
def test_a_rack_scan_is_read_in_either_spelling_and_told_as_the_lid_says(
    session: WriteSession,
    technician: Principal,
    project: Project,
    freezer: Freezer,
    spelling: tuple[str, str],
) -> None:
    there, new = make_tube(session, project), make_tube(session, project)
    stand(session, there, freezer.box_id, 2, 3)
    codes = [session.get_one(Sample, each).barcode for each in (there, new)]
    text = "Position,Barcode\n" + "".join(
        f"{spot},{code}\n" for spot, code in zip(spelling, codes, strict=True)
    )

    scan = service.read_rack(
        session,
        technician,
        file_name="scan.csv",
        content=text.encode(),
        files=MemoryStore(),
        box=f"{freezer.label}/1/A/B-1",
    )
    service.commit_rack(session, technician, scan_id=scan.id)

    told = {line.position: line.verdict for line in scan.lines if line.found}
    assert told == {"12": Verdict.MATCH, "13": Verdict.NEW}
    standing = inside(session, technician, freezer.box_id).tubes
    assert [each.position for each in standing] == [Position(2, 3), Position(2, 4)]


def test_the_numbering_is_changed_and_nothing_moves(
    session: WriteSession,
    technician: Principal,
    administrator: Principal,
    project: Project,
    freezer: Freezer,
) -> None:
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_id, 2, 3)

    describe(session, administrator, freezer.box_id, Numbering.COLUMNS)

    (shown,) = inside(session, technician, freezer.box_id).tubes
    assert (shown.position, shown.position.label) == (Position(2, 3), "20")
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.place_described")
    ).one()
    assert entry.new_values is not None
    assert entry.new_values["numbering"] == "columns"


def test_a_lid_is_not_renumbered_while_a_scan_of_its_box_waits(
    session: WriteSession,
    technician: Principal,
    administrator: Principal,
    project: Project,
    freezer: Freezer,
) -> None:
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    scan = service.read_rack(
        session,
        technician,
        file_name="scan.csv",
        content=b"Position,Barcode\n1,NOBODY\n",
        files=MemoryStore(),
        box=f"{freezer.label}/1/A/B-1",
    )

    with pytest.raises(NodeMisplaced, match=r"A rack scan of .* waits"):
        describe(session, administrator, freezer.box_id, Numbering.COLUMNS)
    describe(session, administrator, freezer.box_id, Numbering.ROWS)
    service.discard_rack(session, technician, scan_id=scan.id)
    describe(session, administrator, freezer.box_id, Numbering.COLUMNS)

    place = place_queries.place_of(session, administrator, freezer.box_id)
    assert place.shape is not None
    assert place.shape.numbering is Numbering.COLUMNS


def test_only_what_has_rows_and_columns_is_numbered(
    session: WriteSession, administrator: Principal, freezer: Freezer
) -> None:
    with pytest.raises(NodeMisplaced, match="no rows and columns that could be numbered"):
        describe(session, administrator, freezer.rack_id, Numbering.ROWS)


@pytest.mark.parametrize("numbering", list(Numbering))
def test_custody_says_the_position_as_the_lid_does(
    session: WriteSession,
    technician: Principal,
    project: Project,
    freezer: Freezer,
    numbering: Numbering,
) -> None:
    session.get_one(StorageNode, freezer.box_id).numbering = numbering
    session.flush()
    tube = make_tube(session, project)

    placed = service.place_sample(
        session, technician, sample_id=tube, box_id=freezer.box_id, row=2, column=3
    )

    labels = session.scalars(
        select(CustodyEvent.to_label).where(CustodyEvent.sample_id == tube)
    ).all()
    assert f"{freezer.label}/1/A/B-1/{placed.position}" in labels
