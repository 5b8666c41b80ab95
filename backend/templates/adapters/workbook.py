"""Excel workbooks through openpyxl, as the texts a person sees.

Everything a spreadsheet does to data behind a person's back is said: formulas without a stored
value, hidden rows and sheets, merged cells, percent cells, the 1904 calendar.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from backend.templates.adapters import lean_workbook
from backend.templates.adapters.cells import text_of
from backend.templates.adapters.grids import BookReading, SheetGrid, too_wide
from backend.templates.adapters.package import MANY_CELLS, look_into
from backend.templates.reading import sheet as sheet_reading
from backend.templates.reading.headings import NOTHING_SAID, knows
from backend.templates.reading.separators import SEPARATOR_PROPERTY
from backend.templates.reading.values import FileReading, Finding, Severity

_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
)


def read_workbook(content: bytes, said: Mapping[str, str] = NOTHING_SAID) -> FileReading:
    """Return the first sheet that holds samples. Never raises on bad files."""
    package = look_into(content)
    if package.refusal is not None:
        return FileReading("workbook", None, (package.refusal,))
    reading = _opened(content, said, lean=package.cells > MANY_CELLS)
    return replace(reading, findings=(*package.findings, *reading.findings))


def read_every_sheet(content: bytes) -> BookReading:
    """Return all sheets' cells, hidden sheets too. Never raises on bad files."""
    package = look_into(content)
    if package.refusal is not None:
        return BookReading((), (package.refusal,))
    if package.cells > MANY_CELLS:
        reading = lean_workbook.read_every_sheet(content, is_old=False)
    else:
        loaded = _loaded(content)
        if isinstance(loaded, Finding):
            return BookReading((), (loaded,))
        reading = _every_sheet(*loaded)
    return replace(reading, findings=(*package.findings, *reading.findings))


def _every_sheet(values: Workbook, formulas: Workbook) -> BookReading:
    grids: list[SheetGrid] = []
    findings: list[Finding] = []
    for sheet in values.worksheets:
        texts = _texts(sheet)
        width = max((column for _, column in texts), default=0)
        if width > sheet_reading.MOST_COLUMNS:  # before rows are made as wide as that
            return too_wide(sheet.title, width)
        grids.append(SheetGrid(sheet.title, list(_dense(texts))))
        findings += [
            _no_value(cell)
            for row, column, cell in _filled(formulas[sheet.title])
            if cell.data_type == "f" and (row, column) not in texts
        ]
    return BookReading(tuple(grids), tuple(findings))


def _opened(content: bytes, said: Mapping[str, str], *, lean: bool) -> FileReading:
    if lean:
        return lean_workbook.read_large_workbook(content)
    loaded = _loaded(content)
    if isinstance(loaded, Finding):
        return FileReading("workbook", None, (loaded,))
    return _read(*loaded, said)


def _loaded(content: bytes) -> tuple[Workbook, Workbook] | Finding:
    """Return the workbook with its values and with its formulas, or why it cannot be opened."""
    try:
        values = load_workbook(io.BytesIO(content), data_only=True)
        return values, load_workbook(io.BytesIO(content), data_only=False)
    except _BROKEN as error:
        return _unreadable(error)


def _read(values: Workbook, formulas: Workbook, template: Mapping[str, str]) -> FileReading:
    names = [s.title for s in values.worksheets if s.sheet_state == "visible"]
    hidden = [s.title for s in values.worksheets if s.sheet_state != "visible"]
    if not names:
        return FileReading(
            "workbook", None, (_error("no_sheet", "The workbook has no visible sheet."),)
        )
    name = max(names, key=lambda title: (_known(values[title]), -names.index(title)))
    findings: list[Finding] = []
    if values.epoch.year == 1904:  # noqa: PLR2004 the year of old Macs
        findings.append(
            _info("calendar_1904", "The workbook counts days from 1904; dates follow it.")
        )
    if hidden or len(names) > 1:
        left = [title for title in [*names, *hidden] if title != name]
        findings.append(
            _info("sheets_left", f"Sheet “{name}” was read; {', '.join(left)} was left out.")
        )
    grid, said = _grid(values[name], formulas[name])
    table, about = sheet_reading.to_table(grid, template)
    details = {"sheet": name, "encoding": "xlsx"}
    sent_as = values.custom_doc_props  # type: ignore[attr-defined] # its stubs lack the property
    if SEPARATOR_PROPERTY in sent_as.names and sent_as[SEPARATOR_PROPERTY].value:
        # A result of a list that was separated so: its commas mean what they meant there.
        details["separator"] = str(sent_as[SEPARATOR_PROPERTY].value)
    return FileReading("workbook", table, (*findings, *said, *about), details=details)


