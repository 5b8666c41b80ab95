"""``tracseq run read``, on a folder made here and on a real one."""

import json
import os
from pathlib import Path

import pytest

from backend.cli.__main__ import main
from backend.core.config import Settings
from tests.factories.run_folders import RUN, illumina
from tests.support.command_line import run_command

REAL = Path(__file__).parents[4] / "shared" / "data" / "runs" / "illumina_miseq_130417_M00146_0021"


def made(tmp_path: Path, **changed: str | None) -> Path:
    for path, content in illumina(**changed).items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return tmp_path


def test_a_folder_is_told_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["run", "read", str(made(tmp_path)), "--json"])
    told = json.loads(capsys.readouterr().out)

    assert code == 0
    assert told["summary"]["run_id"] == RUN
    assert [each["lane"] for each in told["lanes"]] == [1, 2]
    assert "reverse-complemented" in told["unknown_barcodes"]["sentence"]


def test_a_folder_is_told_in_lines_and_errors_end_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["run", "read", str(made(tmp_path, RunInfo=None))])
    told = capsys.readouterr().out

    assert code == 1
    assert "The folder has no RunInfo.xml" in told


def test_no_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "read", str(tmp_path / "nowhere")]) == 2
    assert "is no folder" in capsys.readouterr().err


@pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the folder of real files is not here ({os.path.relpath(REAL)})"
)
def test_the_real_miseq_run_has_the_summary_of_its_reference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    expected = json.loads((REAL / "reference.json").read_text())
    charts = {each["type"]: each for each in json.loads(expected["metrics"])}
    chart = {each["name"]: each["value"] for each in charts["chart"]["values"]}
    (row,) = charts["table"]["rows"]

    main(["run", "read", str(REAL), "--json"])
    told = json.loads(capsys.readouterr().out)
    summary, (lane,) = told["summary"], told["lanes"]

    assert summary["platform"] == expected["platform"].casefold()
    assert summary["run_id"] == expected["runAlias"]
    assert summary["instrument"] == expected["sequencerName"]
    assert summary["flow_cell"] == expected["containerSerialNumber"]
    assert summary["flow_cell_part"] == expected["containerModel"]
    assert summary["lanes"] == expected["laneCount"]
    assert summary["tiles"] == expected["bclCount"]
    assert summary["is_paired"] is expected["pairedEndRun"]
    assert (summary["cycles"], summary["cycles_done"]) == (
        expected["numCycles"],
        expected["scoreCycle"],
    )
    assert summary["all_cycles_done"] is (expected["healthType"] == "COMPLETED")
    assert summary["read_lengths"] == expected["readLengths"]
    assert summary["index_lengths"] == expected["indexLengths"]
    assert summary["base_mask"] == expected["runBasesMask"]
    assert summary["started_on"] == expected["startDate"][:10]
    assert summary["last_cycle_at"][:19] == expected["completionDate"][:19]
    assert f"{summary['q30_percent']:.2f} %" == chart["% > Q30"]
    assert f"{summary['clusters']:,}" == chart["Clusters"]
    assert f"{summary['clusters_pf']:,}" == chart["Clusters PF"]
    assert [f"{each['q30_percent']:.0f}" for each in summary["reads"]] == [
        row["errors0"],
        row["errors1"],
    ]
    yields = charts["illumina-yield-by-read"]["series"][0]["data"]
    assert [each["yield_bases"] / 1e9 for each in summary["reads"]] == pytest.approx(
        yields, rel=1e-6
    )
    assert f"{lane['passing_percent']:.2f} %" == row["densityPct"]
    assert row["density"] == f"{lane['density_k_per_mm2']:.1f} \u00b1 {lane['density_sd']:.2f}"
    assert (
        row["densityPf"] == f"{lane['density_pf_k_per_mm2']:.1f} \u00b1 {lane['density_pf_sd']:.2f}"
    )


def test_limits_are_printed_changed_and_given_back(
    laboratory: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_command("run", "limits")
    known = json.loads(capsys.readouterr().out)
    known[0]["q30_warn"] = 88.5
    file = tmp_path / "limits.json"
    file.write_text(json.dumps(known))

    code = run_command("run", "limits", "--set", str(file), "--reason", "Our own runs of 2026")
    said = capsys.readouterr().out
    run_command("run", "limits")
    now = json.loads(capsys.readouterr().out)

    assert (code, said) == (0, f"Version 1 holds from now on: {len(known)} limits.\n")
    assert now == known


def test_limits_without_a_reason_are_refused(
    laboratory: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "limits.json"
    file.write_text("[]")

    assert run_command("run", "limits", "--set", str(file)) == 2
    assert "Give at least one limit" in capsys.readouterr().err
