"""Places from a terminal: types of units, whole units."""

from functools import partial
from pathlib import Path

import pytest

from backend.core.transaction import reading, writing
from backend.storage import queries, service
from backend.storage.ids import NodeKind
from backend.storage.usual_unit_types import add_usual_unit_types
from tests.factories.samples import EVERYBODY
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

storage = partial(run_command, "storage")


@pytest.fixture
def site() -> str:
    with writing() as session:
        add_usual_unit_types(session, EVERYBODY)
        service.create_node(session, EVERYBODY, kind=NodeKind.SITE, label="Leeds")
    return "Leeds"


def test_types_are_listed_with_what_a_unit_consists_of(
    site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert storage("unit-types") == 0

    said = capsys.readouterr().out
    assert (
        "LN2 vapour tank  version 1  4 shelves, 24 racks, room for 312 boxes, 312 made with it"
        in said
    )


def test_a_unit_is_made_from_a_type(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert storage("unit-from-type", "LN2 vapour tank", "LN-07", "--in", site) == 0

    assert capsys.readouterr().out == (
        "LN-07 is made: 4 shelves, 24 racks, 312 boxes, 31,200 positions.\n"
    )
    with reading() as session:
        assert queries.find_node(session, EVERYBODY, "LN-07/4/6/B-312") is not None


def test_a_unit_in_no_place_is_refused(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert storage("unit-from-type", "LN2 vapour tank", "LN-07", "--in", "York") == 2

    assert "There is no place “York”." in capsys.readouterr().err


def test_a_place_is_exported_and_comes_back_from_the_file(
    site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "places.xlsx"
    storage("unit-from-type", "Refrigerator 4 °C", "FRG-07", "--in", site)

    assert storage("export", "FRG-07", str(file)) == 0
    assert storage("import", str(file), "--dry-run") == 0

    said = capsys.readouterr().out
    assert "16 places are in" in said
    assert "0 places would be made, 16 are there already." in said


def test_labels_of_a_place_are_written_and_queued_and_again_with_a_reason_only(
    site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "labels.pdf"
    storage("unit-from-type", "Refrigerator 4 °C", "FRG-07", "--in", site)
    run_command("labels", "add-printer", "Bench 4", "127.0.0.1")
    labels = partial(run_command, "labels", "places", "FRG-07")

    assert labels("--out", str(file), "--alone") == 0
    assert labels("--printer", "Bench 4") == 2
    assert labels("--printer", "Bench 4", "--only-new") == 0
    assert labels("--printer", "Bench 4", "--reason", "Frost took them off") == 0

    said = capsys.readouterr()
    assert file.read_bytes().startswith(b"%PDF")
    assert "15 labels queued on Bench 4\n16 labels queued on Bench 4" in said.out
    assert "FRG-07" in said.err


def test_a_file_of_a_place_is_a_table_and_labels_are_made_elsewhere(
    site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    storage("unit-from-type", "Refrigerator 4 °C", "FRG-07", "--in", site)

    assert storage("export", "FRG-07", str(tmp_path / "labels.pdf")) == 2

    assert "neither .csv nor .xlsx" in capsys.readouterr().err


def test_a_refused_row_is_printed_and_nothing_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "places.csv"
    file.write_text("Kind,In,Label\nsite,,York\nfreezer,York,ULT-1\n")

    assert storage("import", str(file)) == 1

    said = capsys.readouterr().out
    assert "Row 3: Kind: “freezer” is no kind of place." in said
    with reading() as session:
        assert queries.find_node(session, EVERYBODY, "York") is None


def test_places_are_listed_renamed_removed_and_opened_again(
    site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    storage("unit-from-type", "LN2 vapour tank", "LN-07", "--in", site)
    storage("add", "bag", "Bag", "--in", "LN-07/4")
    storage("add", "bag", "Drawer", "--in", "LN-07", "--tubes", "40")
    capsys.readouterr()

    assert storage("list", "LN-07") == 0
    assert storage("list") == 0
    assert storage("rename", "LN-07", "LN-08") == 0
    assert storage("remove", "LN-07/4/Bag", "--reason", "torn") == 0
    assert storage("remove", "LN-99") == 2
    assert storage("reopen", "LN-08/Drawer") == 2

    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "LN-07/1  shelf  0 of 7,800 used",
        "LN-07/2  shelf  0 of 7,800 used",
        "LN-07/3  shelf  0 of 7,800 used",
        "LN-07/4  shelf  0 of 7,800 used",
        "LN-07/Drawer  bag  0 of 40 used",
        "Leeds  site  0 of 31,240 used",
        "LN-07 is called LN-08 now. Its printed codes go on finding it.",
        "LN-08/4/Bag is removed. Nothing ever stood in it.",
    ]
    assert "There is no place “LN-99”" in said.err
    assert "LN-08/Drawer is open." in said.err


def test_a_place_of_any_kind_is_added_described_and_printed(
    site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.pdf"
    assert storage("add", "unit", "LN-09", "--in", site, "--zone", "ln2", "--set-point=-180") == 0
    assert storage("add", "stack", "3", "--in", "LN-09", "--boxes", "10") == 0
    grid = ("--rows", "9", "--columns", "9", "--numbering", "rows")
    assert storage("add", "box", "B-1", "--in", "LN-09/3", *grid) == 0
    assert storage("add", "plate", "P-1", "--in", "LN-09/3", "--rows", "9", "--columns", "9") == 2
    assert storage("describe", "LN-09/3/B-1", "--barcode", "C-1", "--numbering", "columns") == 0
    assert storage("describe", "LN-09", "--numbering", "rows") == 2
    assert storage("print", "LN-09", str(sheet)) == 0

    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "LN-09 is added: a unit, set to -180 °C, no barcode.",
        "LN-09/3 is added: a stack, takes 10 boxes, no barcode.",
        "LN-09/3/B-1 is added: a box, 9 × 9, numbers by row, no barcode.",
        "LN-09/3/B-1: a box, 9 × 9, numbers by column, barcode C-1.",
        f"3 places are in {sheet}.",
    ]
    assert "A plate has 6, 12, 24, 48, 96, 384, 1,536 wells, not 9 × 9." in said.err
    assert "LN-09 has no rows and columns that could be numbered" in said.err
    assert sheet.read_bytes().startswith(b"%PDF")
