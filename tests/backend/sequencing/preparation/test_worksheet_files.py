"""A worksheet as a robot's list, a workbook and a page."""

import io

import pytest
from openpyxl import load_workbook

from backend.core import clock
from backend.core.ids import new_id
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing.preparation import worksheet_files
from backend.sequencing.preparation.adapters import worksheet_sheet
from backend.sequencing.preparation.errors import WorksheetRefused
from backend.sequencing.preparation.ids import PlateShape
from backend.sequencing.preparation.views import WorksheetView
from backend.storage import box_queries
from backend.storage.errors import WorklistRefused
from backend.storage.hand_models import HandTrayItem
from backend.storage.views import BoxView
from backend.storage.worklists import Robot
from tests.factories.preparation import BENCH, make_input, make_lot, make_worksheet
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project
from tests.factories.storage import make_freezer, stand
from tests.support.pdf_reading import pages_of

pytestmark = pytest.mark.usefixtures("frozen_clock")


def planned(session: WriteSession, *strengths: str | None) -> WorksheetView:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    inputs = [make_input(session, project, strength) for strength in strengths]
    lots = (make_lot(session, lot="A7"),)
    return make_worksheet(session, ada, inputs, shape=PlateShape.STRIPS_24, lot_ids=lots)


def racked(session: WriteSession, sheet: WorksheetView, *spots: tuple[int, int]) -> BoxView:
    """Put the samples of a worksheet into one box, at these rows and columns."""
    box_id = make_freezer(session, label="ULT-89").box_ids[0]
    for well, (row, column) in zip(sheet.wells, spots, strict=False):
        assert well.sample_id is not None
        stand(session, well.sample_id, box_id, row, column)
    return box_queries.get_box(ReadSession(session), EVERYBODY, box_id)


def worklist(session: WriteSession, sheet: WorksheetView, robot: Robot) -> str:
    return worksheet_files.as_worklist(ReadSession(session), EVERYBODY, sheet, robot)


def test_a_robot_gives_diluent_first_and_every_sample_its_own_volume(session: WriteSession) -> None:
    sheet = planned(session, "56", "1")
    rack = racked(session, sheet, (2, 3), (1, 1))

    lines = worklist(session, sheet, Robot.HAMILTON).splitlines()

    # The rack is walked down its columns: B3 comes after A1, whatever the plate's order.
    below = f"{(3 - 1) * rack.shape.rows + 2}"
    assert lines == [
        "SourceLabware,SourcePosition,TargetLabware,TargetPosition,Volume",
        f"Diluent,1,{sheet.code},1,19.107",
        f"Diluent,1,{sheet.code},3,20",
        f"{rack.label},1,{sheet.code},2,20",
        f"{rack.label},{below},{sheet.code},1,0.893",
    ]


def test_two_racks_are_taken_one_after_the_other(session: WriteSession) -> None:
    sheet = planned(session, "56", "56", "56")
    freezer = make_freezer(session, label="ULT-90", boxes=2)
    for well, box in zip(sheet.wells, (0, 1, 0), strict=False):
        assert well.sample_id is not None
        stand(session, well.sample_id, freezer.box_ids[box], 1, well.place)

    found = worksheet_files.transfers(ReadSession(session), EVERYBODY, sheet)

    racks = [each.source.labware for each in found if each.source.labware != "Diluent"]
    assert racks[0] == racks[1] != racks[2]


def test_a_tube_in_a_hand_and_one_that_stands_nowhere_are_refused_by_name(
    session: WriteSession,
) -> None:
    sheet = planned(session, "56", "1")
    first, second = sheet.wells[:2]
    session.add(
        HandTrayItem(
            sample_id=first.sample_id,
            user_id=new_id(),
            user_name="Ada Lovelace",
            taken_at=clock.utc_now(),
        )
    )
    session.flush()

    with pytest.raises(WorklistRefused) as refused:
        worklist(session, sheet, Robot.TECAN)

    assert f"{first.barcode} is in the hand of Ada Lovelace. Put it into a rack" in str(
        refused.value
    )
    assert f"{second.barcode} stands nowhere yet. Place it in a rack first." in str(refused.value)
    places = worksheet_files.places_of(ReadSession(session), EVERYBODY, sheet)
    assert list(places.values()) == ["In the hand of Ada Lovelace", "Nowhere yet"]


def test_every_robot_gets_every_transfer(session: WriteSession) -> None:
    sheet = planned(session, "56", "1")
    racked(session, sheet, (1, 1), (1, 2))

    # Whole lines: a barcode that ends in W has "W;" in it, too.
    assert worklist(session, sheet, Robot.TECAN).splitlines().count("W;") == 4
    assert f"{sheet.code},B1,20" in worklist(session, sheet, Robot.BIOMEK)


def test_without_a_concentration_there_is_no_worklist(session: WriteSession) -> None:
    sheet = planned(session, "56", None)

    with pytest.raises(WorksheetRefused, match=f"{sheet.wells[1].barcode} has no concentration"):
        worklist(session, sheet, Robot.TECAN)


def test_the_workbook_has_numbers_as_numbers(session: WriteSession) -> None:
    sheet = planned(session, "56")

    book = load_workbook(io.BytesIO(worksheet_files.as_xlsx(sheet, {})))

    rows = list(book[sheet.code].iter_rows(values_only=True))
    assert rows[1][:3] == ("A1", "sample", sheet.wells[0].barcode)
    assert rows[1][7:9] == (0.893, 19.107)
    assert [row[2] for row in book["Lots"].iter_rows(values_only=True)] == ["Lot", "A7"]


def test_the_page_names_wells_volumes_indexes_and_lots(session: WriteSession) -> None:
    sheet = planned(session, "56", "1")
    rack = racked(session, sheet, (1, 1), (1, 2))
    places = worksheet_files.places_of(ReadSession(session), EVERYBODY, sheet)

    said = "\n".join(pages_of(worksheet_sheet.draw(sheet, places, printed="29 Nov 2026, 12:00")))

    for words in (
        sheet.code,
        str(sheet.wells[0].barcode),
        "0.893",
        "U01",
        "under target",
        "lot A7",
        f"{rack.label}/A2",
    ):
        assert words in said
