"""The files other laboratories really sent, read where they stand; they are not in this project."""

import os
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.sample_files import Outcome, examine

REAL = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the folder of real files is not here ({os.path.relpath(REAL)})"
)


def _examine(name: str) -> Outcome:
    return examine((REAL / name).read_bytes())


def test_the_manifest_of_twenty_rows_is_understood() -> None:
    outcome = _examine("submissions/sample_lab_template.csv")

    assert Counter(outcome.states()) == {"ready": 19, "warning": 1}
    assert outcome.value("external_id", 19) == "LAB20240020"
    assert outcome.value("subject", 19) == "P00000"
    assert outcome.value("collected_on", 19) == date(2023, 12, 27)
    assert outcome.value("volume_ul", 19) == Decimal(3600)
    assert outcome.value("concentration_ng_per_ul", 19) == Decimal("360.2")
    assert outcome.value("notes", 19) == "Handle with care"
    assert outcome.only("zone_unusual").row == 13
    assert outcome.only("heading_doubtful").header == "Quality_Score"


def test_the_submission_form_yields_its_six_samples() -> None:
    outcome = _examine("submissions/example_lab_submission_document.txt")

    fields = ("barcode", "position", "concentration_ng_per_ul", "ratio_260_280", "ratio_260_230",
              "rin", "index_i7", "index_i5")  # fmt: skip
    rows = [tuple(str(outcome.value(field, row)) for field in fields) for row in range(6)]
    assert rows == [
        ("CRC240001", "A1", "145", "1.95", "2.05", "8.2", "AGTCACTA", "TACTCCTT"),
        ("CRC240002", "A2", "152", "1.98", "2.12", "8.5", "ATGTCAGA", "AAGACGAG"),
        ("CRC240003", "A3", "138", "1.92", "2.08", "8.0", "CCGTCCCG", "TACGAGAG"),
        ("CRC240004", "B1", "165", "2.01", "2.15", "8.8", "GTCCGCAA", "CGTCCTAG"),
        ("CRC240005", "B2", "158", "1.99", "2.18", "8.6", "GTGAAACG", "GTCTTAGG"),
        ("CRC240006", "B3", "142", "1.96", "2.09", "8.3", "GTGGCCGA", "ACAACCAG"),
    ]
    assert {outcome.value("volume_ul", row) for row in range(6)} == {Decimal(50)}
    assert {outcome.value("collected_on", row) for row in range(6)} == {date(2024, 12, 10)}
    assert {outcome.value("processed_on", row) for row in range(6)} == {date(2024, 12, 12)}
    assert {outcome.value("subject", row) for row in range(6)} == {"PT-2024-155"}
    assert outcome.states() == ["ready"] * 6


def test_what_is_doubtful_in_the_form_is_said_and_is_no_error() -> None:
    outcome = _examine("submissions/example_lab_submission_document.txt")

    assert not [f for f in outcome.findings if f.severity == "error"]
    assert "150 ng/μL" in outcome.only("said_twice").message
    assert "2.5 nM" in outcome.only("figure_of_library").message
    assert outcome.only("said_twice").line == 92
    beside = [f.header for f in outcome.findings if f.code == "figure_of_extract"]
    assert beside == ["Concentration", "RIN Score"]


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("submissions/demo_submission.txt", {"ready": 1}),
        ("submissions/test_improved_document.txt", {"error": 1}),
        ("submissions/test_sample.csv", {"error": 2}),
        ("manifests/sequencescape_sample_manifest.csv", {"error": 23, "skipped": 73}),
        ("manifests/sequencescape_invalid_sample_manifest.csv", {"error": 23, "skipped": 73}),
    ],
)
def test_the_other_files_are_read(name: str, states: dict[str, int]) -> None:
    assert Counter(_examine(name).states()) == states


def test_a_missing_zone_is_the_only_thing_to_fill_in_and_is_offered() -> None:
    outcome = _examine("submissions/test_sample.csv")

    errors = [(f.code, f.row, f.fix) for f in outcome.findings if f.severity == "error"]
    assert errors == [("required_empty", 2, "−20 °C"), ("required_empty", 3, "−80 °C")]


def test_the_invalid_manifest_names_its_bad_cells() -> None:
    outcome = _examine("manifests/sequencescape_invalid_sample_manifest.csv")

    places = {(f.code, f.row, f.column, f.value_seen) for f in outcome.findings}
    assert ("sex_unknown", 10, 6, "feeemale") in places
    assert ("type_unknown", 29, 13, "InvalidDnaSource") in places
    assert ("required_empty", 30, 13, "") in places


def test_blank_wells_and_numbers_counted_up_by_a_fill_are_found() -> None:
    outcome = _examine("manifests/sequencescape_test_blank_wells.csv")

    blanks = [(f.row, f.value_seen) for f in outcome.findings if f.code == "empty_well"]
    assert blanks == [(12, "Water"), (14, "Blank"), (18, "EMPTY"), (20, "None")]
    assert (11, "9607") in [
        (f.row, f.value_seen) for f in outcome.findings if f.code == "taxon_disagrees"
    ]


def test_a_list_of_barcodes_to_destroy_is_refused_by_its_headings() -> None:
    outcome = _examine("manifests/sequencescape_valid_data.csv")

    assert outcome.only("not_a_sample_list").row == 1


@pytest.mark.parametrize(
    ("scan", "says"),
    [
        ("valid", "Register the tubes first"),
        ("with_bom", "Register the tubes first"),
        ("with_duplicate_positions", "both say"),
        ("with_duplicate_tubes", "both say"),
        ("with_invalid_positions", "is no position"),
        ("with_missing_tubes", "has no tube code"),
        ("with_missing_values", "has no tube code"),
    ],
)
def test_a_rack_scan_is_named_and_its_wrong_row_with_it(scan: str, says: str) -> None:
    outcome = _examine(f"rack_scans/limber_tube_rack__tube_rack_scan_{scan}.csv")

    assert says in outcome.only("rack_scan").message


@pytest.mark.parametrize(
    ("scan", "cells"),
    [
        ("valid", []),
        ("with_bom", []),
        ("with_duplicate_positions", [(10, 1, "A2"), (14, 1, "E2")]),
        (
            "with_duplicate_tubes",
            [(5, 2, "NO READ"), (10, 2, "AB10000009"), (12, 2, "AB10000011"), (15, 2, "NO READ")],
        ),
        ("with_invalid_positions", [(9, 1, "I1")]),
        ("with_missing_tubes", [(3, 2, "NO READ"), (9, 2, "NOSCAN"), (15, 2, "EMPTY")]),
        ("with_missing_values", [(3, 2, "")]),
    ],
)
def test_each_wrong_cell_of_a_rack_scan_has_its_place(
    scan: str, cells: list[tuple[int, int, str]]
) -> None:
    outcome = _examine(f"rack_scans/limber_tube_rack__tube_rack_scan_{scan}.csv")

    found = [(f.row, f.column, f.value_seen) for f in outcome.findings if f.code != "rack_scan"]
    assert found == cells


@pytest.mark.parametrize("folder", ["rack_scans", "samplesheets", "index_kits", "qc_thresholds"])
def test_files_of_other_kinds_are_refused_with_a_sentence(folder: str) -> None:
    for path in sorted((REAL / folder).glob("*.*")):
        outcome = examine(path.read_bytes())

        registrable = [] if outcome.checked is None else outcome.states()
        assert not {"ready", "warning"} & set(registrable), path.name
        assert outcome.findings, path.name
