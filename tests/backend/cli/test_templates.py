"""Templates from a terminal: a definition comes in as JSON and goes out as a workbook."""

import json
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

run = partial(run_command, "templates")

SAYS = {
    "key": "cli-intake",
    "name": "CLI intake",
    "kind": "sample_intake",
    "definition": {
        "columns": [
            {"heading": "Sample ID", "field": "external_id", "required": True},
            {"heading": "Ward", "kind": "choice", "choices": ["A1", "B2"]},
        ],
        "rules": [{"kind": "at_least_one", "columns": ["Sample ID", "Ward"]}],
    },
}


def test_a_definition_comes_in_is_published_and_goes_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, book = tmp_path / "says.json", tmp_path / "out.xlsx"
    file.write_text(json.dumps(SAYS), encoding="utf-8")

    assert run("import-definition", str(file)) == 0
    assert run("publish", "cli-intake", "--note", "First.") == 0
    assert run("list") == 0
    assert run("show", "cli-intake") == 0
    assert run("export", "cli-intake", "-o", str(book)) == 0

    said = capsys.readouterr().out
    assert "version 1 is what senders are given now" in said
    assert "Ward: choice, one of A1, B2" in said
    assert "at least one of Sample ID, Ward" in said
    assert load_workbook(book)["Samples"].cell(1, 2).value == "Ward"


def test_what_show_writes_is_read_again_as_the_next_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "says.json"
    file.write_text(json.dumps(SAYS), encoding="utf-8")
    run("import-definition", str(file))
    run("publish", "cli-intake", "--note", "First.")
    capsys.readouterr()
    run("show", "cli-intake", "--json")
    file.write_text(capsys.readouterr().out, encoding="utf-8")

    assert run("import-definition", str(file)) == 0

    assert "cli-intake: version 2 is a draft." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "must hold key, name, kind and definition"),
        (
            '{"key": "a", "kind": "soup", "definition": {"columns": [{"heading": "B"}]}}',
            "“soup” is no kind",
        ),
        ('{"key": "a", "name": "A", "definition": {"columns": []}}', "definition"),
    ],
)
def test_a_file_that_is_no_definition_is_refused_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    file = tmp_path / "says.json"
    file.write_text(text, encoding="utf-8")

    assert run("import-definition", str(file)) == 2

    assert said in capsys.readouterr().err
    assert run("show", "a") == 2


def test_a_file_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import-definition", "nowhere.json") == 2

    assert "nowhere.json cannot be read" in capsys.readouterr().err


def _published(tmp_path: Path) -> None:
    file = tmp_path / "says.json"
    file.write_text(json.dumps(SAYS), encoding="utf-8")
    run("import-definition", str(file))
    run("publish", "cli-intake", "--note", "First.")


def test_the_list_says_what_is_published_and_what_is_a_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _published(tmp_path)
    run("import-definition", str(tmp_path / "says.json"))
    capsys.readouterr()

    assert run("list") == 0

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "cli-intake" in line]
    assert "CLI intake" in line
    assert "version 1, draft 2, 0 lists" in line


def test_a_version_is_named_or_it_is_the_one_that_is_handed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _published(tmp_path)
    run("import-definition", str(tmp_path / "says.json"))
    capsys.readouterr()

    assert run("show", "cli-intake") == 0
    assert "CLI intake, version 1, published" in capsys.readouterr().out
    assert run("show", "cli-intake", "--version", "2") == 0
    assert "CLI intake, version 2, draft" in capsys.readouterr().out
    assert run("show", "cli-intake", "--version", "3") == 2
    assert "cli-intake" in capsys.readouterr().err


def test_a_workbook_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _published(tmp_path)
    capsys.readouterr()

    assert run("export", "cli-intake", "-o", str(tmp_path / "no-folder" / "out.xlsx")) == 2

    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["cli-intake", "nowhere"])
def test_nothing_is_published_where_there_is_no_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    _published(tmp_path)
    capsys.readouterr()

    assert run("publish", key, "--note", "Again.") == 2

    assert capsys.readouterr().err
    assert run("show", "cli-intake", "--version", "1") == 0
