"""What became of each row: the list's columns, its row's status, its sample and what was wrong.

Sent again unchanged it registers nothing: rows that say they were registered are left out, the
others stand where they stood. Everything is written as text, so that nothing is rounded. Rows are
written as they come and none is kept, however long the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO

import xlsxwriter

from backend.templates.formulas import harmless
from backend.templates.problem_list import heading_of
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import BY_KEY, FIELDS
from backend.templates.reading.headings import (
    ERRORS_HEADING,
    ID_HEADING,
    OUR_HEADINGS,
    READ_BACK,
    STATUS_HEADING,
    USED,
    Match,
)
from backend.templates.reading.separators import SEPARATOR_PROPERTY
from backend.templates.reading.values import Severity
from backend.templates.views import ImportHead, ResultRow

_WORDS = {
    RowState.REGISTERED: "registered",
    RowState.READY: "not registered yet",
    RowState.WARNING: "not registered yet",
    RowState.UPDATE: "not changed yet",
    RowState.ERROR: "error",
    RowState.SKIPPED: "left out",
}
_WIDTH = 18
_ROW_BY_ROW: Mapping[str, bool] = {"constant_memory": True, "strings_to_formulas": False}
"""A row goes to the disk once the next one begins; texts stand in their cells, not in a table."""

Column = tuple[str, str | None, str | None]
"""Heading as sent, our field, the name it has among the sender's own columns."""


def write_workbook(
    target: IO[bytes],
    head: ImportHead,
    *,
    written: Sequence[str],
    own: Sequence[str],
    rows: Iterable[ResultRow],
) -> None:
    """Write an .xlsx of all rows, in the order they come.

    ``written`` names the fields that some row fills, ``own`` the sender's other columns as they
    first appear.
    """
    columns = _columns(head, written, own)
    with xlsxwriter.Workbook(target, _ROW_BY_ROW) as book:
        book.set_custom_property(SEPARATOR_PROPERTY, head.details.get("separator", ""))
        sheet, bold = book.add_worksheet("Result"), book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        headings = [heading for heading, _, _ in columns]
        headings += [STATUS_HEADING, ID_HEADING, ERRORS_HEADING]
        sheet.set_column(0, len(headings) - 1, _WIDTH, text)
        sheet.freeze_panes(1, 0)
        for number, heading in enumerate(headings):
            sheet.write_string(0, number, harmless(heading), bold)
        for at, row in enumerate(rows, start=1):
            for number, cell in enumerate(_cells(row, columns)):
                if cell:
                    sheet.write_string(at, number, harmless(cell), text)


def _columns(head: ImportHead, written: Sequence[str], own: Sequence[str]) -> list[Column]:
    """Return the columns as they were sent; of typed and pasted rows, the filled fields."""
    taken: dict[str, int] = {}
    columns: list[Column] = []
    filled: set[str] = set()
    for match in head.columns:
        if match.match is Match.BLANK or match.heading in OUR_HEADINGS:
            continue
        if match.match in USED - {Match.REPEATED} and match.field is not None:
            columns.append((match.heading, match.field.value, None))
            filled.add(match.field.value)
            continue
        taken[match.heading] = taken.get(match.heading, 0) + 1
        again = taken[match.heading]
        name = match.heading if again == 1 else f"{match.heading} ({again})"
        columns.append((match.heading, None, name))
    units = {match.field: match.unit for match in head.columns if match.field and match.unit}
    columns += [
        (heading_of(spec.key.value, units.get(spec.key)), spec.key.value, None)
        for spec in FIELDS
        if spec.key.value in written and spec.key.value not in filled
    ]
    known = {name for _, _, name in columns}
    columns += [(name, None, name) for name in own if name not in known and name not in READ_BACK]
    return columns


def _cells(row: ResultRow, columns: Sequence[Column]) -> list[str]:
    cells = [
        row.cells.get(field, "") if field is not None else row.extras.get(own or "", "")
        for _, field, own in columns
    ]
    return [*cells, *_outcome(row), _wrong(row)]


def _outcome(row: ResultRow) -> tuple[str, str]:
    if row.state is RowState.REGISTERED:
        was_update = any(finding.code == "updates" for finding in row.findings)
        return "updated" if was_update else "registered", row.sample_barcode
    if row.state is RowState.SKIPPED and any(f.code == "exists" for f in row.findings):
        code = row.extras.get(ID_HEADING) or row.cells.get("barcode", "")
        return "exists", code
    return _WORDS[row.state], ""


def _wrong(row: ResultRow) -> str:
    told = [
        f"{BY_KEY[f.field].label}: {f.message}" if f.field in BY_KEY else f.message
        for f in row.findings
        if f.severity is not Severity.INFO and row.state is not RowState.REGISTERED
    ]
    return " ".join(told)
