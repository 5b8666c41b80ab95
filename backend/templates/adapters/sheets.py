"""Every sheet of a file that a person drops, with the refusals of the import."""

from backend.documents.forms import looks_like_form
from backend.templates.adapters import lean_workbook, workbook
from backend.templates.adapters.files import LARGEST_FILE_BYTES
from backend.templates.adapters.grids import BookReading, SheetGrid, refused_book, too_wide
from backend.templates.adapters.package import MOST_CELLS
from backend.templates.reading import decode, delimited
from backend.templates.reading.sheet import MOST_COLUMNS, MOST_ROWS

_FEWEST_HEADINGS = 2
_TEXT_SHEET = "Text"


def read_sheets(content: bytes) -> BookReading:
    """Return all sheets of a file. Never raises: what cannot be read is a finding."""
    if len(content) > LARGEST_FILE_BYTES:
        return refused_book(
            "file_too_large",
            f"The file has {len(content) / 1e6:,.0f} MB. "
            f"Split it into files of {LARGEST_FILE_BYTES / 1e6:.0f} MB or less.",
        )
    if content.startswith(lean_workbook.OLE_SIGNATURE):
        return _limited(lean_workbook.read_every_sheet(content, is_old=True))
    if content.startswith(decode.ZIP_SIGNATURE):
        return _limited(workbook.read_every_sheet(content))
    return _limited(_read_text(content))


def _read_text(content: bytes) -> BookReading:
    refusal = decode.refuse_signature(content)
    if refusal is not None:
        return BookReading((), (refusal,))
    text, _, findings = decode.to_text(content)
    if text is None:
        return BookReading((), tuple(findings))
    delimiter, headings = delimited.find_delimiter(text)
    if delimiter is None or (headings < _FEWEST_HEADINGS and looks_like_form(text)):
        # Prose and forms have commas that separate nothing: each line is a cell.
        lines = [[line] if line.strip() else [] for line in text.split("\n")]
        return BookReading((SheetGrid(_TEXT_SHEET, lines),), tuple(findings))
    open_quote = delimited.find_open_quote(text, delimiter)
    if open_quote is not None:
        return BookReading((), (*findings, open_quote))
    grid = SheetGrid(_TEXT_SHEET, list(delimited.read_rows(text, delimiter)))
    # As in imports: where the comma is no separator, it is the decimal sign.
    return BookReading((grid,), tuple(findings), decimal_comma=delimiter in ";\t")


def _limited(reading: BookReading) -> BookReading:
    """Refuse sheets larger than what an import takes, and files without a filled cell."""
    cells = 0
    for sheet in reading.sheets:
        filled = sum(1 for row in sheet.rows if any(row))
        if filled > MOST_ROWS:
            return refused_book(
                "too_many_rows",
                f"Sheet “{sheet.name}” has {filled:,} rows. "
                f"Split it into files of {MOST_ROWS:,} or fewer.",
            )
        width = max(map(len, sheet.rows), default=0)
        if width > MOST_COLUMNS:
            return too_wide(sheet.name, width)
        cells += sum(map(len, sheet.rows))
    if cells > MOST_CELLS:
        return refused_book(
            "workbook_too_large", f"The file has more than {MOST_CELLS:,} cells. Split it."
        )
    if not cells and not reading.refusal:
        return refused_book("file_empty", "The file has no filled cell.")
    return reading
