"""A report as a workbook: one sheet a section, numbers as numbers, nothing that calculates."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from backend.core.formulas import never_run
from backend.reports.content import Cell, ReportContent, Section

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST_ROW = 5
_WIDEST = 48
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook_of(content: ReportContent) -> bytes:
    """Return the file's bytes."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, _OPTIONS)
    # Without a fixed date two files of the same rows would differ.
    workbook.set_properties(
        {"title": content.title, "created": content.data_as_of.replace(tzinfo=None)}
    )
    formats = {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "head": workbook.add_format({"bold": True, "bottom": 1}),
        "count": workbook.add_format({"num_format": "#,##0"}),
        "measured": workbook.add_format({"num_format": "#,##0.0"}),
        "percent": workbook.add_format({"num_format": "0.0%"}),
    }
    for section in content.sections:
        _sheet(workbook.add_worksheet(section.heading), content, section, formats)
    workbook.close()
    return file.getvalue()


def _sheet(sheet: Any, content: ReportContent, section: Section, formats: dict[str, Any]) -> None:
    sheet.write_string(0, 0, never_run(section.heading), formats["title"])
    sheet.write_string(1, 0, never_run(content.site))
    sheet.write_string(2, 0, f"Data of {content.as_of_words}")
    if section.note:
        sheet.write_string(3, 0, section.note)
    for column, name in enumerate(section.columns):
        sheet.write_string(_FIRST_ROW, column, never_run(name), formats["head"])
    for index, row in enumerate(section.rows, start=_FIRST_ROW + 1):
        _row(sheet, index, row, section, formats)
    sheet.freeze_panes(_FIRST_ROW + 1, 1)
    sheet.autofit(_WIDEST * 7)


def _row(
    sheet: Any, index: int, row: Sequence[Cell], section: Section, formats: dict[str, Any]
) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(index, column, never_run(cell))
        else:
            kind = "count" if isinstance(cell, int) else "measured"
            kind = "percent" if column in section.percent_columns else kind
            sheet.write_number(index, column, cell, formats[kind])
