"""A cell at the far edge of a sheet costs no memory: the sheet is refused, or read all the same."""

import io
import re
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from backend.templates.adapters import package
from backend.templates.adapters import workbook as workbook_reading
from backend.templates.adapters.files import read_file
from tests.support.sample_files import as_bytes, manifest_rows, workbook

_MB = 1_000_000


def _with_a_cell_at(place: str, value: str = "x") -> bytes:
    book = workbook(manifest_rows(3))
    assert book.active is not None
    book.active[place] = value
    return as_bytes(book)


def _peak_bytes_of_reading(content: bytes) -> int:
    tracemalloc.start()
    read_file(content, {})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_cell_in_the_last_column_and_row_is_refused_before_memory_is_spent() -> None:
    ordinary = _peak_bytes_of_reading(as_bytes(workbook(manifest_rows(3))))

    content = _with_a_cell_at("XFD1048576")

    assert [f.code for f in read_file(content, {}).findings] == ["too_many_columns"]
    assert _peak_bytes_of_reading(content) < ordinary + 5 * _MB


def test_a_wide_row_is_not_padded_to_the_edge_of_the_sheet() -> None:
    rows = list(workbook_reading._dense({(1, 1): "Sample ID", (2, 16_384): "x"}))

    assert list(map(len, rows)) == [1, 301]


def test_a_cell_in_the_last_row_is_read_as_that_row() -> None:
    reading = read_file(_with_a_cell_at("A1048576", "S-99999"), {})

    assert reading.table is not None
    assert list(reading.table.numbers) == [2, 3, 4, 1_048_576]


def test_every_sheet_of_a_workbook_is_refused_for_one_far_cell() -> None:
    book = workbook_reading.read_every_sheet(_with_a_cell_at("XFD1048576"))

    assert not book.sheets
    assert "16,384 columns" in book.refusal


@pytest.mark.parametrize("place", ["XFD1048576", "B1048576", "XFD20001"])
def test_a_large_workbook_with_a_far_cell_is_refused_unopened(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MANY_CELLS", 10)  # a large one, without writing a large one

    found = package.look_into(_with_a_cell_at(place))

    assert found.refusal is not None
    assert found.refusal.code == "cells_far_apart"


def test_formatted_cells_that_hold_nothing_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MANY_CELLS", 10)
    content = _with_a_cell_at("A900", "S-900")
    with zipfile.ZipFile(io.BytesIO(content)) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    name = "xl/worksheets/sheet1.xml"
    styled = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    parts[name] = parts[name].replace(b"</sheetData>", styled)
    assert re.search(rb"XFD1048576", parts[name])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as after:
        for part, held in parts.items():
            after.writestr(part, held)

    assert package.look_into(made.getvalue()).refusal is None


def test_cells_are_seen_across_the_pieces_that_a_sheet_is_read_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(package, "MANY_CELLS", 10)
    monkeypatch.setattr(package, "_PIECE", 300)
    book = Workbook()
    assert book.active is not None
    for row in manifest_rows(30):
        book.active.append(row)
    book.active["XFD1048576"] = "x"

    found = package.look_into(as_bytes(book))

    assert found.refusal is not None
    assert found.refusal.code == "cells_far_apart"
