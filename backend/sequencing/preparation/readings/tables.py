"""Text to cells, and headings to columns: what every reader of readings begins with. No I/O."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.sequencing.preparation.readings import numbers

LARGEST_BYTES = 2_000_000
_HEAD_LINES = 60
_UNIT = re.compile(r"[\[(]([^\])]*)[\])]")
_WORD = re.compile(r"[^a-z0-9%/]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in plain words, and the unit that it carries."""

    column: int
    words: str
    unit: str


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a line; ``line`` counts from 1."""

    line: int
    cells: tuple[str, ...]

    def at(self, column: Heading | int | None) -> str:
        """Return a cell without its edges, empty where the line has none."""
        index = column.column if isinstance(column, Heading) else column
        return "" if index is None or index >= len(self.cells) else self.cells[index].strip()


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and the lines under them."""

    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    decimal_comma: bool

    def find(self, *wanted: str) -> Heading | None:
        """Return the first heading that has one of these words, the first wanted first."""
        for words in wanted:
            for heading in self.headings:
                if heading.words == words:
                    return heading
        return None

    def starting(self, *wanted: str) -> Heading | None:
        """Return the first heading that starts so, the first wanted first."""
        for words in wanted:
            for heading in self.headings:
                if heading.words.startswith(words):
                    return heading
        return None


def lines_of(text: str) -> tuple[list[Row], bool]:
    """Return a text's lines as cells, and whether a comma in them is a decimal sign."""
    head = text.splitlines()[:_HEAD_LINES]
    mark = max(
        (";", "\t", ","), key=lambda each: max((line.count(each) for line in head), default=0)
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows: list[Row] = []
    try:
        before = 0
        for cells in reader:
            rows.append(Row(before + 1, tuple(cells)))
            before = reader.line_num
    except csv.Error:
        # A cell beyond what the standard library takes; what was read before it stands.
        return rows, mark != ","
    return rows, mark != ","


def find_table(
    rows: Sequence[Row], *, decimal_comma: bool, is_head: Callable[[frozenset[str]], bool]
) -> Table | None:
    """Return the table under the first line whose headings are those looked for."""
    for index, row in enumerate(rows[:_HEAD_LINES]):
        headings = headings_of(row)
        if is_head(frozenset(each.words for each in headings)):
            below = tuple(each for each in rows[index + 1 :] if any(c.strip() for c in each.cells))
            return Table(headings, below, decimal_comma)
    return None


def headings_of(row: Row) -> tuple[Heading, ...]:
    """Return a line's headings in plain words; ``Qubit® tube conc.`` is ``qubit tube conc``."""
    made = []
    for column, cell in enumerate(row.cells):
        unit = next((found for found in _UNIT.findall(cell) if found.strip()), "")
        bare = numbers.MICRO.sub("u", _UNIT.sub(" ", cell).casefold())
        bare = bare.replace("®", " ").replace("_", " ")
        words = _WORD.sub(" ", bare).strip()
        if words or unit:
            made.append(Heading(column, words, numbers.unit_of(unit)))
    return tuple(made)
