"""Instruments' files from a terminal: by themselves, and for a worksheet."""

import json
from pathlib import Path

import pytest

from backend.cli import __main__ as cli
from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.sequencing.preparation import worksheet_queries
from tests.factories.preparation import make_input, make_worksheet
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.support.command_line import run_command


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plate.csv"
    path.write_text("Well,Concentration (ng/µL)\nA1,12.5\nH12,<0.50\n")
    return path


def test_a_file_by_itself_is_told_without_a_laboratory(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(("library", "readings", str(file), "--dry-run", "--json")) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["instrument"], told["kept"]) == ("plate_reader", False)
    assert [(each["well"], each["value"], each["below"]) for each in told["readings"]] == [
        ("A1", 12.5, None),
        ("H12", None, 0.5),
    ]
    assert [(each["line"], each["code"]) for each in told["findings"]] == [(3, "under_range")]


def test_an_unknown_file_ends_with_1_and_one_that_lacks_with_2(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("Name,Colour\nA,red\n")

    assert cli.main(("library", "readings", str(file), "--dry-run")) == 1
    assert "The file is none that is known here" in capsys.readouterr().out
    assert cli.main(("library", "readings", str(tmp_path / "no.csv"), "--dry-run")) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert cli.main(("library", "readings", str(file))) == 2
    assert "--worksheet LP-0001, or --dry-run" in capsys.readouterr().err


def test_readings_of_a_worksheet_are_kept_once(
    laboratory: Settings, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del laboratory  # the folder and the database of the terminal
    with writing() as session:
        barcode = make_input(session, make_project(session), None)
        code = make_worksheet(session, EVERYBODY, [barcode]).code
    asked = ("library", "readings", str(file), "--worksheet", code, "--json")

    assert run_command(*asked, "--dry-run") == 0
    assert json.loads(capsys.readouterr().out)["kept"] is False
    assert run_command(*asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kept"], told["readings"][0]["worksheet_well"]) == (True, "A1")
    assert run_command(*asked) == 2
    assert "was kept already" in capsys.readouterr().err
    with reading() as session:
        seen = worksheet_queries.get_worksheet(session, EVERYBODY, code)
    assert [each.file_name for each in seen.files] == ["plate.csv"]
