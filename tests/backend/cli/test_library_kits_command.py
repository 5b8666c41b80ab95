"""Kits of libraries from a terminal: seen, named by hand, taken back, refused."""

import json

import pytest

from backend.cli import __main__ as cli
from backend.core.config import Settings
from backend.core.transaction import writing
from tests.factories.colliding_lanes import keep_kit
from tests.factories.releases import make_planned_run
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_library, make_project, make_request


@pytest.fixture
def run(laboratory: Settings) -> str:
    del laboratory  # the folder and the database of the terminal
    with writing() as session:
        keep_kit(session, EVERYBODY)
        return make_planned_run(session, make_project(session), libraries=2)


def test_kits_of_a_run_are_guessed_then_named_then_taken_back(
    run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(("library", "kits", "--run", run)) == 0
    seen = capsys.readouterr().out
    named = ("library", "kits", "--run", run, "--lane", "1", "--name", "ud_five", "--json")
    assert cli.main(named) == 0
    told = json.loads(capsys.readouterr().out)
    assert cli.main(("library", "kits", "--run", run)) == 0
    after = capsys.readouterr().out
    assert cli.main(("library", "kits", "--run", run, "--take-back")) == 0

    assert seen.count("UD five, guessed by the index pair") == 2
    assert [(each["kit"], each["source"], each["lanes"]) for each in told] == [
        ("UD five", "by_hand", [1])
    ] * 2
    assert told[0]["named_by"].endswith("at the terminal")
    assert after.count("UD five, named by ") == 2
    assert capsys.readouterr().out == seen


def test_what_cannot_be_named_ends_with_2_and_a_sentence(
    run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing() as session:
        project = make_project(session)
        strange = make_library(session, project, index_i7="ACACACAC", index_i5="GTGTGTGT")
        make_request(session, project, [strange])
        barcode = strange.barcode

    assert cli.main(("library", "kits", barcode, "--name", "ud_five")) == 2
    assert f"UD five does not have the index pair of {barcode}" in capsys.readouterr().err
    assert cli.main(("library", "kits", barcode, "--run", run)) == 2
    assert "Choose libraries, a run or a request: one of the three." in capsys.readouterr().err
    assert cli.main(("library", "kits", "--run", run, "--lane", "0")) == 2
    assert "lane: " in capsys.readouterr().err
