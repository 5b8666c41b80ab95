"""InterOp layouts that are new: Illumina's library where it is installed, a sentence where not."""

import os
import sys
from pathlib import Path

import pytest

from backend.sequencing.run_folders.files import RunFiles, files_of
from backend.sequencing.run_folders.model import FolderReading
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.runs import interop_process
from backend.sequencing.runs.folders import take
from backend.sequencing.runs.reading import read_files
from tests.factories.run_folders import illumina

REAL = Path(__file__).parents[4] / "shared" / "data" / "runs" / "illumina_miseq_130417_M00146_0021"
NEW_LAYOUT = bytes([99, 20])
LIBRARY = """
from pathlib import Path
__version__ = "1.9.0"

class Table(list):
    class dtype:
        names = ("Lane", "ReadNumber", "IsIndex", "Reads", "Reads Pf", "Density", "Density Pf",
                 "% >= Q30", "% Aligned", "Yield G", "Phasing")

def summary(folder, level):
    assert level == "Lane"
    held = sorted(each.name for each in Path(folder).rglob("*") if each.is_file())
    assert "QMetricsOut.bin" in held and "SampleSheet.csv" not in held, held
    rows = [(1, 1, 78, 500.0, 400.0, 200000.0, 160000.0, 90.0, 1.0, 3.0, 0.1),
            (1, 2, 89, 500.0, 400.0, 200000.0, 160000.0, 10.0, 1.0, 1.0, 0.1),
            (1, 3, 78, 500.0, 400.0, 200000.0, 160000.0, 80.0, float("nan"), 1.0, 0.1)]
    return Table(dict(zip(Table.dtype.names, row)) for row in rows)
"""


REPORTS = ("Demultiplex_Stats", "Quality_Metrics", "Top_Unknown_Barcodes", "Index_Hopping_Counts")


def unread(*without: str) -> RunFiles:
    """A folder whose tile and quality metrics are of a layout that is not known here."""
    held = dict.fromkeys(without)
    return files_of("run", illumina(TileMetricsOut=NEW_LAYOUT, QMetricsOut=NEW_LAYOUT, **held))


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of that name where both this process and the one of its own find it."""
    file = tmp_path / "interop.py"
    file.write_text(LIBRARY)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return file


def notes(reading: FolderReading) -> str:
    return " ".join(e.message for e in reading.findings if e.code == "interop_library")


def test_the_librarys_figures_fill_in_what_could_not_be_read(library: Path) -> None:
    own = read_folder(unread())
    reading = read_files(unread())
    lane = reading.lanes[0]

    assert own.summary.clusters is None
    assert (lane.clusters, lane.density_k_per_mm2, lane.aligned_percent) == (500, 200.0, 1.0)
    assert reading.summary.clusters == 500
    assert reading.summary.yield_bases == 4_000_000_000
    # What the demultiplexer told stays.
    assert lane.clusters_pf == own.lanes[0].clusters_pf
    assert reading.summary.q30_percent == own.summary.q30_percent
    assert reading.libraries == own.libraries
    assert "Illumina's InterOp 1.9.0" in notes(reading)
    assert "interop" not in sys.modules


def test_reads_weigh_by_their_bases_and_index_reads_do_not_count(library: Path) -> None:
    reading = read_files(unread(*REPORTS))

    assert reading.summary.q30_percent == pytest.approx((90 * 3 + 80 * 1) / 4)
    assert [(each.lane, each.clusters_pf) for each in reading.lanes if each.clusters] == [(1, 400)]


def test_without_the_library_the_rest_is_read_and_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(interop_process, "is_installed", lambda: False)

    reading = read_files(unread())

    assert reading.summary == read_folder(unread()).summary
    assert "install the extra “interop”" in notes(reading)


def test_a_folder_that_is_read_here_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interop_process, "ask", lambda _: pytest.fail("It was asked."))
    monkeypatch.setattr(interop_process, "is_installed", lambda: True)
    files = files_of("run", illumina())

    assert read_files(files) == read_folder(files)


@pytest.mark.parametrize(
    ("library_does", "why"),
    [
        ("raise SystemExit('core dumped')", "core dumped"),
        ("import os; os._exit(139)", "it ended with 139"),
        ("import sys; print('{'); sys.exit(0)", "not understood"),
        ("import sys; print('[1]'); sys.exit(0)", "not understood"),
        (
            "__version__ = '1'\nsummary = lambda *a, **k: (_ for _ in ()).throw(OSError('bad'))",
            "bad",
        ),
    ],
)
def test_a_library_that_fails_is_a_note_and_no_crash(
    library: Path, library_does: str, why: str
) -> None:
    library.write_text(library_does)

    reading = read_files(unread())

    assert why in notes(reading)
    assert reading.summary == read_folder(unread()).summary


@pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the folder of real files is not here ({os.path.relpath(REAL)})"
)
@pytest.mark.skipif(not interop_process.is_installed(), reason="the extra “interop” is not here")
def test_the_library_and_our_own_reader_agree_on_the_real_run() -> None:
    files = take(REAL)

    answer = interop_process.ask(files)

    own = read_folder(files).lanes[0]
    rows = [each for each in answer.rows if not each.is_index]
    assert {(each.clusters, each.clusters_pf) for each in rows} == {(own.clusters, own.clusters_pf)}
    assert [each.q30_percent for each in rows] == pytest.approx(
        [each.q30_percent for each in own.reads], abs=0.001
    )
    assert rows[0].density_per_mm2 == pytest.approx((own.density_k_per_mm2 or 0) * 1000, rel=1e-5)
