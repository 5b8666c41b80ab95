"""A template as a workbook to fill in, and the stamp that tells it again when it comes back.

The stamp stands in the file's own properties, which spreadsheet programs keep, and on a sheet that
nobody sees, for those that drop properties.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from itertools import islice
from xml.etree.ElementTree import ParseError

import defusedxml
import xlsxwriter
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from backend.templates.definition import ColumnKind, TemplateColumn
from backend.templates.definition_views import VersionView

ENTRY_ROWS = 2_000
EXAMPLE_MARK = "EXAMPLE, not read: "
STAMP_SHEET = "_tracseq"
_PROPERTY = "tracseq_template"
_LISTS = "Lists"
_STAMP = re.compile(r"(?P<key>[a-z0-9-]{1,60})/(?P<number>\d{1,6})/(?P<hash>[0-9a-f]{16})")
_LARGEST_PROPERTIES = 100_000
_FEW_CHOICES = 240
"""Characters that a validation's own list holds; Excel's limit is 255."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which version of which template a workbook was made of."""

    key: str
    number: int
    schema_hash: str


def write_template(version: VersionView) -> bytes:
    """Return the workbook: locked headings, lists to choose from, prompts, and the stamp."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("Samples")
    lists = book.add_worksheet(_LISTS)
    hidden = book.add_worksheet(STAMP_SHEET)
    book.set_custom_property(_PROPERTY, version.stamp)
    hidden.write_string(0, 0, version.stamp)
    hidden.very_hidden()
    lists.hide()
    head = book.add_format(
        {"bold": True, "bottom": 1, "bg_color": "#EDF1F3", "text_wrap": True, "valign": "top"}
    )
    must = book.add_format(
        {"bold": True, "bottom": 1, "bg_color": "#E6F3FA", "text_wrap": True, "valign": "top"}
    )
    example = book.add_format({"italic": True, "font_color": "#5F6B73", "num_format": "@"})
    text = book.add_format({"num_format": "@", "locked": False})
    number = book.add_format({"num_format": "General", "locked": False})
    day = book.add_format({"num_format": "yyyy-mm-dd", "locked": False})
    form = {ColumnKind.NUMBER: number, ColumnKind.DATE: day}
    for at, column in enumerate(version.definition.columns):
        sheet.write_string(0, at, column.title, must if column.required else head)
        sheet.write_comment(0, at, _about(column))
        sheet.set_column(
            at, at, max(12, min(30, len(column.title) + 4)), form.get(column.kind, text)
        )
        sheet.write_string(1, at, example_of(at, column), example)
        _validate(book, sheet, lists, at, column)
    sheet.freeze_panes(1, 1)
    sheet.protect("", {"format_columns": True, "sort": True, "autofilter": True})
    book.close()
    return file.getvalue()


def example_of(at: int, column: TemplateColumn) -> str:
    """Return the cell of the example row below a column's heading, the first at 0."""
    return f"{EXAMPLE_MARK if at == 0 else ''}{column.example or column.default}"


def find_stamp(content: bytes) -> Stamp | None:
    """Return the stamp that a workbook carries; None for any other file, or a broken one."""
    if not content.startswith(b"PK"):
        return None
    found = _STAMP.fullmatch(_property_of(content) or _hidden_cell_of(content) or "")
    if found is None:
        return None
    return Stamp(found["key"], int(found["number"]), found["hash"])


def _about(column: TemplateColumn) -> str:
    lines = [column.help] if column.help else []
    lines.append("Must be filled." if column.required else "May stay empty.")
    if column.unique:
        lines.append("Each value stands once.")
    if column.pattern:
        lines.append(f"Form: {column.pattern} (A letter, 9 digit, X either).")
    if column.default:
        lines.append(f"Empty means {column.default}.")
    return "\n".join(lines)


def _validate(
    book: xlsxwriter.Workbook, sheet: Worksheet, lists: Worksheet, at: int, column: TemplateColumn
) -> None:
    rule = _rule_of(book, lists, at, column)
    prompt = (column.help or "").strip()
    if rule is None and not prompt:
        return
    rule = rule or {"validate": "any"}
    if prompt:
        rule |= {"input_title": column.heading[:32], "input_message": prompt[:255]}
    rule |= {
        "error_type": "stop" if column.required or column.choices else "warning",
        "error_title": column.heading[:32],
        "error_message": _refusal(column)[:255],
    }
    sheet.data_validation(1, at, ENTRY_ROWS, at, rule)


def _rule_of(
    book: xlsxwriter.Workbook, lists: Worksheet, at: int, column: TemplateColumn
) -> dict[str, object] | None:
    match column.kind:
        case ColumnKind.CHOICE:
            lists.write_column(0, at, column.choices)
            name = f"choices_{at + 1}"
            first, last = (
                xl_rowcol_to_cell(row, at, row_abs=True, col_abs=True)
                for row in (0, len(column.choices) - 1)
            )
            book.define_name(name, f"={_LISTS}!{first}:{last}")
            return {"validate": "list", "source": f"={name}"}
        case ColumnKind.YES_NO:
            return {"validate": "list", "source": ["yes", "no"]}
        case ColumnKind.NUMBER:
            return {"validate": "decimal", **_bounds(column)}
        case _:
            return None


def _bounds(column: TemplateColumn) -> dict[str, object]:
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return {"criteria": "between", "minimum": float(low), "maximum": float(high)}
    if low is not None:
        return {"criteria": ">=", "value": float(low)}
    if high is not None:
        return {"criteria": "<=", "value": float(high)}
    return {"criteria": "between", "minimum": -1e15, "maximum": 1e15}


def _refusal(column: TemplateColumn) -> str:
    match column.kind:
        case ColumnKind.CHOICE:
            return f"Choose {column.heading} from the list."
        case ColumnKind.YES_NO:
            return "Write yes or no."
        case _:
            low = f" of at least {column.minimum:f}" if column.minimum is not None else ""
            high = f" of at most {column.maximum:f}" if column.maximum is not None else ""
            return f"Write a number{low}{' and' if low and high else ''}{high}."


def _property_of(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entry = archive.getinfo("docProps/custom.xml")
            if entry.file_size > _LARGEST_PROPERTIES:
                return None
            root = fromstring(archive.read(entry))
    except (KeyError, zipfile.BadZipFile, ParseError, defusedxml.DefusedXmlException, OSError):
        return None
    for each in root:
        if each.get("name") == _PROPERTY:
            return "".join(each.itertext()).strip()
    return None


def _hidden_cell_of(content: bytes) -> str | None:
    """Read the sheet that nobody sees; only where the archive names one, which few files do."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entry = archive.getinfo("xl/workbook.xml")
            if entry.file_size > _LARGEST_PROPERTIES or STAMP_SHEET.encode() not in archive.read(
                entry
            ):
                return None
        book = load_workbook(io.BytesIO(content), read_only=True)
        rows = islice(book[STAMP_SHEET].iter_rows(max_row=1, max_col=1, values_only=True), 1)
        return next((str(row[0]) for row in rows if row and row[0]), None)
    except (KeyError, zipfile.BadZipFile, InvalidFileException, ValueError, OSError):
        return None
