"""Workbooks that are handed out: numbers as numbers, words as words, nothing that calculates."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | Decimal | None
_WIDTH = 16


class SheetWriter:
    """Writes tables into a workbook, each on a sheet of its own."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._file,
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._share = self._book.add_format({"num_format": "0.0%"})

    def add_sheet(
        self,
        name: str,
        heads: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        frozen_columns: int = 0,
        share_columns: Sequence[int] = (),
    ) -> None:
        """Add a table under its heads; ``share_columns`` hold fractions of 1, shown as percent."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, frozen_columns)
        sheet.set_column(0, len(heads) - 1, _WIDTH)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self._head)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._write(sheet, number, column, cell, is_share=column in share_columns)

    def content(self) -> bytes:
        """Close the workbook and return it."""
        self._book.close()
        return self._file.getvalue()

    def _write(
        self, sheet: Worksheet, row: int, column: int, cell: Cell, *, is_share: bool
    ) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        else:
            sheet.write_number(row, column, float(cell), self._share if is_share else None)
