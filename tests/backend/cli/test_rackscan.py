"""Rack scans from a terminal: compared, printed as JSON, committed."""

import json
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.core.config import Settings
from backend.core.devices import RackScanner
from backend.core.transaction import reading, writing
from backend.storage.models import Placement
from backend.storage.scan_models import RackScan
from tests.factories.samples import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.command_line import run_command
from tests.support.rack_scanner import VisionMate, toy_scanner

run = partial(run_command, "rackscan")
BOX = "ULT-77/1/A/B-1"
REAL = Path(__file__).parents[4] / "shared/data/rack_scans"


@pytest.fixture
def scan(laboratory: object, tmp_path: Path) -> str:
    """A file in which T-1 is where it was, T-2 moved, and D1 could not be read."""
    del laboratory  # the folder and the database of the terminal
    with writing() as session:
        project = make_project(session)
        box = make_freezer(session, label="ULT-77").box_id
        for column, code in enumerate(("TUBE-001", "TUBE-002", "TUBE-003"), start=1):
            stand(session, make_tube(session, project, barcode=code), box, 1, column)
    path = tmp_path / "scan.csv"
    path.write_text("A1,TUBE-001\nA2,\nA3,NO READ\nB1,TUBE-002\n")
    return str(path)


def test_a_scan_is_compared_and_nothing_is_written(
    scan: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(scan, "--box", BOX, "--json") == 1

    told = json.loads(capsys.readouterr().out)
    by_position = {each["position"]: each["verdict"] for each in told["positions"]}
    assert [by_position[spot] for spot in ("A1", "A2", "A3", "B1", "C1")] == [
        "match",
        "moved_within",
        "no_read",
        "moved_within",
        "empty",
    ]
    assert (told["committed"], len(by_position)) == (False, 81)
    with reading() as session:
        assert session.query(Placement).count() == 3


def test_a_scan_is_committed_and_its_file_is_known_again(
    scan: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(scan, "--box", BOX, "--commit") == 0
    assert "Done: 1 placed, 0 taken out, 1 unverified, 0 refused" in capsys.readouterr().out

    run(scan, "--box", BOX)

    assert "This file was read before" in capsys.readouterr().out


@pytest.mark.usefixtures("scan")
def test_a_scanner_is_asked_itself(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = ["No Tube"] * 81
    codes[0], codes[1] = "TUBE-001", "TUBE-002"
    with toy_scanner(VisionMate(",".join(codes), product="M0909")) as toy:
        known = (
            RackScanner(name="Bench 2", host="127.0.0.1", port=toy.port, dialect="visionmate"),
        )
        settings = laboratory.model_copy(update={"rack_scanners": known})
        monkeypatch.setattr("backend.cli.rackscan.load_settings", lambda: settings)
        assert run("--scanner", "bench 2", "--box", BOX, "--commit") == 0

    assert "Done: 1 placed, 0 taken out" in capsys.readouterr().out
    with reading() as session:
        (name,) = session.scalars(select(RackScan.file_name)).all()
    assert name.startswith("Bench 2 20")


def test_what_cannot_be_read_is_refused(scan: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 2
    assert run(scan, "--scanner", "Bench 2") == 2
    assert run("--scanner", "Bench 2") == 2
    assert run(scan, "--commit") == 2
    assert run(scan, "--box", "ULT-00/9") == 2
    assert run(f"{scan}.absent") == 2

    said = capsys.readouterr().err
    assert said.count("Name either a file or, with --scanner, a rack scanner.") == 2
    assert "There is no rack scanner “Bench 2”. None is set up" in said
    assert "Name the box." in said
    assert "There is no box “ULT-00/9”" in said
    assert "cannot be read" in said


def test_a_file_without_a_rack_is_of_the_box_in_which_its_tubes_stand(
    scan: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(scan, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["box"], told["box_by_tubes"]) == (BOX, True)

    Path(scan).write_text("A1,TUBE-001\nA2,OTHER-1\n")
    run(scan, "--json")

    # Half of the codes are not most of them.
    told = json.loads(capsys.readouterr().out)
    assert (told["box"], told["rack"], told["effect"]["placed"]) == (None, "8 × 12", 0)
    first = told["positions"][0]
    assert (first["verdict"], first["came_from"]) == ("moved_here", f"{BOX}/A1")


EVERY_TUBE = {"empty": 80, "unknown_barcode": 16}
TWICE = {"empty": 80, "no_read": 2, "unknown_barcode": 10, "duplicate_in_scan": 4}
SCANS = {
    "valid": EVERY_TUBE,
    "with_bom": EVERY_TUBE,
    "with_duplicate_tubes": TWICE,
    "with_invalid_positions": EVERY_TUBE | {"invalid_position": 1},
    # C1 and A2 could not be read, G2 was seen empty.
    "with_missing_tubes": {"empty": 81, "no_read": 2, "unknown_barcode": 13},
    "with_missing_values": {"empty": 81, "unknown_barcode": 15},
}


@pytest.mark.skipif(not REAL.is_dir(), reason="the public examples are not here")
@pytest.mark.usefixtures("laboratory")
def test_public_scans_give_the_right_verdicts_without_a_box(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = {}
    for name in SCANS:
        assert run(str(REAL / f"limber_tube_rack__tube_rack_scan_{name}.csv"), "--json") == 1
        seen[name] = json.loads(capsys.readouterr().out)["counts"]
    doubled = "limber_tube_rack__tube_rack_scan_with_duplicate_positions.csv"
    assert run(str(REAL / doubled), "--json") == 2

    assert seen == SCANS
    told = json.loads(capsys.readouterr().out)
    assert told["refused"].startswith("Line 10: position A2 stands in line 9 already")
    assert told["positions"] == []
