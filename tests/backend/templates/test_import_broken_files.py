"""Broken files: each yields a message that a scientist understands, at its place."""

import io

import pytest

from tests.support.broken_files import BROKEN, Broken
from tests.support.sample_files import (
    as_bytes,
    as_csv,
    examine,
    manifest,
    manifest_rows,
    workbook,
)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_file_says_what_is_wrong_and_where(broken: Broken) -> None:
    outcome = examine(broken.content)

    found = next((f for f in outcome.findings if f.code == broken.code), None)
    assert found is not None, [f.code for f in outcome.findings]
    assert broken.says.lower() in found.message.lower()
    assert (found.row, found.column) == broken.place
    assert found.line == broken.line


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_the_good_rows_of_a_broken_file_stay_good(broken: Broken) -> None:
    outcome = examine(broken.content)

    good = [] if outcome.checked is None else [s for s in outcome.states() if s != "error"]
    assert len(good) == broken.registrable


def test_there_are_ten_broken_variants_of_ten_kinds() -> None:
    assert len({broken.code for broken in BROKEN}) == len(BROKEN) == 10


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n", "file_empty"),
        (b"%PDF-1.7 ...", "file_pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "workbook_damaged"),
        (b"\x89PNG\r\n\x1a\n....", "file_picture"),
        (b"PK\x03\x04 no archive", "workbook_damaged"),
        (b"\x00\x01\x02\x03" * 40, "file_not_text"),
        (b"just some words\nand more of them\n", "no_headings"),
        (b"[Header]\nIEMFileVersion,4\n[Data]\nSample_ID,index\n", "sample_sheet"),
        (b"A1,AB10000001\nB1,AB10000002\nC1,NO READ\n", "rack_scan"),
        (b"barcode,message,created_by\nSQPD-1,gone,Ada\n", "not_a_sample_list"),
        (b"Sample name,Type,Zone\n,,\n", "no_rows"),
    ],
)
def test_what_is_no_sample_list_is_refused_by_what_it_is(content: bytes, code: str) -> None:
    assert examine(content).only(code).severity == "error"


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert (
        examine(b"a" * 20_000_001).only("file_too_large").message.startswith("The file has 20 MB")
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_recognised(separator: str, line_end: str) -> None:
    outcome = examine(as_csv(manifest_rows(3), separator, line_end))

    assert outcome.states() == ["ready"] * 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_recognised(encoding: str) -> None:
    outcome = examine(manifest(2).decode().encode(encoding))

    assert outcome.states() == ["ready"] * 2


def test_a_guessed_encoding_is_said() -> None:
    outcome = examine(manifest(2).decode().encode("cp1252"))

    assert outcome.only("encoding_guessed").line == 2


def test_invisible_and_look_alike_characters_are_replaced_and_counted() -> None:
    outcome = examine(
        manifest(2, {0: {"Sample_ID": "GEN26\u00a00001\u200b", "Storage_Temp": "\u221280\u00a0°C"}})
    )

    assert outcome.value("external_id") == "GEN26 0001"
    assert "2 cells" in outcome.only("hidden_characters").message
    assert outcome.states() == ["ready", "ready"]


def test_semicolon_files_write_the_decimal_comma() -> None:
    outcome = examine(as_csv(manifest_rows(1, {0: {"Volume_mL": "2,5"}}), ";"))

    assert str(outcome.value("volume_ul")) == "2500"


def test_a_thousand_empty_rows_at_the_end_are_no_rows() -> None:
    outcome = examine(manifest(2) + b",,,,,,,,,,,,\n" * 1000)

    assert outcome.states() == ["ready", "ready"]


def test_columns_without_a_heading_are_named_and_left_out() -> None:
    rows = [row + (["stray"] if number else [""]) for number, row in enumerate(manifest_rows(2))]

    outcome = examine(as_csv(rows))

    assert outcome.only("heading_blank").column == 14
    assert outcome.states() == ["ready", "ready"]


def test_two_columns_for_one_field_must_agree() -> None:
    rows = [
        ["Sample ID", "Type", "Zone", "Volume (µL)", "Vol (µL)"],
        ["A-1", "Blood", "4 °C", "50", "50"],
        ["A-2", "Blood", "4 °C", "50", "60"],
    ]

    outcome = examine(as_csv(rows))

    assert outcome.states() == ["ready", "error"]
    assert "“60”" in outcome.only("columns_disagree").message


def test_a_workbook_gives_what_its_csv_gives() -> None:
    rows = manifest_rows(3)

    outcome = examine(as_bytes(workbook(rows)))

    assert outcome.reading.dialect == "workbook"
    assert outcome.reading.table == examine(as_csv(rows)).reading.table


def test_numbers_and_dates_of_a_workbook_are_read_as_shown() -> None:
    book = workbook([["Sample ID", "Type", "Zone", "Volume µL", "Collected"]])
    sheet = book.worksheets[0]
    sheet.append([20260001, "Blood", -80, 0.1, None])
    sheet["E2"] = "=DATE(2026,1,2)"

    outcome = examine(as_bytes(book))

    assert outcome.value("external_id") == "20260001"
    assert str(outcome.value("volume_ul")) == "0.1"
    assert (outcome.only("formula_without_value").row, outcome.value("collected_on")) == (2, None)


def test_hidden_rows_merged_cells_and_other_sheets_are_said() -> None:
    book = workbook(manifest_rows(3))
    sheet = book.worksheets[0]
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("F2:F4")
    book.create_sheet("Instructions").append(["Read me"])

    outcome = examine(as_bytes(book))

    assert outcome.only("rows_hidden").row == 3
    assert outcome.only("cells_merged").row == 2
    assert "Instructions" in outcome.only("sheets_left").message


def test_a_cut_workbook_is_refused() -> None:
    whole = as_bytes(workbook(manifest_rows(3)))

    outcome = examine(whole[: len(whole) // 2])

    assert outcome.only("workbook_damaged").severity == "error"
    assert io.BytesIO(whole).read(2) == b"PK"
