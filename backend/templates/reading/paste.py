"""A block copied from a spreadsheet, as texts by field."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.templates.reading.clean import clean
from backend.templates.reading.delimited import find_open_quote, read_rows
from backend.templates.reading.headings import USED, Match, knows, match_columns

_FEWEST_HEADINGS = 2


@dataclass(frozen=True, slots=True)
class Pasted:
    """Rows of texts by field, and what became of the columns.

    ``by_heading`` says whether the block brought a heading row. ``left_out`` holds the headings
    (or column numbers) that fill no field; units in headings are not applied to a pasted block.
    """

    rows: tuple[dict[str, str], ...]
    by_heading: bool
    columns: int
    left_out: tuple[str, ...]


def read_block(text: str, fields: Sequence[str]) -> Pasted:
    """Return a block's rows; without headings its columns fill ``fields`` in their order."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    grid = read_rows(text, "\t") if find_open_quote(text, "\t") is None else ()
    rows = [[clean(cell) for cell in row] for row in grid]
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    if rows and sum(map(knows, rows[0])) >= min(_FEWEST_HEADINGS, width):
        return _by_heading(rows, width)
    left = tuple(f"column {number + 1}" for number in range(len(fields), width))
    named = tuple({f: c for f, c in zip(fields, row, strict=False) if c} for row in rows)
    return Pasted(named, by_heading=False, columns=width, left_out=left)


def _by_heading(rows: list[list[str]], width: int) -> Pasted:
    matches = match_columns(tuple(rows[0] + [""] * (width - len(rows[0]))))
    used = [m for m in matches if m.match in USED - {Match.REPEATED} and m.field is not None]
    named = tuple(
        {m.field.value: row[m.column - 1] for m in used if m.field and m.column <= len(row)}
        for row in rows[1:]
    )
    left = tuple(m.heading or f"column {m.column}" for m in matches if m not in used)
    return Pasted(named, by_heading=True, columns=width, left_out=left)
