"""``tracseq bench placement``: instances from files, in lines and as JSON."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.cli.__main__ import main


def _instance() -> dict[str, Any]:
    """Two freezers, three boxes, an allergen; the best plan that the file knows is a poor one."""
    box = {"s": 2, "depth": 0, "cap": 81, "used": 0, "project": None, "haz": 0}
    lot = {"temp": -80, "bsl": 1, "haz": 0, "freq": 1.0}
    return {
        "instance": {
            "freezers": [
                {"id": 0, "temp": -80, "bsl": 2, "dist": 10},
                {"id": 1, "temp": -20, "bsl": 2, "dist": 10},
            ],
            "boxes": [
                {"id": 0, "f": 0, "rack": 0, **box, "used": 80, "project": 9},
                {"id": 1, "f": 0, "rack": 0, **box},
                {"id": 2, "f": 0, "rack": 0, **box},
                {"id": 3, "f": 1, "rack": 1, **box},
            ],
            "lots": [
                {"id": 0, "project": 1, "n": 4, **lot},
                {"id": 1, "project": 1, "n": 2, **lot, "haz": 3},
            ],
            "cost": {"door": 60, "rack": 15, "newbox": 20, "split": 12, "mix": 6},
        },
        "best": {"assign": [[0, 0, 1], [0, 1, 3], [1, 2, 2]]},
    }


def _write(folder: Path, content: object, name: str = "small.json") -> Path:
    (folder / name).write_text(json.dumps(content), "utf-8")
    return folder


def test_an_instance_is_planned_and_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(_write(tmp_path, _instance()))

    assert main(["bench", "placement", "--instances", folder, "--json", "--seconds", "2"]) == 0

    (found,) = json.loads(capsys.readouterr().out)
    # 60 door + 15 rack + 2 new boxes of 20 + 6 retrievals of 10 s: the allergen is by itself.
    assert found["objective"] == found["bound"] == 175.0
    assert found["best_known"] == 193.0
    assert found["first_fit"] >= found["objective"]
    assert found["gap"] == 0.0
    assert sum(found["terms"].values()) == found["objective"]
    assert sum(found["first_fit_terms"].values()) == found["first_fit"]
    assert (found["terms"]["doors"], found["terms"]["breaks"]) == (60.0, 0.0)
    assert found["weights"]["breaks"] == 4.0
    assert found["ended"] == "optimal"
    assert found["violations"] == []
    assert (found["lots"], found["samples"], found["boxes"]) == (2, 6, 4)


def test_a_line_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(_write(tmp_path, _instance()))

    assert main(["bench", "placement", "--instances", folder, "--seconds", "2"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("small: 175 s, first-fit ")
    assert "best known 193 s; bound 175 s, 0.0%; 0 unplaced; optimal after " in said


def test_a_file_that_is_no_instance_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(_write(tmp_path, {"lots": []}, "else.json"))

    assert main(["bench", "placement", "--instances", folder]) == 2
    assert "else.json is no placement instance" in capsys.readouterr().err


def test_a_folder_without_instances_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "placement", "--instances", str(tmp_path)]) == 2
    assert "No .json files in" in capsys.readouterr().err


def test_the_answer_is_nothing_but_json(tmp_path: Path) -> None:
    folder = str(_write(tmp_path, _instance()))

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "backend.cli",
            "bench",
            "placement",
            "--json",
            "--seconds",
            "1",
            "--instances",
            folder,
        ],
        capture_output=True,
        check=True,
        text=True,
    )

    assert [found["instance"] for found in json.loads(done.stdout)] == ["small"]
