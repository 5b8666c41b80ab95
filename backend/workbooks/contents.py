"""What was read of a file, written: its sheets, their statistics, and their rows by COPY."""

from collections.abc import Sequence

from backend.core.copying import copy_columns, escaped
from backend.core.sessions import WriteSession
from backend.templates.adapters.grids import SheetGrid
from backend.templates.reading.headings import knows
from backend.templates.reading.sheet import MOST_RACK_ROWS, is_rack_scan
from backend.workbooks.ids import VersionId
from backend.workbooks.models import WorkbookSheet
from backend.workbooks.plain import column_out, searched_row
from backend.workbooks.planning.headings import heading_row
from backend.workbooks.planning.sheet import sheet_of
from backend.workbooks.planning.statistics import sheet_statistics

_PART_ROWS = 5_000
_COPY = "COPY workbook_row (sheet_id, number, cells, search) FROM STDIN"
_LONGEST_NAME = 200


def write_sheet(
    session: WriteSession, version_id: VersionId, position: int, grid: SheetGrid
) -> int:
    """Write a sheet and its filled lines; return how many rows stand below its headings."""
    lines = [(n, row) for n, cells in enumerate(grid.rows, 1) if (row := _kept(cells))]
    top = grid.rows[:MOST_RACK_ROWS]
    heading = 0 if not top or is_rack_scan(top) else heading_row(grid.rows, knows)
    body = [row for number, row in lines if number > heading]
    width = max((len(row) for _, row in lines), default=0)
    named = _kept(grid.rows[heading - 1]) if heading else []
    sheet = sheet_of([*named, *[""] * (width - len(named))], body)
    record = WorkbookSheet(
        version_id=version_id,
        position=position,
        name=grid.name[:_LONGEST_NAME],
        headings=list(sheet.headings),
        heading_row=heading,
        row_count=len(body),
        columns=[column_out(column) for column in sheet_statistics(sheet)],
    )
    session.add(record)
    session.flush()
    for start in range(0, len(lines), _PART_ROWS):
        part = lines[start : start + _PART_ROWS]
        columns = [
            [record.id.hex] * len(part),
            [str(number) for number, _ in part],
            [escaped(_array(row)) for _, row in part],
            [escaped(searched_row(row)) for _, row in part],
        ]
        copy_columns(session, _COPY, columns)
    return len(body)


def _kept(cells: Sequence[str]) -> list[str]:
    """Return a line without the empty cells at its end; NUL, which no text can hold, left out."""
    row = [cell.replace("\0", "") for cell in cells]
    while row and not row[-1].strip():
        row.pop()
    return row


def _array(cells: Sequence[str]) -> str:
    """Return texts as PostgreSQL writes an array of them."""
    inside = (cell.replace("\\", "\\\\").replace('"', '\\"') for cell in cells)
    return "{" + ",".join(f'"{cell}"' for cell in inside) + "}"
