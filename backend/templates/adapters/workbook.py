"""Excel workbooks through openpyxl, as the texts a person sees.

Everything a spreadsheet does to data behind a person's back is said: formulas without a stored
value, hidden rows and sheets, merged cells, percent cells, the 1904 calendar.
"""

import io
import zipfile
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from backend.templates.reading import sheet as sheet_reading
from backend.templates.reading.headings import knows
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
        return _read(values, formulas)
    except _BROKEN as error:
        return FileReading("workbook", None, (_unreadable(error),))


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
    return FileReading(
        "workbook", table, (*findings, *said, *about), details={"sheet": name, "encoding": "xlsx"}
    )


def _known(sheet: Worksheet) -> int:
    """Return the most known headings in one of the sheet's first rows."""
    rows = sheet.iter_rows(max_row=sheet_reading.LOOK_FOR_HEADINGS_IN, values_only=True)
    return max((sum(1 for v in row if isinstance(v, str) and knows(v)) for row in rows), default=0)


def _grid(values: Worksheet, formulas: Worksheet) -> tuple[sheet_reading.Grid, list[Finding]]:
    grid: sheet_reading.Grid = []
    findings: list[Finding] = []
    hidden = [number for number, dimension in values.row_dimensions.items() if dimension.hidden]
    for shown, written in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        grid.append([_text(cell) for cell in shown])
        findings += [
            _no_value(formula)
            for cell, formula in zip(shown, written, strict=True)
            if cell.value is None and formula.data_type == "f"
        ]
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
