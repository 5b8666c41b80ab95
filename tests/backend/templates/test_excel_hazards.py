"""What spreadsheets do to sample lists: each is named by its code, and nothing is half written."""

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sqlalchemy import func, select

from backend.core.blobs import MemoryStore
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Sample
from backend.templates.ids import CommitMode
from backend.templates.models import ImportRow
from backend.templates.service import imports
from tests.support.old_excel import old_workbook
from tests.support.sample_files import (
    HEADINGS,
    as_bytes,
    as_csv,
    examine,
    manifest,
    manifest_rows,
    workbook,
)

_TRUE = True
_WELLS = ("Sample ID", "Type", "Zone", "Plate", "Position", "Index i7")


@dataclass(frozen=True)
class Hazard:
    """A list with a hazard in it. ``value`` is (field, row from 0, what it is read as)."""

    name: str
    make: Callable[[], bytes]
    code: str | None
    severity: str | None = None
    value: tuple[str, int, object] | None = None
    rows: int | None = None


def _cells(**cells: str) -> Callable[[], bytes]:
    return lambda: manifest(3, {1: cells})


def _book(change: Callable[[Workbook], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        book = workbook(manifest_rows(3))
        change(book)
        return as_bytes(book)

    return make


def _put(row: int, heading: str, value: object, number_format: str = "") -> Callable[[], bytes]:
    def change(book: Workbook) -> None:
        sheet = book.active
        assert sheet is not None
        cell = sheet.cell(row, HEADINGS.index(heading) + 1, value)  # type: ignore[arg-type] # any cell value
        if number_format:
            cell.number_format = number_format

    return _book(change)


def _from_1904(book: Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.cell(2, HEADINGS.index("Collection_Date") + 1, datetime(2026, 1, 15))  # noqa: DTZ001 a spreadsheet's day has no zone


def _merged(book: Workbook) -> None:
    sheet = book.active
    assert sheet is not None
    sheet.merge_cells("C2:C3")


def _hidden_row(book: Workbook) -> None:
    sheet = book.active
    assert sheet is not None
    sheet.row_dimensions[3].hidden = True


def _hidden_sheet(book: Workbook) -> None:
    book.create_sheet("Old").sheet_state = "hidden"


def _thousand_empty_rows(book: Workbook) -> None:
    sheet = book.active
    assert sheet is not None
    for row in range(5, 1005):
        sheet.cell(row, 1, " ")


def _wells(*rows: tuple[str, ...]) -> Callable[[], bytes]:
    return lambda: as_csv([list(_WELLS), *map(list, rows)])


def _headings(change: Callable[[list[list[str]]], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        rows = manifest_rows(3)
        change(rows)
        return as_csv(rows)

    return make


def _twice(rows: list[list[str]]) -> None:
    rows[0].append("Sample_Type")
    for row in rows[1:]:
        row.append("Plasma")


def _without_heading(rows: list[list[str]]) -> None:
    rows[0].append("")
    for row in rows[1:]:
        row.append("loose")


def _zeros_dropped() -> bytes:
    codes = ("001234", "1235", "001236")
    return manifest(3, {number: {"Sample_ID": code} for number, code in enumerate(codes)})


def _semicolons() -> bytes:
    rows = manifest_rows(3, {1: {"Volume_mL": "2,5"}})
    return as_csv(rows, separator=";")


_ROW = ("S-000001", "Blood", "-80 °C", "P1")
HAZARDS = (
    Hazard(
        "a barcode in scientific notation", _cells(Sample_ID="1.23457E+11"), "digits_lost", "error"
    ),
    Hazard(
        "a code cut to 15 digits", _cells(Sample_ID="1234567890123456000"), "digits_lost", "warning"
    ),
    Hazard(
        "a leading zero lost",
        _zeros_dropped,
        "zeros_lost",
        "warning",
    ),
    Hazard("SEP9 made a date, as text", _cells(Sample_ID="9-Sep"), "code_is_date", "error"),
    Hazard("1-2 made a date, as text", _cells(Sample_ID="2-Jan"), "code_is_date", "error"),
    Hazard(
        "SEP9 made a date, as a cell",
        _put(3, "Sample_ID", datetime(2026, 9, 9)),  # noqa: DTZ001 a spreadsheet's day has no zone
        "code_is_date",
        "warning",
    ),
    Hazard(
        "days counted from 1904",
        _book(_from_1904),
        "calendar_1904",
        "info",
        ("collected_on", 0, date(2026, 1, 15)),
    ),
    Hazard("an error value", _cells(Volume_mL="#N/A"), "excel_error", "error"),
    Hazard(
        "a formula without a value", _put(3, "Notes", "=A1&B1"), "formula_without_value", "warning"
    ),
    Hazard(
        "a no-break space",
        _cells(Notes="Handle\u00a0with care"),
        "hidden_characters",
        "info",
        ("notes", 1, "Handle with care"),
    ),
    Hazard(
        "a zero-width space in a code",
        _cells(Sample_ID="GEN\u200b260002"),
        "hidden_characters",
        "info",
        ("external_id", 1, "GEN260002"),
    ),
    Hazard(
        "a byte-order mark",
        lambda: b"\xef\xbb\xbf" + manifest(3),
        None,
        value=("external_id", 0, "GEN260001"),
    ),
    Hazard(
        "smart quotes",
        _cells(Notes="\u201cfragile\u201d"),
        "hidden_characters",
        "info",
        ("notes", 1, '"fragile"'),
    ),
    Hazard(
        "blanks inside an index",
        _wells((*_ROW, "A1", " ACGT ACGT ")),
        None,
        value=("index_i7", 0, "ACGTACGT"),
    ),
    Hazard("a decimal comma", _cells(Volume_mL="2,55"), "decimal_comma", "error"),
    Hazard(
        "a decimal comma between semicolons",
        _semicolons,
        None,
        value=("volume_ul", 1, Decimal(2500)),
    ),
    Hazard(
        "carriage returns alone",
        lambda: as_csv(manifest_rows(3), line_end="\r"),
        None,
        rows=3,
    ),
    Hazard("merged cells", _book(_merged), "cells_merged", "warning"),
    Hazard("a hidden row", _book(_hidden_row), "rows_hidden", "warning", rows=3),
    Hazard("a hidden sheet", _book(_hidden_sheet), "sheets_left", "info", rows=3),
    Hazard("a heading that stands twice", _headings(_twice), "columns_disagree", "error"),
    Hazard("cells under no heading", _headings(_without_heading), "heading_blank", "warning"),
    Hazard("a thousand empty rows", _book(_thousand_empty_rows), None, rows=3),
    Hazard(
        "a boolean where a figure belongs",
        _put(3, "Volume_mL", _TRUE),
        "number_unreadable",
        "error",
    ),
    Hazard("a percent cell", _put(3, "Volume_mL", 0.5, "0%"), "unit_unknown", "error"),
    Hazard(
        "A01 and A1",
        _wells((*_ROW, "A01", ""), ("S-000002", *_ROW[1:], "A1", "")),
        "stands_twice",
        "error",
    ),
    Hazard(
        "an empty well",
        _wells((*_ROW, "A1", ""), ("S-000002", "", "", "P1", "A2", "")),
        "empty_well",
        "info",
    ),
    Hazard(
        "figures and texts of an .xls",
        lambda: old_workbook(manifest_rows(3)),
        "read_without_formats",
        "warning",
        rows=3,
    ),
)


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.name)
def test_a_hazard_is_named_or_undone(hazard: Hazard) -> None:
    outcome = examine(hazard.make())

    found = [f for f in outcome.findings if f.code == hazard.code]
    assert hazard.code is None or found, [f.code for f in outcome.findings]
    assert {f.severity.value for f in found} <= {hazard.severity}
    if hazard.value is not None:
        field, row, value = hazard.value
        assert outcome.value(field, row) == value
    assert hazard.rows is None or len(outcome.states()) == hazard.rows


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.name)
def test_a_hazard_leaves_nothing_half_written(
    hazard: Hazard, session: WriteSession, registrar: Principal, project: str
) -> None:
    content = hazard.make()
    wrong = any(f.severity.value == "error" for f in examine(content).findings)

    try:
        done = imports.import_file(
            session,
            registrar,
            file_name="hazard",
            content=content,
            project_code=project,
            files=MemoryStore(),
            commit=CommitMode.ALL_OR_NOTHING,
        )
        registered = done.registered
        assert done.left == 0
    except AppError:
        registered = 0

    assert (registered == 0) is wrong
    assert session.scalar(select(func.count()).select_from(Sample)) == registered
    assert registered or session.scalar(select(func.count()).select_from(ImportRow)) == 0


def _with_part(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO(as_bytes(workbook(manifest_rows(2))))
    with zipfile.ZipFile(stream, "a", method) as package:
        package.writestr(name, content)
    return stream.getvalue()


def _lying_size() -> bytes:
    """Return a package whose directory says that a sheet is smaller than it is."""
    content = bytearray(as_bytes(workbook(manifest_rows(200))))
    at = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


def _locked_entry() -> bytes:
    content = bytearray(as_bytes(workbook(manifest_rows(2))))
    at = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    content[at + 8] |= 1
    return bytes(content)


def _entities() -> bytes:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    return _with_part("xl/custom.xml", bomb)


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (lambda: _with_part("xl/media/x.bin", b"\0" * 40_000_000), "workbook_bomb", "not opened"),
        (
            lambda: _with_part("xl/media/x.bin", b"\0" * 210_000_000),
            "workbook_too_large",
            "unpacks to 210 MB",
        ),
        (_lying_size, "workbook_damaged", "Save it again"),
        (_locked_entry, "workbook_locked", "locked with a password"),
        (
            lambda: old_workbook(manifest_rows(2), "EncryptedPackage"),
            "workbook_locked",
            "locked with a password",
        ),
        (_entities, "workbook_entities", "XML entities"),
        (lambda: _with_part("xl/workbook.bin", b"x"), "workbook_binary", "Save it as .xlsx"),
        (lambda: old_workbook(manifest_rows(2))[:1000], "workbook_damaged", "cannot be read"),
    ],
)
def test_a_workbook_that_is_an_attack_or_no_workbook_is_refused_with_a_word(
    content: Callable[[], bytes], code: str, says: str
) -> None:
    finding = examine(content()).only(code)

    assert finding.severity == "error"
    assert says in finding.message


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "macros_not_run"),
        ("xl/externalLinks/externalLink1.xml", "links_not_followed"),
    ],
)
def test_macros_are_not_run_and_links_not_followed_and_both_is_said(part: str, code: str) -> None:
    outcome = examine(_with_part(part, b"<x/>"))

    assert outcome.only(code).severity == "warning"
    assert outcome.value("external_id", 0) == "GEN260001"


def test_a_sheet_that_claims_a_million_rows_is_read_as_far_as_it_goes() -> None:
    content = as_bytes(workbook(manifest_rows(2)))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:M3"', b'ref="A1:XFD1048576"')
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)

    assert b"XFD1048576" in parts["xl/worksheets/sheet1.xml"]
    assert len(examine(stream.getvalue()).states()) == 2


def test_a_list_says_a_boolean_as_a_person_sees_it() -> None:
    assert examine(_put(3, "Notes", _TRUE)()).value("notes", 1) == "yes"


def test_a_workbook_of_many_cells_is_read_lean_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.templates.adapters.workbook.MANY_CELLS", 10)
    content = as_bytes(workbook(manifest_rows(3)))

    outcome = examine(content)

    assert outcome.only("read_without_formats").severity == "warning"
    assert outcome.states() == ["ready"] * 3
    assert load_workbook(io.BytesIO(content)).active is not None
