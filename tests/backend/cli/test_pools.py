"""Pools from a terminal."""

import json
from functools import partial

import pytest

from backend.core.transaction import writing
from tests.factories.pools import draft, worked_request
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

run = partial(run_command, "pool")


def test_a_pool_is_shown_in_words_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        ada, _, libraries = worked_request(session)
        code = draft(session, ada, libraries).code

    assert run("show", code.lower()) == 0
    in_words = capsys.readouterr().out
    assert run("show", code, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert run("list") == 0

    assert f"{code}  draft  by_reads  4 nM, 30 µL" in in_words
    assert "43.290 nM" in in_words
    assert "warning: " in in_words
    assert [part["barcode"] for part in told["parts"]] == [each.barcode for each in libraries]
    assert told["parts"][0]["line"]["dilution"] == 1
    assert f"{code}  draft  3 libraries" in capsys.readouterr().out


def test_a_pool_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "P-9999") == 2

    assert "There is no such pool" in capsys.readouterr().err
