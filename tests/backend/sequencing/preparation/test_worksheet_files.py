"""A worksheet as a robot's list, a workbook and a page."""

import io

import pytest
from openpyxl import load_workbook

from backend.core.sessions import WriteSession
from backend.sequencing.preparation import worksheet_files
from backend.sequencing.preparation.adapters import worksheet_sheet
from backend.sequencing.preparation.errors import WorksheetRefused
from backend.sequencing.preparation.ids import PlateShape
from backend.sequencing.preparation.views import WorksheetView
from backend.storage.worklists import Robot
from tests.factories.preparation import BENCH, make_input, make_lot, make_worksheet
from tests.factories.sequencing import make_person, make_project
from tests.support.pdf_reading import pages_of

pytestmark = pytest.mark.usefixtures("frozen_clock")


def planned(session: WriteSession, *strengths: str | None) -> WorksheetView:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    inputs = [make_input(session, project, strength) for strength in strengths]
    lots = (make_lot(session, lot="A7"),)
    return make_worksheet(session, ada, inputs, shape=PlateShape.STRIPS_24, lot_ids=lots)


def test_a_robot_gives_diluent_first_and_every_sample_its_own_volume(session: WriteSession) -> None:
    sheet = planned(session, "56", "1")

    lines = worksheet_files.as_worklist(sheet, Robot.HAMILTON).splitlines()

    tubes = f"{sheet.code} tubes"
    assert lines == [
        "SourceLabware,SourcePosition,TargetLabware,TargetPosition,Volume",
        f"Diluent,1,{sheet.code},1,19.107",
        f"Diluent,1,{sheet.code},3,20",
        f"{tubes},1,{sheet.code},1,0.893",
        f"{tubes},2,{sheet.code},2,20",
    ]


def test_every_robot_gets_every_transfer(session: WriteSession) -> None:
    sheet = planned(session, "56", "1")

    tips_washed = worksheet_files.as_worklist(sheet, Robot.TECAN).splitlines().count("W;")
    assert tips_washed == 4
    assert f"{sheet.code},B1,20" in worksheet_files.as_worklist(sheet, Robot.BIOMEK)


def test_without_a_concentration_there_is_no_worklist(session: WriteSession) -> None:
    sheet = planned(session, "56", None)

    with pytest.raises(WorksheetRefused, match=f"{sheet.wells[1].barcode} has no concentration"):
        worksheet_files.as_worklist(sheet, Robot.TECAN)


def test_the_workbook_has_numbers_as_numbers(session: WriteSession) -> None:
    sheet = planned(session, "56")

    book = load_workbook(io.BytesIO(worksheet_files.as_xlsx(sheet)))

    rows = list(book[sheet.code].iter_rows(values_only=True))
    assert rows[1][:3] == ("A1", "sample", sheet.wells[0].barcode)
    assert rows[1][6:8] == (0.893, 19.107)
    assert [row[2] for row in book["Lots"].iter_rows(values_only=True)] == ["Lot", "A7"]


def test_the_page_names_wells_volumes_indexes_and_lots(session: WriteSession) -> None:
    sheet = planned(session, "56", "1")

    said = "\n".join(pages_of(worksheet_sheet.draw(sheet, printed="29 Nov 2026, 12:00")))

    for words in (
        sheet.code,
        str(sheet.wells[0].barcode),
        "0.893",
        "U01",
        "under target",
        "lot A7",
    ):
        assert words in said
