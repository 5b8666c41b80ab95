"""Reference data from a terminal."""

import json
from functools import partial
from pathlib import Path

import pytest

from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.sequencing.reference import queries
from backend.sequencing.reference.usual import add_usual_reference
from tests.factories.samples import EVERYBODY
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

reference = partial(run_command, "reference")


@pytest.fixture
def kept(laboratory: Settings) -> None:
    with writing() as session:
        add_usual_reference(session, EVERYBODY)


@pytest.fixture
def kit(tmp_path: Path) -> str:
    file = tmp_path / "own_udi.csv"
    file.write_text("well,name,i7,i5\nA1,U1,ACGTACGT,TTGGAACC\nB1,U2,GGTTCCAA,CCAAGGTT\n")
    return str(file)


def kits() -> list[str]:
    with reading() as session:
        return [each.key for each in queries.index_kits(session)]


@pytest.mark.usefixtures("kept")
def test_entries_are_listed_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference("list", "flow-cell") == 0

    said = capsys.readouterr().out
    assert "flow cell  novaseq_x_10b  NovaSeq X, 10B  version 1" in said
    assert "recipe" not in said


def test_usual_figures_are_taken_over_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference("update") == 0
    assert "flow cell  nextseq_2000_p2  NextSeq 2000, P2  version 1" in capsys.readouterr().out

    assert reference("update") == 0

    assert capsys.readouterr().out == (
        "Nothing is new. What you changed yourself stays as it is.\n"
    )


@pytest.mark.usefixtures("kept")
def test_an_entry_is_shown_with_units_source_and_versions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert reference("show", "flow-cell", "miseq_v3") == 0

    said = capsys.readouterr().out
    assert "  Reads of a lane: 18 M\n" in said
    assert "  Read configurations: 2 × 76: 76 + 76; 2 × 301: 301 + 301 cycles\n" in said
    assert "  Source: checkQC" in said
    assert "version 1  " in said


def test_an_unknown_key_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference("show", "assay", "nothing") == 2

    assert capsys.readouterr().err == "There is no assay “nothing”. Known are none yet.\n"


def test_a_kit_is_looked_at_and_then_kept(kit: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference("import-kit", kit, "--dry-run") == 0
    told = "2 index pairs, i7 at least 6 bases apart, i5 at least 8 bases apart"
    assert capsys.readouterr().out == f"{told}. Nothing is kept: this was a dry run.\n"
    assert kits() == []

    assert reference("import-kit", kit, "--name", "Own UDI", "--json") == 0
    told_plainly = json.loads(capsys.readouterr().out)
    assert (told_plainly["kept"]["key"], told_plainly["pairs"]) == ("own_udi", 2)
    assert kits() == ["own_udi"]


def test_a_kit_is_kept_with_its_adapters_and_umis(
    kit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    carried = ("--adapter-read1", "AGATCGGAAGAGC", "--umi", "read 1: U7N1", "--umi", "index 1: U9")
    assert reference("import-kit", kit, "--name", "Own UDI", *carried) == 0
    assert reference("import-kit", kit, "--name", "Other", "--umi", "somewhere") == 2
    assert "Write it like read 1: U7N1" in capsys.readouterr().err

    assert reference("show", "index-kit", "own_udi") == 0

    said = capsys.readouterr().out
    assert "  Adapter of read 1: AGATCGGAAGAGC\n" in said
    assert "  UMIs: read 1: U7N1; index 1: U9\n" in said
    assert kits() == ["own_udi"]


def test_a_kit_with_errors_is_told_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kit.csv"
    file.write_text("name,i7\nU1,ACGN\n")

    assert reference("import-kit", str(file)) == 1

    assert capsys.readouterr().out == (
        "error: kit.csv, line 2: U1, i7: “ACGN” is no index. Write 4 to 24 letters A, C, G and T.\n"
        "Nothing is kept. Mend the file and import it again.\n"
    )
