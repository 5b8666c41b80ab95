"""Workbooks from a terminal: add, list, find, compare."""

from functools import partial
from pathlib import Path

import pytest

from backend.core.transaction import writing
from tests.factories.samples import make_project
from tests.factories.workbooks import book
from tests.support.command_line import run_command
from tests.support.sample_files import manifest

pytestmark = pytest.mark.usefixtures("laboratory")

run = partial(run_command, "workbooks")


def _file(folder: Path, name: str, reading: str) -> str:
    path = folder / name
    path.write_bytes(book({"Plate": [["Well", "Reading"], ["A1", reading], ["A2", "7"]]}))
    return str(path)


def test_a_workbook_is_added_listed_found_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", _file(tmp_path, "plate.xlsx", "2.5")) == 0
    said = capsys.readouterr().out
    assert "plate, version 1: 1 sheets, 2 rows." in said
    key = said.split()[0]
    assert run("add", _file(tmp_path, "again.xlsx", "2.75"), "--version-of", key) == 0
    assert "plate, version 2" in capsys.readouterr().out

    assert run("list") == 0
    assert "plate  no project  version 2  read" in capsys.readouterr().out
    assert run("find", "2.7") == 0
    assert capsys.readouterr().out == "plate, version 2, Plate, row 2: Reading: 2.75\n"
    assert run("diff", key, "--key", "Well") == 0
    assert capsys.readouterr().out == "  row 1, Reading: “2.5” → “2.75”\n"


def test_what_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert run("find", "nothing") == 0
    assert run("diff", "no-key") == 2
    assert run("add", str(tmp_path / "absent.xlsx")) == 2

    said = capsys.readouterr()
    assert said.out == "There are no workbooks here.\nNo row contains “nothing”.\n"
    assert "is no workbook's key" in said.err
    assert "cannot be read" in said.err


def test_a_version_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("add", _file(tmp_path, "plate.xlsx", "1"))
    key = capsys.readouterr().out.split()[0]

    assert run("diff", key) == 2

    assert "“plate” has no version 0. It has 1." in capsys.readouterr().err


def test_a_workbook_is_renamed_found_by_its_name_and_its_rows_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing() as session:
        project = make_project(session, "BENCH-1")
    path = tmp_path / "list.csv"
    path.write_bytes(manifest())
    assert run("add", str(path)) == 0
    key = capsys.readouterr().out.split()[0]

    assert run("rename", key, "Rack of May") == 0
    assert run("list", "--search", "of may") == 0
    assert run("list", "--search", "no such") == 0
    assert run("send", key, "--project", project.code) == 0

    said = capsys.readouterr().out
    assert "It is called “Rack of May” now." in said
    assert f"{key}  Rack of May" in said
    assert "There are no workbooks here." in said
    assert "/register?draft=" in said
