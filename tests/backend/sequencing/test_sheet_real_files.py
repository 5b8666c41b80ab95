"""Sample sheets that other laboratories and tools wrote, read where they stand."""

import os
from collections import Counter
from pathlib import Path

import pytest

from backend.sequencing.ids import I5Orientation
from backend.sequencing.sheets.checking import Examined, examine
from backend.sequencing.sheets.converting import to_v2
from backend.sequencing.sheets.difference import compare
from backend.sequencing.sheets.run_info import read_run_info
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.writing import write

REAL = Path(__file__).parents[4] / "shared" / "data"
SHEETS = REAL / "samplesheets"
pytestmark = pytest.mark.skipif(
    not SHEETS.is_dir(), reason=f"the folder of real files is not here ({os.path.relpath(SHEETS)})"
)

V1, V2 = Dialect.ILLUMINA_V1, Dialect.ILLUMINA_V2
EXPECTED: dict[str, tuple[Dialect, int, dict[str, int]]] = {
    "clintval_paired-end-single-index-no-pad.csv": (
        V1,
        7,
        {"version_missing": 1, "setting_unknown": 1},
    ),
    "clintval_paired-end-single-index-with-manifest.csv": (
        V1,
        7,
        {"version_missing": 1, "setting_unknown": 1},
    ),
    "clintval_paired-end-single-index.csv": (
        V1,
        7,
        {"version_missing": 1, "setting_unknown": 1},
    ),
    "clintval_single-end-colliding-sample-ids.csv": (V1, 44, {}),
    "ssp_v1_dual_index.csv": (V1, 5, {}),
    "ssp_v1_multi_lane.csv": (V1, 9, {}),
    "ssp_v1_single_index.csv": (V1, 4, {}),
    "ssp_v1_with_lab_qc_settings.csv": (V1, 6, {}),
    "ssp_v1_with_manifests.csv": (V1, 6, {}),
    "ssp_v2_nextseq_single_index.csv": (V2, 6, {"sample_name_column": 1}),
    "ssp_v2_novaseq_x_dual_index.csv": (V2, 5, {"sample_name_column": 1}),
    "umccr_csv_outputs_standard-sheet-with-settings.csv": (V2, 2, {"software_version": 1}),
    "umccr_inputs_novaseq_x_demo.json": (V2, 24, {"json": 1}),
    "umccr_json_inputs_standard-sheet-with-settings.json": (
        V2,
        2,
        {"json": 1, "software_version": 1},
    ),
    "umccr_outputs_novaseq_x_demo.csv": (V2, 24, {}),
}


def real(name: str) -> Examined:
    return examine((SHEETS / name).read_bytes())


def test_no_file_of_the_folder_is_left_out() -> None:
    assert {path.name for path in SHEETS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_sheet_is_read_and_none_has_an_error(name: str) -> None:
    dialect, rows, codes = EXPECTED[name]

    found = real(name)

    assert found.dialect is dialect
    assert found.sheet is not None
    assert len(found.sheet.samples) == rows
    assert Counter(each.code for each in found.findings) == codes
    assert not found.has_errors


@pytest.mark.parametrize("name", EXPECTED)
def test_every_sheet_says_the_same_when_it_is_written_anew(name: str) -> None:
    sheet = real(name).sheet

    assert sheet is not None
    again = examine(write(sheet))
    assert again.sheet == sheet
    assert not again.has_errors


@pytest.mark.parametrize(
    ("described", "written"),
    [
        ("umccr_inputs_novaseq_x_demo.json", "umccr_outputs_novaseq_x_demo.csv"),
        (
            "umccr_json_inputs_standard-sheet-with-settings.json",
            "umccr_csv_outputs_standard-sheet-with-settings.csv",
        ),
    ],
)
def test_json_and_csv_of_a_pair_say_the_same(described: str, written: str) -> None:
    one, other = real(described).sheet, real(written).sheet

    assert one is not None
    assert other is not None
    assert compare(one, other) == ()
    assert one.others == other.others


def test_44_rows_of_11_samples_stay_44_rows() -> None:
    sheet = real("clintval_single-end-colliding-sample-ids.csv").sheet

    assert sheet is not None
    assert Counter(each.sample_id for each in sheet.samples) == dict.fromkeys(
        (each.sample_id for each in sheet.samples), 4
    )
    assert len({each.index1 for each in sheet.samples}) == 44


@pytest.mark.parametrize(
    "name", [each for each, (dialect, *_) in EXPECTED.items() if dialect is V1]
)
def test_every_v1_sheet_becomes_a_v2_sheet_without_an_error(name: str) -> None:
    sheet = real(name).sheet
    assert sheet is not None

    done = to_v2(sheet, i5=I5Orientation.REVERSE_COMPLEMENT).sheet

    assert not examine(write(done)).has_errors
    assert [(each.sample_id, each.lanes, each.index1) for each in done.samples] == [
        (each.sample_id, each.lanes, each.index1) for each in sheet.samples
    ]


def test_the_sheet_of_a_real_run_fits_its_run_info() -> None:
    run = REAL / "runs" / "illumina_miseq_130417_M00146_0021"
    info = read_run_info((run / "RunInfo.xml").read_bytes())

    found = examine((run / "SampleSheet.csv").read_bytes(), run=info.cycles)

    assert info.cycles.in_order == (("R1", 121), ("R2", 121))
    assert info.i5_reversed is None
    assert found.findings == ()
    assert found.sheet is not None
    converted = write(to_v2(found.sheet, run=info.cycles).sheet)
    assert not examine(converted, run=info.cycles).has_errors
