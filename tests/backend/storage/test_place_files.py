"""A place as a file and back: exported, printed, imported, all of it or nothing."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.labels.adapters import place_sheet
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.models import Project
from backend.storage import place_contents, place_files, place_queries, service
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import BlockedPosition, StorageNode
from backend.storage.place_importing import ImportedPlaces
from backend.storage.place_views import PlaceView
from backend.storage.rules import Position
from backend.templates.adapters.sheets import read_sheets
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_tube, stand

BERLIN = ZoneInfo("Europe/Berlin")
FAR = datetime(2999, 12, 31, tzinfo=UTC)
HEAD = ["Kind", "In", "Label", "Zone", "Rows", "Columns", "Boxes it takes", "Reserved for"]


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(
        session,
        Permission.SAMPLES_VIEW,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_CONFIGURE,
    )


def bring_in(
    session: WriteSession, principal: Principal, *rows: list[str], only_look: bool = False
) -> ImportedPlaces:
    return service.import_places(
        session,
        principal,
        grid=[HEAD, *rows],
        file_name="places.csv",
        zone=BERLIN,
        only_look=only_look,
    )


def freezer_rows(unit: str) -> list[list[str]]:
    """Rows of a freezer of one box, the inmost first."""
    return [
        ["Box", f"{unit}/1/A", "B-1", "", "9", "9", "", ""],
        ["rack", f"{unit}/1", "A", "", "", "", "16", ""],
        ["shelf", unit, "1", "", "", "", "", ""],
        ["unit", "Cold room", unit, "-80 °C", "", "", "", ""],
        ["room", "Leeds", "Cold room", "", "", "", "", ""],
        ["site", "", "Leeds", "", "", "", "", ""],
    ]


def count(session: WriteSession) -> int:
    return session.scalars(select(func.count()).select_from(StorageNode)).one()


def test_what_is_missing_is_made_in_whatever_order_the_rows_stand(
    session: WriteSession, administrator: Principal
) -> None:
    done = bring_in(session, administrator, *freezer_rows("ULT-90"))

    assert done.refusals == ()
    assert (done.total, done.already) == (6, 0)
    box = place_queries.get_place(session, administrator, "ULT-90/1/A/B-1")
    assert (box.capacity, box.temperature_class) == (81, TemperatureClass.MINUS_80)
    events = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.places_imported")
    ).all()
    assert [event.payload["places"]["box"] for event in events] == [1]


def test_the_same_file_again_makes_nothing(session: WriteSession, administrator: Principal) -> None:
    bring_in(session, administrator, *freezer_rows("ULT-90"))

    again = bring_in(session, administrator, *freezer_rows("ULT-90"))

    assert (again.total, again.already, again.refusals) == (0, 6, ())


def test_one_refused_row_and_nothing_is_made(
    session: WriteSession, administrator: Principal
) -> None:
    rows = [
        *freezer_rows("ULT-90"),
        ["tray", "ULT-90", "2", "", "", "", "", ""],
        ["box", "ULT-90/1/A", "B-2", "", "9", "", "x", ""],
        ["box", "ULT-90/9/A", "B-3", "", "9", "9", "", ""],
        ["box", "ULT-90/1/A", "B-4", "", "9", "9", "", "NONE-1"],
    ]

    done = bring_in(session, administrator, *rows)

    assert [refusal.number for refusal in done.refusals] == [8, 9, 10, 11]
    said = [refusal.sentence for refusal in done.refusals]
    assert said[0].startswith("Kind: “tray” is no kind of place.")
    assert "“x” is no whole number" in said[1]
    assert "both rows and columns" in said[1]
    assert said[2] == "There is no place “ULT-90/9/A” to put it in."
    assert said[3] == "There is no project NONE-1."
    assert count(session) == 0


def test_looking_at_a_file_makes_nothing(session: WriteSession, administrator: Principal) -> None:
    seen = bring_in(session, administrator, *freezer_rows("ULT-90"), only_look=True)

    assert (seen.total, count(session)) == (6, 0)


def test_a_place_that_is_there_with_another_size_is_refused(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session)

    done = bring_in(
        session,
        administrator,
        ["box", f"{freezer.label}/1/A", "B-1", "", "8", "12", "", ""],
    )

    (refusal,) = done.refusals
    assert "is there with 9 rows and 9 columns; the file says 8 and 12" in refusal.sentence


def test_a_file_without_its_headings_is_refused_in_one_sentence(
    session: WriteSession, administrator: Principal
) -> None:
    done = service.import_places(
        session,
        administrator,
        grid=[["Freezer", "Label"], ["A", "B"]],
        file_name="x.csv",
        zone=BERLIN,
    )

    (refusal,) = done.refusals
    assert refusal.sentence.startswith("The first row has no heading “Kind”, “In”.")


def test_who_only_places_imports_no_places(session: WriteSession, technician: Principal) -> None:
    with pytest.raises(PermissionDenied):
        bring_in(session, technician, *freezer_rows("ULT-90"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_imported_again_as_it_was(
    session: WriteSession, administrator: Principal, project: Project, kind: str
) -> None:
    bring_in(session, administrator, *freezer_rows("ULT-90"))
    unit = place_queries.get_place(session, administrator, "ULT-90")
    rack = place_queries.get_place(session, administrator, "ULT-90/1/A")
    service.set_unit_status(
        session,
        administrator,
        unit_id=unit.id,
        status=UnitStatus.DEFROSTING,
        reason="=ice on the seal",
    )
    service.set_restrictions(
        session,
        administrator,
        node_id=rack.id,
        project_code=project.code,
        material_types=[MaterialType.RNA, MaterialType.GDNA],
        biosafety_level=1,
    )
    box = place_queries.get_place(session, administrator, "ULT-90/1/A/B-1")
    for spot, until in ((Position(1, 2), None), (Position(3, 4), FAR)):
        service.block_position(
            session,
            administrator,
            box_id=box.id,
            position=spot,
            reason="Broken clip; ask Ada",
            until=until,
        )
    service.describe_place(
        session,
        administrator,
        node_id=unit.id,
        barcode=unit.barcode,
        setpoint_c=unit.setpoint_c,
        power_circuit="F 3, left",
    )
    session.expire_all()
    before = inside(session, administrator, "ULT-90")
    table = place_files.places_table(before, BERLIN)
    content = place_files.as_csv(table) if kind == "csv" else place_files.as_xlsx([table])
    session.execute(delete(BlockedPosition))
    for node_kind in reversed(NodeKind):
        if node_kind not in {NodeKind.SITE, NodeKind.ROOM}:
            remove(session, node_kind)

    grid = read_sheets(content).sheets[0].rows
    done = service.import_places(session, administrator, grid=grid, file_name="x", zone=BERLIN)

    assert done.refusals == ()
    session.expire_all()
    after = inside(session, administrator, "ULT-90")
    assert [len(place.blocked) for place in after if place.shape] == [2]
    assert [place.power_circuit for place in after if place.power_circuit] == ["F 3, left"]
    assert place_files.places_table(after, BERLIN) == table


@pytest.mark.parametrize(
    ("kind", "blocked", "said"),
    [
        ("box", "broken", "“broken” names no position. Write it like B2: broken clip"),
        ("box", "Z9: clip", "ULT-90/1/A/B-7 is 9 × 9 and has no position Z9."),
        ("box", "A1: clip; A1: again", "A1 of ULT-90/1/A/B-7 is not free."),
        ("box", "A1 until soon: clip", "“A1 until soon: clip” names no position."),
        ("box", "A1:", "Write why it stays empty"),
        ("rack", "A1: clip", "Blocked: only a box has positions. Leave it empty."),
    ],
)
def test_a_file_that_blocks_what_is_no_position_is_refused(
    session: WriteSession, administrator: Principal, kind: str, blocked: str, said: str
) -> None:
    bring_in(session, administrator, *freezer_rows("ULT-90"))
    grid = [
        ["Kind", "In", "Label", "Rows", "Columns", "Blocked"],
        ["box", "ULT-90/1/A", "B-7", "9", "9", blocked]
        if kind == "box"
        else ["rack", "ULT-90/1", "B", "", "", blocked],
    ]

    done = service.import_places(session, administrator, grid=grid, file_name="x.csv", zone=BERLIN)

    (refusal,) = done.refusals
    assert said in refusal.sentence
    assert count(session) == 6


def test_a_reservation_that_has_ended_since_the_export_is_left_out(
    session: WriteSession, administrator: Principal
) -> None:
    bring_in(session, administrator, *freezer_rows("ULT-90"))
    grid = [
        ["Kind", "In", "Label", "Rows", "Columns", "Blocked"],
        ["box", "ULT-90/1/A", "B-7", "9", "9", "A1 until 2020-01-01: for Leeds; B2: clip"],
    ]

    done = service.import_places(session, administrator, grid=grid, file_name="x.csv", zone=BERLIN)

    assert done.refusals == ()
    box = place_queries.get_place(session, administrator, "ULT-90/1/A/B-7")
    assert [(spot.position.label, spot.reason) for spot in box.blocked] == [("B2", "clip")]


def test_a_reservation_ends_with_a_day_of_the_laboratory(
    session: WriteSession, administrator: Principal
) -> None:
    """Midnight in Auckland is still the day before in UTC."""
    auckland = ZoneInfo("Pacific/Auckland")
    bring_in(session, administrator, *freezer_rows("ULT-90"))
    grid = [
        ["Kind", "In", "Label", "Rows", "Columns", "Blocked"],
        ["box", "ULT-90/1/A", "B-7", "9", "9", "A1 until 2999-12-31: for Leeds"],
    ]

    done = service.import_places(
        session, administrator, grid=grid, file_name="x.csv", zone=auckland
    )

    assert done.refusals == ()
    box = place_queries.get_place(session, administrator, "ULT-90/1/A/B-7")
    (spot,) = box.blocked
    assert spot.reserved_until == datetime(2999, 12, 31, tzinfo=auckland)
    table = place_files.places_table([box], auckland)
    (row,) = table.rows
    assert row[table.headings.index("Blocked")] == "A1 until 2999-12-31: for Leeds"


def test_the_kinds_and_the_numbers_on_lids_go_out_and_come_in_again(
    session: WriteSession, administrator: Principal
) -> None:
    head = ["Kind", "In", "Label", "Zone", "Rows", "Columns", "Numbering", "Blocked"]
    rows = [
        ["site", "", "Leeds"],
        ["unit", "Leeds", "LN-90", "LN2 vapour"],
        ["Tower", "LN-90", "3"],
        ["box", "LN-90/3", "B-1", "", "9", "9", "Numbers by row", "12: clip; B4: bent"],
        ["plate", "LN-90/3", "P-1", "", "16", "24", "", ""],
        ["loose", "LN-90/3", "Bag"],
        ["rack", "LN-90", "A"],
        ["drawer", "LN-90/A", "1"],
        ["box", "LN-90/A/1", "B-2", "", "9", "9", "columns", ""],
    ]

    done = service.import_places(
        session, administrator, grid=[head, *rows], file_name="x.csv", zone=BERLIN
    )

    assert done.refusals == ()
    session.expire_all()
    table = place_files.places_table(inside(session, administrator, "LN-90"), BERLIN)
    columns = [table.headings.index(name) for name in ("Label", "Kind", "Numbering", "Blocked")]
    said = {row[columns[0]]: [row[column] for column in columns[1:]] for row in table.rows}
    assert said["3"] == ["stack", None, None]
    assert said["B-1"] == ["box", "numbers by row", "12: clip; 13: bent"]
    assert said["P-1"] == ["plate", "letters and numbers", None]
    assert said["Bag"] == ["bag", None, None]
    assert said["B-2"] == ["box", "numbers by column", None]
    text = [[str(cell or "") for cell in row] for row in (table.headings, *table.rows)]
    again = service.import_places(session, administrator, grid=text, file_name="x.csv", zone=BERLIN)
    assert (again.refusals, again.total, again.already) == ((), 0, 8)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["box", "ULT-90/1/A", "B-1", "", "9", "9", "rows"], "is there with letters and numbers"),
        (["box", "ULT-90/1/A", "B-2", "", "9", "9", "spiral"], "“spiral” is no numbering"),
        (["rack", "ULT-90/1", "B", "", "", "", "rows"], "only what has rows and columns has it"),
        (["plate", "ULT-90/1/A", "P", "", "9", "9", ""], "not 9 × 9. 96 wells are 8 × 12"),
        (["stack", "ULT-90/1/A/B-1", "1"], "A stack does not stand in a box"),
    ],
)
def test_a_row_of_the_wrong_geometry_is_told(
    session: WriteSession, administrator: Principal, row: list[str], said: str
) -> None:
    bring_in(session, administrator, *freezer_rows("ULT-90"))
    head = ["Kind", "In", "Label", "Zone", "Rows", "Columns", "Numbering"]

    done = service.import_places(
        session, administrator, grid=[head, row], file_name="x.csv", zone=BERLIN
    )

    assert [said in refusal.sentence for refusal in done.refusals] == [True]


def test_contents_tell_only_what_the_reader_may_see(
    session: WriteSession, technician: Principal, stranger: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    tube = make_tube(session, project, name="=cmd")
    stand(session, tube, freezer.box_id, 2, 3)

    ours = place_contents.list_contents(session, technician, freezer.box_ids)
    theirs = place_contents.list_contents(session, stranger, freezer.box_ids)

    assert [(each.position, each.name) for each in ours] == [(Position(2, 3), "=cmd")]
    assert [(each.position, each.barcode, each.name) for each in theirs] == [
        (Position(2, 3), None, None)
    ]
    text = place_files.as_csv(place_files.contents_table(ours, BERLIN)).decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["Sample name"] == "'=cmd"


def test_a_place_is_printed_with_the_map_of_its_boxes(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=3)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    places = inside(session, technician, freezer.label)
    tubes = place_contents.list_contents(session, technician, freezer.box_ids)

    empty = place_sheet.draw(places, {}, printed="today")
    content = place_sheet.draw(places, {tubes[0].box_path: tubes}, printed="today")

    assert content.startswith(b"%PDF-")
    assert content != empty


def inside(session: WriteSession, principal: Principal, path: str) -> list[PlaceView]:
    top = place_queries.get_place(session, principal, path)
    return place_queries.list_inside(session, principal, NodeId(top.id))


def remove(session: WriteSession, kind: NodeKind) -> None:
    for node in session.scalars(select(StorageNode).where(StorageNode.kind == kind)):
        session.delete(node)
    session.flush()
