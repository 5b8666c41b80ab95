"""``tracseq bench pooling``: instances from files and generated, in lines and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.cli import bench_pools
from backend.cli.__main__ import main

_SET = Path(__file__).parents[4] / "shared/data/bench/seqpool-synth"


def _instance() -> dict[str, Any]:
    """Two libraries that light everything together; one run takes both, on time."""
    usual = {"reads": 20.0, "cfg": "PE150", "due": 3, "w": 2, "ready": 0}
    return {
        "instance": {
            "libs": [
                {"id": 0, "i7": "AAAA", "i5": "AAAA", **usual},
                {"id": 1, "i7": "GGGG", "i5": "GGGG", **usual},
            ],
            "instruments": [
                {"name": "one", "lanes": 1, "cap": 100, "days": 1, "run": 18, "lane": 0, "ch": 2}
            ],
            "horizon": 4,
            "fill_overhead": 0.05,
        },
        "best": {"objective": 18.0},
        "greedy": None,
    }


def _write(folder: Path, content: object, name: str = "small.json") -> str:
    (folder / name).write_text(json.dumps(content), "utf-8")
    return str(folder)


def test_an_instance_is_planned_and_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _write(tmp_path, _instance())

    assert main(["bench", "pooling", "--instances", folder, "--json", "--seconds", "1"]) == 0

    (found,) = json.loads(capsys.readouterr().out)
    assert found["objective"] == found["bound"] == found["best_known"] == 18.0
    assert (found["gap"], found["ended"], found["violations"]) == (0.0, "optimal", [])
    assert (found["libraries"], found["left_out"]) == (2, 0)
    spent, cost, bound = found["trace"][-1]
    assert (cost, bound) == (18.0, 18.0)
    assert spent >= 0


def test_a_line_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _write(tmp_path, _instance())

    assert main(["bench", "pooling", "--instances", folder, "--seconds", "1"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("small: 18, by due date ")
    assert "best known 18; bound 18, 0.0%; 0 left out; optimal after " in said


def test_an_instance_can_be_generated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "pooling", "--generate", "6:2", "--json", "--seconds", "2"]) == 0

    (found,) = json.loads(capsys.readouterr().out)
    assert (found["instance"], found["libraries"]) == ("generated-n6-s2", 6)
    assert found["violations"] == []


def test_random_pools_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "pooling", "--random-pools", "20", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["pools"], found["violations"]) == (20, [])
    assert found["lanes"] > 0


def test_random_pools_are_the_same_in_parts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def counted(*arguments: str) -> dict[str, Any]:
        assert main(["bench", "pooling", "--json", *arguments]) == 0
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return {key: value for key, value in said.items() if key != "seconds"}

    whole = counted("--random-pools", "24")
    first = counted("--random-pools", "10")
    second = counted("--random-pools", "14", "--first-pool", "10")

    assert whole["whole"] is True
    assert whole["pairs"] > 0
    assert {key: first[key] + second[key] for key in ("pools", "lanes", "pairs", "left_out")} == {
        key: whole[key] for key in ("pools", "lanes", "pairs", "left_out")
    }


@pytest.mark.slow
def test_random_pools_are_shared_out_over_processes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "pooling", "--random-pools", "260", "--cores", "2", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["pools"], found["violations"], found["whole"]) == (260, [], True)


def test_a_broken_rule_is_told_with_the_number_of_its_pool(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_pools, "violations", lambda _problem, _plan: ["1 and 2 collide"])

    assert main(["bench", "pooling", "--random-pools", "2", "--first-pool", "7"]) == 1

    said = capsys.readouterr().out
    assert "2 break a rule" in said
    assert "pool 7: 1 and 2 collide\npool 8: 1 and 2 collide" in said


def test_an_interrupted_run_tells_what_was_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = iter([bench_pools.Counted(pools=250, lanes=9)])

    def part(_first: int, _count: int) -> bench_pools.Counted:
        try:
            return next(parts)
        except StopIteration as error:
            raise KeyboardInterrupt from error

    monkeypatch.setattr(bench_pools, "plan_part", part)

    assert main(["bench", "pooling", "--random-pools", "500", "--cores", "1"]) == 1
    assert capsys.readouterr().out.startswith("interrupted after 250 pools, 9 lanes")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Nothing to plan."),
        (["--generate", "many"], "--generate many says no instance."),
        (["--generate", "6:2", "--seconds", "0"], "--seconds 0.0 is no time."),
        (["--random-pools", "-1"], "Give at least one random pool"),
    ],
)
def test_what_cannot_be_planned_is_said(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "pooling", *arguments]) == 2

    assert sentence in capsys.readouterr().err


def test_a_file_that_is_no_instance_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _write(tmp_path, {"instance": {"libs": []}}, "else.json")

    assert main(["bench", "pooling", "--instances", folder]) == 2
    assert "else.json is no queue instance" in capsys.readouterr().err


def test_a_file_that_is_no_text_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "image.json").write_bytes(b"\x89PNG\xff\xfe")

    assert main(["bench", "pooling", "--instances", str(tmp_path)]) == 2
    assert "image.json cannot be read as text" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(not _SET.is_dir(), reason="the instances are not on this machine")
def test_the_small_instances_of_the_set_are_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("pool-n24-s3.json",):
        (tmp_path / name).write_bytes((_SET / name).read_bytes())

    asked = ["--instances", str(tmp_path), "--processor-seconds", "--seconds", "6", "--json"]
    assert main(["bench", "pooling", *asked]) == 0

    for found in json.loads(capsys.readouterr().out):
        assert found["objective"] == found["best_known"]
        assert found["ended"] == "optimal"
