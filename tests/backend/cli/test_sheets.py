"""Sample sheets from a terminal, where no laboratory runs."""

import io
import json
import os
import sys
from pathlib import Path

import pytest

from backend.cli import __main__ as cli
from tests.support import sheets

RUN_INFO = (
    "<RunInfo><Run Id='r'><Reads><Read NumCycles='151'/>"
    "<Read NumCycles='8' IsIndexedRead='Y'/>"
    "<Read NumCycles='8' IsIndexedRead='Y' IsReverseComplement='N'/>"
    "<Read NumCycles='151'/></Reads></Run></RunInfo>"
)


def run(*arguments: str) -> int:
    """Run a command as a process would, without a database."""
    return cli.main(("sheet", *arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.csv"
    path.write_text(sheets.V2)
    return path


def test_a_good_sheet_is_told_as_json_and_ends_with_0(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", str(file), "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["dialect"], told["rows"]) == ("sheet.csv", "illumina_v2", 3)
    assert told["cycles"] == {"read1": 151, "read2": 151, "index1": 10, "index2": 10}
    assert (told["lanes"], told["findings"]) == ([1, 2], [])


@pytest.mark.parametrize("form", [["--json"], []])
def test_a_name_that_commands_a_terminal_or_is_no_text_is_written_harmless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: list[str]
) -> None:
    hostile = tmp_path / os.fsdecode(b"\x1b]0;mine\xff.csv")
    hostile.write_text(sheets.V2)
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding="utf-8", errors="strict")
    monkeypatch.setattr(sys, "stdout", terminal)

    assert run("check", str(hostile), *form) == 0

    terminal.flush()
    assert b"mine" in written.getvalue()
    assert b"\x1b" not in written.getvalue()


def test_errors_have_their_line_and_fix_and_end_with_1(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(sheets.V2.replace("TTATAACC", "ttataacc"))

    assert run("check", str(file), "--json") == 1

    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert found == {
        "line": 21,
        "column": 3,
        "code": "index_letters",
        "severity": "error",
        "message": "“ttataacc” is written with small letters or spaces.",
        "value": "ttataacc",
        "fix": {
            "label": "Write TTATAACC",
            "edits": [{"line": 21, "column": 3, "text": "TTATAACC"}],
        },
    }
    assert run("check", str(file)) == 1
    assert "error    line 21, column 3" in capsys.readouterr().out


def test_fixes_are_written_to_another_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(sheets.V2.replace("TTATAACC", "ttataacc"))
    mended = tmp_path / "mended.csv"

    assert run("check", str(file), "--fix", str(mended)) == 0

    assert mended.read_text() == sheets.V2
    assert "1 fixes made" in capsys.readouterr().err


def test_what_is_no_sheet_or_cannot_be_opened_is_said(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("name,age\n")
    assert run("check", str(file)) == 1
    assert "no sample sheet" in capsys.readouterr().out

    assert run("check", str(tmp_path / "absent.csv")) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert run("diff", str(file), str(file)) == 2
    assert "This is no sample sheet" in capsys.readouterr().err


def test_a_v1_sheet_is_converted_and_what_changed_is_said_beside_it(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(sheets.V1)

    assert run("convert", str(file), "--to", "v2") == 0

    told = capsys.readouterr()
    assert "S1,CCGCGGTT,TTAGCGCT,Alpha" in told.out
    assert "Every i5 was turned round" in told.err
    again = tmp_path / "again.csv"
    again.write_text(told.out)
    assert run("check", str(again)) == 0


def test_run_info_counts_before_the_table_and_before_what_was_typed(
    file: Path, tmp_path: Path
) -> None:
    file.write_text(sheets.V1)
    info, out = tmp_path / "RunInfo.xml", tmp_path / "out.csv"
    info.write_text(RUN_INFO)
    typed = ("--i5", "reverse-complement", "--run-info", str(info), "--output", str(out))

    assert run("convert", str(file), "--to", "v2", *typed) == 0

    assert "S1,CCGCGGTT,AGCGCTAA,Alpha" in out.read_text()


def test_a_sheet_with_errors_or_of_an_unknown_direction_is_not_converted(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(sheets.V1.replace("TTATAACC", "TTATAACX"))
    assert run("convert", str(file), "--to", "v2") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "line 16" in told.err

    file.write_text(sheets.V1.replace("NextSeq 550", "NovaSeq 6000"))
    assert run("convert", str(file), "--to", "v2") == 2
    assert "--i5" in capsys.readouterr().err


def test_differences_end_with_1_and_none_with_0(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(sheets.V2.replace("Beta", "Gamma"))

    assert run("diff", str(file), str(file)) == 0
    assert capsys.readouterr().out == "Both sheets say the same.\n"
    assert run("diff", str(file), str(other)) == 1
    assert "S3 (lane 2), project was Beta, is Gamma." in capsys.readouterr().out
    assert run("diff", str(file), str(other), "--json") == 1
    (found,) = json.loads(capsys.readouterr().out)["differences"]
    assert (found["kind"], found["line_before"], found["after"]) == ("changed", 22, "Gamma")
