"""Statistics of columns as JSON and back, and cells as they are searched."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from backend.templates.reading.clean import clean
from backend.workbooks.planning.sheet import Sheet
from backend.workbooks.planning.statistics import ColumnStatistics, Kind

Json = dict[str, Any]
_APART = "\x1f"


def searched(cell: str) -> str:
    """Return a text as it is searched: look-alike characters plain, letters small."""
    return clean(cell.replace(_APART, " ")).lower()


def searched_row(cells: Sequence[str]) -> str:
    """Return a row's cells as one text; no text that is searched spans two of them."""
    return _APART.join(map(searched, cells))


def as_text(sheet: Sheet, delimiter: str) -> bytes:
    """Return a sheet as delimited text, its headings first."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter)
    writer.writerow(sheet.headings)
    writer.writerows(sheet.rows)
    return made.getvalue().encode()


def column_out(column: ColumnStatistics) -> Json:
    """Return a column's statistics as JSON."""
    return {
        "heading": column.heading,
        "filled": column.filled,
        "empty": column.empty,
        "distinct": column.distinct,
        "kinds": {kind.value: count for kind, count in column.kinds.items()},
        "smallest_number": _text(column.smallest_number),
        "largest_number": _text(column.largest_number),
        "first_day": _text(column.first_day),
        "last_day": _text(column.last_day),
        "commonest": [list(each) for each in column.commonest],
        "longest": column.longest,
    }


def column_in(stored: Mapping[str, Any]) -> ColumnStatistics:
    """Return stored statistics."""
    smallest, largest = stored["smallest_number"], stored["largest_number"]
    first, last = stored["first_day"], stored["last_day"]
    return ColumnStatistics(
        heading=stored["heading"],
        filled=stored["filled"],
        empty=stored["empty"],
        distinct=stored["distinct"],
        kinds={Kind(kind): count for kind, count in stored["kinds"].items()},
        smallest_number=None if smallest is None else Decimal(smallest),
        largest_number=None if largest is None else Decimal(largest),
        first_day=None if first is None else date.fromisoformat(first),
        last_day=None if last is None else date.fromisoformat(last),
        commonest=tuple((text, count) for text, count in stored["commonest"]),
        longest=stored["longest"],
    )


def _text(value: Decimal | date | None) -> str | None:
    return None if value is None else str(value)
