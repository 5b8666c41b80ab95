"""Workbooks through calamine: .xls of Excel 97 to 2003, and .xlsx of very many cells.

Values alone are read, row by row. What only a cell's format tells (hidden rows, percent, a formula
without a result) is not looked for, and that is said.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from backend.templates.adapters.cells import text_of
from backend.templates.adapters.grids import BookReading, SheetGrid, refused_book, too_wide
from backend.templates.reading import sheet as sheet_reading
from backend.templates.reading.headings import knows
from backend.templates.reading.values import FileReading, Finding, Severity

_Read = TypeVar("_Read")

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
# [MS-OFFCRYPTO] 2.3: an encrypted .xlsx is a compound file with a stream of this name.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_LOCKED = "The workbook is locked with a password. Save it without one and send it again."
_OLD = (
    "An .xls workbook was read: its values alone. Hidden rows, percent cells and formulas without "
    "a result were not looked for; check the figures, or send it as .xlsx."
)
_LARGE = (
    "The workbook is large, so its values alone were read. Hidden rows, percent cells and formulas "
    "without a result were not looked for."
)


def read_old_workbook(content: bytes) -> FileReading:
    """Return the samples' sheet of an .xls. Never raises on bad files."""
    if _ENCRYPTED_STREAM in content:
        return _refused("workbook_locked", _LOCKED)
    return _read(content, "xls", Finding("read_without_formats", Severity.WARNING, _OLD))


def read_large_workbook(content: bytes) -> FileReading:
    """Return the samples' sheet of an .xlsx of very many cells. Never raises on bad files."""
    return _read(content, "xlsx", Finding("read_without_formats", Severity.WARNING, _LARGE))


def read_every_sheet(content: bytes, *, is_old: bool) -> BookReading:
    """Return all sheets' values, hidden sheets too. Never raises on bad files."""
    if is_old and _ENCRYPTED_STREAM in content:
        return refused_book("workbook_locked", _LOCKED)
    read = _guarded(content, _every_sheet)
    if isinstance(read, Finding):
        return BookReading((), (read,))
    said = Finding("read_without_formats", Severity.WARNING, _OLD if is_old else _LARGE)
    return replace(read, findings=(said, *read.findings))


def _every_sheet(book: CalamineWorkbook) -> BookReading:
    grids: list[SheetGrid] = []
    for about in book.sheets_metadata:
        if about.typ is SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(about.name)
            if sheet.total_width > sheet_reading.MOST_COLUMNS:
                return too_wide(about.name, sheet.total_width)
            grids.append(SheetGrid(about.name, list(rows_of(sheet))))
    return BookReading(tuple(grids), ())


def _read(content: bytes, encoding: str, said: Finding) -> FileReading:
    read = _guarded(content, lambda book: _read_sheets(book, encoding, said))
    return FileReading("workbook", None, (read,)) if isinstance(read, Finding) else read


def _guarded(content: bytes, read: Callable[[CalamineWorkbook], _Read]) -> _Read | Finding:
    """Return what is read of a workbook, or why it cannot be."""
    try:
        return read(CalamineWorkbook.from_filelike(io.BytesIO(content)))
    except PasswordError:
        return Finding("workbook_locked", Severity.ERROR, _LOCKED)
    except (CalamineError, ValueError, OSError) as error:
        return _unreadable(error)
    except BaseException as error:
        # A panic of calamine's Rust arrives as a BaseException that cannot be imported by name.
        if type(error).__name__ != "PanicException":
            raise
        return _unreadable(error)


def _unreadable(error: BaseException) -> Finding:
    return Finding(
        "workbook_damaged",
        Severity.ERROR,
        f"The workbook cannot be read ({type(error).__name__}). "
        "Save it again as .xlsx, or as .csv, and send that.",
    )


def _read_sheets(book: CalamineWorkbook, encoding: str, said: Finding) -> FileReading:
    sheets = [s for s in book.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]
    shown = [s.name for s in sheets if s.visible is SheetVisibleEnum.Visible]
    if not shown:
        return _refused("no_sheet", "The workbook has no visible sheet.")
    read = {name: book.get_sheet_by_name(name) for name in shown}
    name = max(shown, key=lambda title: (_known(read[title]), -shown.index(title)))
    findings = [said]
    left = [s.name for s in sheets if s.name != name]
    if left:
        message = f"Sheet “{name}” was read; {', '.join(left)} was left out."
        findings.append(Finding("sheets_left", Severity.INFO, message))
    table, about = sheet_reading.to_table(rows_of(read[name]))
    return FileReading(
        "workbook", table, (*findings, *about), details={"sheet": name, "encoding": encoding}
    )


def rows_of(sheet: CalamineSheet) -> Iterator[list[str]]:
    """Yield every row from the first of the sheet on, so that numbers are the spreadsheet's."""
    first_row, first_column = sheet.start or (0, 0)
    yield from ([] for _ in range(first_row))
    before = [""] * first_column
    for row in sheet.iter_rows():
        cells = [text_of(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield before + cells if cells else []


def _known(sheet: CalamineSheet) -> int:
    best = 0
    for number, row in enumerate(sheet.iter_rows()):
        if number >= sheet_reading.LOOK_FOR_HEADINGS_IN:
            break
        best = max(best, sum(knows(value) for value in row if isinstance(value, str)))
    return best


def _refused(code: str, message: str) -> FileReading:
    return FileReading("workbook", None, (Finding(code, Severity.ERROR, message),))
