"""A pick list as a table: CSV or a workbook, in the order of its places."""

import csv
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from backend.core.formulas import never_run
from backend.storage.pick_views import PickLineView
from backend.storage.sheet_writing import SheetWriter

CSV_TYPE = "text/csv; charset=utf-8"

_COLUMNS: tuple[tuple[str, Callable[[PickLineView], str | Decimal | None]], ...] = (
    ("Line", lambda line: Decimal(line.step)),
    ("Barcode", lambda line: line.barcode),
    ("Sample name", lambda line: line.name),
    ("Volume µL", lambda line: line.volume_ul),
    ("From box", lambda line: line.from_path),
    ("From position", lambda line: line.from_position.label),
    ("To box", lambda line: line.to_path),
    ("To position", lambda line: line.to_position.label if line.to_position else None),
    ("Reason", lambda line: line.reason),
    ("Answer", lambda line: line.outcome.value if line.outcome else None),
    ("Why", lambda line: line.outcome_reason),
    ("By", lambda line: line.by_name),
)
_HEADS = (*(name for name, _ in _COLUMNS), "At")


def as_csv(lines: Sequence[PickLineView], zone: ZoneInfo) -> bytes:
    """Return comma-separated text with a byte-order mark, so that spreadsheets read µ right."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_HEADS)
    writer.writerows([_text(cell) for cell in _cells(line, zone)] for line in lines)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(lines: Sequence[PickLineView], zone: ZoneInfo) -> bytes:
    """Return a workbook of one sheet: numbers as numbers, nothing that calculates."""
    book = SheetWriter()
    rows = [_cells(line, zone) for line in lines]
    book.add_sheet("Pick list", _HEADS, rows, frozen_columns=2)
    return book.content()


def _cells(line: PickLineView, zone: ZoneInfo) -> list[str | Decimal | None]:
    at = None if line.at is None else f"{line.at.astimezone(zone):%Y-%m-%d %H:%M}"
    return [*(value(line) for _, value in _COLUMNS), at]


def _text(cell: str | Decimal | None) -> str:
    if cell is None:
        return ""
    return format(cell, "f") if isinstance(cell, Decimal) else never_run(cell)
