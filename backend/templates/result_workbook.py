"""What became of each row: the list's columns, its row's status, its sample and what was wrong.

Sent again unchanged it registers nothing: rows that say they were registered are left out, the
others stand where they stood. Everything is written as text, so that nothing is rounded.
"""

import io
from collections.abc import Sequence

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
from backend.templates.views import ImportView, RowView

_WORDS = {
    RowState.REGISTERED: "registered",
    RowState.READY: "not registered yet",
    RowState.WARNING: "not registered yet",
    RowState.UPDATE: "not changed yet",
    RowState.ERROR: "error",
    RowState.SKIPPED: "left out",
}
_WIDTH = 18

Column = tuple[str, str | None, str | None]
"""Heading as sent, our field, the name it has among the sender's own columns."""


def result_workbook(view: ImportView, barcodes: dict[str, str]) -> bytes:
    """Return an .xlsx of all rows; ``barcodes`` maps a sample's key to its barcode."""
    columns = _columns(view)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_custom_property(SEPARATOR_PROPERTY, view.details.get("separator", ""))
        sheet, bold = book.add_worksheet("Result"), book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        headings = [heading for heading, _, _ in columns]
        headings += [STATUS_HEADING, ID_HEADING, ERRORS_HEADING]
        sheet.set_column(0, len(headings) - 1, _WIDTH, text)
        sheet.freeze_panes(1, 0)
        for number, heading in enumerate(headings):
            sheet.write_string(0, number, harmless(heading), bold)
        for at, row in enumerate(view.rows, start=1):
            for number, cell in enumerate(_cells(row, columns, barcodes)):
                if cell:
                    sheet.write_string(at, number, harmless(cell), text)
    return stream.getvalue()


def _columns(view: ImportView) -> list[Column]:
    """Return the columns as they were sent; of typed and pasted rows, the filled fields."""
    taken: dict[str, int] = {}
    columns: list[Column] = []
    filled: set[str] = set()
    for match in view.columns:
        if match.match is Match.BLANK or match.heading in OUR_HEADINGS:
            continue
        if match.match in USED - {Match.REPEATED} and match.field is not None:
            columns.append((match.heading, match.field.value, None))
            filled.add(match.field.value)
            continue
        taken[match.heading] = taken.get(match.heading, 0) + 1
        again = taken[match.heading]
        own = match.heading if again == 1 else f"{match.heading} ({again})"
        columns.append((match.heading, None, own))
    units = {match.field: match.unit for match in view.columns if match.field and match.unit}
    written = {name for row in view.rows for name in row.cells} - filled
    columns += [
        (heading_of(spec.key.value, units.get(spec.key)), spec.key.value, None)
        for spec in FIELDS
        if spec.key.value in written
    ]
    known = {own for _, _, own in columns}
    extras = dict.fromkeys(heading for row in view.rows for heading in row.extras)
    columns += [(own, None, own) for own in extras if own not in known and own not in READ_BACK]
    return columns


def _cells(row: RowView, columns: Sequence[Column], barcodes: dict[str, str]) -> list[str]:
    cells = [
        row.cells.get(field, "") if field is not None else row.extras.get(own or "", "")
        for _, field, own in columns
    ]
    return [*cells, *_outcome(row, barcodes), _wrong(row)]


def _outcome(row: RowView, barcodes: dict[str, str]) -> tuple[str, str]:
    if row.state is RowState.REGISTERED:
        was_update = any(finding.code == "updates" for finding in row.findings)
        return "updated" if was_update else "registered", barcodes.get(str(row.sample_id), "")
    if row.state is RowState.SKIPPED and any(f.code == "exists" for f in row.findings):
        code = row.extras.get(ID_HEADING) or row.cells.get("barcode", "")
        return "exists", code
    return _WORDS[row.state], ""


def _wrong(row: RowView) -> str:
    told = [
        f"{BY_KEY[f.field].label}: {f.message}" if f.field in BY_KEY else f.message
        for f in row.findings
        if f.severity is not Severity.INFO and row.state is not RowState.REGISTERED
    ]
    return " ".join(told)
