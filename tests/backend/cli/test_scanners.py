"""Rack scanners from a terminal: listed, set up, changed, tried out."""

from functools import partial

import pytest

from backend.core.config import Settings
from backend.core.devices import RackScanner, ScannerDialect
from tests.support.command_line import run_command
from tests.support.rack_scanner import VisionMate, toy_scanner

run = partial(run_command, "scanner")


@pytest.mark.usefixtures("laboratory")
def test_a_scanner_is_set_up_changed_and_switched_off(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert run("add", "Bench 7", "scanner-7.lab") == 0
    assert run("change", "bench 7", "--port", "8001", "--order", "rows", "--off") == 0
    assert run("list") == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("There is no rack scanner yet")
    assert said[1].startswith("Bench 7 is set up.")
    assert said[3] == "Bench 7  scanner-7.lab:8001  visionmate  switched off"


@pytest.mark.usefixtures("laboratory")
def test_what_is_not_named_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    plain = ("--dialect", "plain", "--trigger", r"SCAN\r\n", "--terminator", r"\r\nOK\r\n")
    assert run("add", "Bench 7", "10.0.3.9", *plain, "--wait", "20") == 0

    assert run("change", "Bench 7", "--name", "Bench 8") == 0
    assert run("change", "Bench 8", "--trigger", "") == 2
    assert run("test", "Bench 9") == 2

    said = capsys.readouterr()
    assert "Bench 8  10.0.3.9:8001  plain" not in said.out
    assert "Bench 8  10.0.3.9:8000  plain" in said.out
    assert "needs the text that starts a scan" in said.err
    assert "There are: Bench 8." in said.err


def test_one_of_the_variable_is_tried_out_and_changed_there(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with toy_scanner(VisionMate("No Tube," * 6)) as toy:
        fixed = RackScanner(
            name="Bench 2", host="127.0.0.1", port=toy.port, dialect=ScannerDialect.VISIONMATE
        )
        settings = laboratory.model_copy(update={"rack_scanners": (fixed,)})
        monkeypatch.setattr("backend.cli.scanners.load_settings", lambda: settings)

        assert run("test", "bench 2") == 0
        assert run("change", "Bench 2", "--off") == 2
        assert run("list") == 0

    said = capsys.readouterr()
    assert "It is set to racks of 2 × 3." in said.out
    assert "by TRACSEQ_RACK_SCANNERS" in said.out
    assert "Change it there." in said.err