def _known(sheet: Worksheet) -> int:
    """Return the most known headings in one of the sheet's first rows."""
    counts: Counter[int] = Counter()
    for row, _, cell in _filled(sheet):
        if row <= sheet_reading.LOOK_FOR_HEADINGS_IN and isinstance(cell.value, str):
            counts[row] += knows(cell.value)
    return max(counts.values(), default=0)


def _filled(sheet: Worksheet) -> Iterator[tuple[int, int, Cell | MergedCell]]:
    """Yield (row, column, cell) of the cells in the file, both counted from 1."""
    # iter_rows would create a million empty cells where a format reaches down to the last row.
    for (row, column), cell in sheet._cells.items():  # noqa: SLF001 no public way to the sparse cells
        yield row, column, cell


def _grid(values: Worksheet, formulas: Worksheet) -> tuple[Iterator[list[str]], list[Finding]]:
    texts = _texts(values)
    grid = _dense(texts)
    findings = [
        _no_value(cell)
        for row, column, cell in _filled(formulas)
        if cell.data_type == "f" and (row, column) not in texts
    ]
    hidden = [number for number, row in values.row_dimensions.items() if row.hidden]
    if hidden:
        findings.append(
            _warning(
                "rows_hidden",
                f"{len(hidden):,} rows are hidden or filtered out in the workbook (first: row "
                f"{min(hidden)}). They were read like the others.",
                row=min(hidden),
            )
        )
    findings += [
        _warning(
            "cells_merged",
            f"Cells {area.coord} are merged; only the first holds the value.",
            row=area.min_row,
            column=area.min_col,
        )
        for area in values.merged_cells.ranges
        if area.max_row > area.min_row
    ]
    return grid, findings


def _texts(sheet: Worksheet) -> dict[tuple[int, int], str]:
    return {(row, column): text for row, column, cell in _filled(sheet) if (text := _text(cell))}


def _dense(texts: Mapping[tuple[int, int], str]) -> Iterator[list[str]]:
    """Yield the sparse texts as rows, one after the other, down to the last that is filled.

    Of a row wider than a list may be, only its last text is given, in the first column too many:
    enough to be refused by, and nothing is padded to the sheet's edge.
    """
    at = 0
    for row, cells in groupby(sorted(texts.items()), key=lambda cell: cell[0][0]):
        yield from ([] for _ in range(at + 1, row))
        at = row
        yield _padded({column: text for (_, column), text in cells})


def _padded(cells: Mapping[int, str]) -> list[str]:
    width = min(max(cells), sheet_reading.MOST_COLUMNS + 1)
    return [cells.get(column, "") for column in range(1, width)] + [cells[max(cells)]]


def _text(cell: Cell | MergedCell) -> str:
    return text_of(cell.value, percent="%" in (cell.number_format or ""))


def _no_value(cell: Cell | MergedCell) -> Finding:
    return Finding(
        code="formula_without_value",
        severity=Severity.WARNING,
        message=(
            f"Cell {cell.coordinate} holds a formula whose result was never saved. "
            "Open the workbook in Excel, save it, and send it again, or write the value here."
        ),
        row=cell.row,
        column=cell.column,
        value_seen=str(cell.value)[:200],
    )


def _unreadable(error: Exception) -> Finding:
    return _error(
        "workbook_damaged",
        f"The workbook cannot be read ({type(error).__name__}). "
        "Save it again as .xlsx, or as .csv, and send that.",
    )


def _error(code: str, message: str) -> Finding:
    return Finding(code, Severity.ERROR, message)


def _info(code: str, message: str) -> Finding:
    return Finding(code, Severity.INFO, message)


def _warning(code: str, message: str, row: int | None = None, column: int | None = None) -> Finding:
    return Finding(code, Severity.WARNING, message, row=row, column=column)
