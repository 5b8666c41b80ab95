"""Labels from a terminal: printers, prints, sheets, and where codes come from."""

from functools import partial
from pathlib import Path

import pytest

from backend.core.transaction import writing
from backend.labels import sheet_files
from tests.factories.samples import make_project, make_sample
from tests.support import pdf_reading
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

run = partial(run_command, "labels")


def test_labels_are_queued_on_a_printer_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        make_sample(session, barcode="PLS-1")

    assert run("add-printer", "Bench 4", "printer-4.lab", "--dpi", "300") == 0
    assert run("print", "pls-1", "--printer", "bench 4", "--copies", "2") == 0
    assert run("print", "pls-1", "--printer", "bench 4") == 2
    assert run("queue") == 0

    said = capsys.readouterr()
    assert "2 labels queued on Bench 4" in said.out
    assert "was printed before" in said.err
    assert "Waiting" in said.out
    assert "PLS-1" in said.out


def test_an_unknown_printer_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run("add-printer", "Bench 4", "printer-4.lab")

    assert run("test", "Bench 9") == 2

    assert "There are: Bench 4." in capsys.readouterr().err
    assert run("test", "Bench 4") == 0
    assert run("printers") == 0
    assert "1 waiting" in capsys.readouterr().out


def test_a_sheet_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        make_sample(session, barcode="PLS-1")
    file = tmp_path / "labels.pdf"

    assert run("sheet", "PLS-1", "--sheet", "a4-65", "--out", str(file)) == 0

    assert file.read_bytes().startswith(b"%PDF")
    assert "100 %" in capsys.readouterr().out


def test_more_labels_than_one_print_holds_come_from_a_file_of_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_files, "MOST_LABELS", 30)
    codes = [f"PLS-{number}" for number in range(70)]
    with writing() as session:
        project = make_project(session).code
        for code in codes:
            make_sample(session, project, barcode=code)
    listed = tmp_path / "codes.txt"
    listed.write_text("\n".join(codes) + "\n\n", encoding="utf-8")
    asked = ("sheet", "--codes", str(listed), "--sheet", "a4-65", "--out")

    assert run(*asked, str(tmp_path / "labels.pdf")) == 0
    assert run(*asked, str(tmp_path / "again.pdf")) == 2

    assert len(pdf_reading.pages_of((tmp_path / "labels.pdf").read_bytes())) == 2
    assert not (tmp_path / "again.pdf").exists()
    assert "were printed before" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "Name the samples' barcodes"),
        (("--codes", "nowhere.txt"), "cannot be read"),
        (("PLS-1", "--copies", "51"), "you wrote 51"),
    ],
)
def test_a_sheet_of_nothing_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], said: str
) -> None:
    assert run("sheet", *given, "--sheet", "a4-65", "--out", str(tmp_path / "x.pdf")) == 2

    assert said in capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()


def test_a_sheet_that_cannot_be_written_counts_as_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing() as session:
        make_sample(session, barcode="PLS-1")

    assert run("sheet", "PLS-1", "--sheet", "a4-65", "--out", str(tmp_path / "no" / "x.pdf")) == 2

    assert "cannot be written" in capsys.readouterr().err
    assert run("queue", "--all") == 0
    assert capsys.readouterr().out == "Nothing waits.\n"


def test_series_tubes_and_policy_are_set_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("series", "hmg", "--digits", "6", "--types", "rna", "plasma") == 0
    assert run("tubes", "FD0001", "FD0100", "--note", "Lot 7") == 0
    assert run("codes", "ranges") == 0

    said = capsys.readouterr().out
    assert "100 tubes registered" in said
    assert "codes from elsewhere: ranges" in said
    assert "series HMG, 6 digits, rna, plasma" in said
    assert "tubes FD0001 to FD0100, 0 of 100 used" in said
