"""``tracseq import``: a dry run tells all and writes nothing; a result can be sent again."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from backend.cli import imports as command
from backend.core import transaction
from backend.core.errors import Unavailable
from backend.core.orm import Base
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.samples.models import Sample
from backend.templates.models import ImportRow, SampleImport
from tests.factories.samples import make_project
from tests.support.command_line import run_command
from tests.support.sample_files import manifest

REAL = Path(__file__).parents[4] / "shared" / "data"
run = partial(run_command, "import")


@pytest.fixture(autouse=True)
def project(laboratory: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the laboratory's only project; engines of the command are closed afterwards."""
    made: list[Engine] = []

    def make_engine(url: str) -> Engine:
        made.append(engine_of(url))
        return made[-1]

    engine_of = transaction.make_engine
    monkeypatch.setattr(transaction, "make_engine", make_engine)
    with writing() as session:
        code = make_project(session).code
    try:
        yield code
    finally:
        for engine in made:
            engine.dispose()


def _file(folder: Path, content: bytes, name: str = "list.csv") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def _seen(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run(*arguments, "--dry-run", "--json")
    return code, json.loads(capsys.readouterr().out)


def _written() -> dict[str, int]:
    tables: tuple[type[Base], ...] = (Sample, SampleImport, ImportRow, AuditEntry)
    with reading() as session:
        return {
            table.__name__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def test_a_dry_run_names_the_wrong_cell_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], project: str
) -> None:
    before = _written()
    broken = _file(tmp_path, manifest(3, {1: {"Volume_mL": "a lot"}}))

    code, seen = _seen(capsys, broken)

    assert (code, seen["project"], seen["compared_with_laboratory"]) == (1, project, True)
    assert (seen["rows"], seen["ready_rows"], seen["error_rows"]) == (3, 2, 1)
    [wrong] = [each for each in seen["findings"] if each["severity"] == "error"]
    assert (wrong["row"], wrong["column"], wrong["value_seen"]) == (3, 10, "a lot")
    assert _written() == before


def test_a_dry_run_says_that_the_file_is_here_already(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, manifest(2))
    assert run(path) == 0
    capsys.readouterr()

    code, seen = _seen(capsys, path)

    assert seen["ready_rows"] == 0
    assert "was already imported on" in seen["already_imported"]
    assert "2 samples. Nothing was registered again." in seen["already_imported"]
    assert code == 1  # its codes are taken


def test_without_a_laboratory_the_file_alone_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise Unavailable("No laboratory is running.")

    monkeypatch.setattr(command, "_connect", refuse)

    code, seen = _seen(capsys, _file(tmp_path, manifest(2)))

    assert (code, seen["compared_with_laboratory"], seen["ready_rows"]) == (0, False, 2)


def test_rows_with_errors_need_a_word_and_the_result_can_be_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = _file(tmp_path, manifest(3, {1: {"Volume_mL": "a lot"}}))
    result = tmp_path / "result.xlsx"

    assert run(broken) == 2
    assert "valid-rows" in capsys.readouterr().err
    assert run(broken, "--commit", "valid-rows", "--result", str(result)) == 1
    capsys.readouterr()
    code, seen = _seen(capsys, str(result))

    assert (code, seen["ready_rows"], seen["error_rows"], seen["skipped_rows"]) == (1, 0, 1, 2)
    [wrong] = [each for each in seen["findings"] if each["severity"] == "error"]
    assert (wrong["row"], wrong["value_seen"]) == (3, "a lot")


def test_a_result_that_cannot_be_written_is_said_and_the_samples_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, manifest(2))

    assert run(path, "--result", str(tmp_path / "absent" / "result.xlsx")) == 2
    assert run(path, "--dry-run", "--result", str(tmp_path / "result.xlsx")) == 2

    said = capsys.readouterr().err
    assert "The samples are registered, but" in said
    assert "Leave one out" in said
    assert _written()["Sample"] == 2


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real files is not beside the checkout")
@pytest.mark.parametrize("folder", ["manifests", "rack_scans"])
def test_the_whole_story_of_every_real_file_is_told(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _written()

    for path in sorted((REAL / folder).iterdir()):
        code, seen = _seen(capsys, str(path))

        errors = [each for each in seen["findings"] if each["severity"] == "error"]
        assert (code == 1) == bool(errors), path.name
        assert seen["rows"] or all(each["row"] for each in errors), path.name
        told = seen["ready_rows"] + seen["error_rows"] + seen["skipped_rows"]
        assert told == seen["rows"], path.name
    assert _written() == before
