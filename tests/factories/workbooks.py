"""Workbooks of tests."""

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook


def book(sheets: Mapping[str, Sequence[Sequence[object]]], *, hidden: str = "") -> bytes:
    """Return an .xlsx of the given sheets; one of them may be hidden."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name == hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def text_file(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as comma separated text; no cell holds a comma, a quote or a line end."""
    return "".join(f"{','.join(row)}\n" for row in rows).encode()
