"""Excel workbooks through openpyxl, as the texts a person sees.

Everything a spreadsheet does to data behind a person's back is said: formulas without a stored
value, hidden rows and sheets, merged cells, percent cells, the 1904 calendar.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from backend.templates.reading import sheet as sheet_reading
from backend.templates.reading.headings import knows
from backend.templates.reading.separators import SEPARATOR_PROPERTY
from backend.templates.reading.values import FileReading, Finding, Severity

# Unpacked size a workbook may have; a small file that unpacks to more is an attack or an accident.
MOST_UNPACKED_BYTES = 200_000_000
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


def read_workbook(content: bytes) -> FileReading:
    """Return the first sheet that holds samples. Never raises on bad files."""
    refusal = _refuse_package(content)
    if refusal is not None:
        return FileReading("workbook", None, (refusal,))
    try:
        values = load_workbook(io.BytesIO(content), data_only=True)
        formulas = load_workbook(io.BytesIO(content), data_only=False)
    except _BROKEN as error:
        return FileReading("workbook", None, (_unreadable(error),))
    return _read(values, formulas)


def _refuse_package(content: bytes) -> Finding | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            unpacked = sum(info.file_size for info in package.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return _error(
            "workbook_damaged",
            "The workbook is damaged: it cannot be unpacked. Save it again and send the new file.",
        )
    if unpacked > MOST_UNPACKED_BYTES:
        return _error(
            "workbook_too_large",
            f"The workbook unpacks to {unpacked / 1e6:,.0f} MB. Keep only the sheet of samples.",
        )
    if "xl/workbook.xml" not in names:
        return _error(
            "not_a_workbook",
            "The file is a zip archive, not a workbook. Unpack it and send the file inside.",
        )
    return None


def _read(values: Workbook, formulas: Workbook) -> FileReading:
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
    table, about = sheet_reading.to_table(grid)
    details = {"sheet": name, "encoding": "xlsx"}
    sent_as = values.custom_doc_props
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


def _grid(values: Worksheet, formulas: Worksheet) -> tuple[sheet_reading.Grid, list[Finding]]:
    texts = {(row, column): text for row, column, cell in _filled(values) if (text := _text(cell))}
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


def _dense(texts: Mapping[tuple[int, int], str]) -> sheet_reading.Grid:
    """Return the sparse texts as rows; the empty ones after the last filled row are not there."""
    grid: sheet_reading.Grid = [[] for _ in range(max((row for row, _ in texts), default=0))]
    for (row, column), text in sorted(texts.items()):
        cells = grid[row - 1]
        cells.extend([""] * (column - 1 - len(cells)))
        cells.append(text)
    return grid


def _text(cell: Cell | MergedCell) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case float():
            return _number(value, percent="%" in (cell.number_format or ""))
        case _:
            return str(value)


def _number(value: float, *, percent: bool) -> str:
    if percent:
        return f"{value * 100:.10g} %"
    # repr keeps what a person typed (0.1, not 0.1000000000000000055); whole numbers lose the .0.
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 a double's whole digits


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
