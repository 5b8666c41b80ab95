"""A block copied from a spreadsheet, as texts by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.templates.reading.clean import clean_all
from backend.templates.reading.delimited import find_open_quote, read_rows
from backend.templates.reading.headings import (
    KEEP,
    NOTHING_SAID,
    USED,
    ColumnMatch,
    Match,
    fold,
    knows,
    match_columns,
)

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


def read_block(
    text: str, fields: Sequence[str], remembered: Mapping[str, str] = NOTHING_SAID
) -> Pasted:
    """Return a block's rows; without headings its columns fill ``fields`` in their order.

    ``remembered`` is what a template says of headings, as `match_columns` takes it. A column of
    the template's own goes by its heading.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    grid = read_rows(text, "\t") if find_open_quote(text, "\t") is None else ()
    rows = [row for row in map(clean_all, grid) if any(row)]
    width = max(map(len, rows), default=0)
    known = sum(knows(cell) or fold(cell) in remembered for cell in rows[0]) if rows else 0
    if rows and known >= min(_FEWEST_HEADINGS, width):
        return _by_heading(rows, width, remembered)
    left = tuple(f"column {number + 1}" for number in range(len(fields), width))
    named = tuple({f: c for f, c in zip(fields, row, strict=False) if c} for row in rows)
    return Pasted(named, by_heading=False, columns=width, left_out=left)


def _by_heading(rows: list[list[str]], width: int, remembered: Mapping[str, str]) -> Pasted:
    headings = tuple(rows[0] + [""] * (width - len(rows[0])))
    matches = match_columns(headings, remembered)
    names = {m.column: name for m in matches if (name := _name_of(m, remembered))}
    named = tuple(
        {name: row[column - 1] for column, name in names.items() if column <= len(row)}
        for row in rows[1:]
    )
    left = tuple(m.heading or f"column {m.column}" for m in matches if m.column not in names)
    return Pasted(named, by_heading=True, columns=width, left_out=left)


def _name_of(match: ColumnMatch, remembered: Mapping[str, str]) -> str | None:
    if match.match in USED - {Match.REPEATED} and match.field is not None:
        return match.field.value
    return match.heading if remembered.get(fold(match.heading)) == KEEP else None
