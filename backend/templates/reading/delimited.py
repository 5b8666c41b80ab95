"""Comma, semicolon, tab or bar separated text to rows of texts, one at a time."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from backend.templates.reading.headings import knows
from backend.templates.reading.sheet import LOOK_FOR_HEADINGS_IN
from backend.templates.reading.values import Finding, Severity

NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LONGEST_CELL = 32_767  # Excel's own limit; more means that a quotation mark was never closed


def find_delimiter(text: str) -> tuple[str | None, int]:
    """Return the separator that gives the most known headings in a row, and how many they are."""
    head = "".join(islice(_lines(text), LOOK_FOR_HEADINGS_IN + 1))
    best, best_score = None, (0, 0)
    for delimiter in NAMES:
        if delimiter not in head:
            continue
        grid = list(csv.reader(_lines(head), delimiter=delimiter))
        widths = [len(row) for row in grid if len(row) > 1]
        known = max((sum(map(knows, row)) for row in grid), default=0)
        score = (known, len(widths))
        if score > best_score:
            best, best_score = delimiter, score
    return best, best_score[0]


def read_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a text in which no quotation mark is left open."""
    return csv.reader(_lines(text), delimiter=delimiter)


def find_open_quote(text: str, delimiter: str) -> Finding | None:
    """Return what is said of a quotation mark left open, None for a text that can be read."""
    quotes = text.count('"')
    if not quotes and not _has_line_above(text, csv.field_size_limit()):
        return None
    try:
        longest = max((len(cell) for row in read_rows(text, delimiter) for cell in row), default=0)
        if quotes and longest > _LONGEST_CELL:
            return _open_quote(text)
        # Only an odd number of marks can leave one open, and checking reads the file again.
        if quotes % 2:
            _read_through(csv.reader(_lines(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "delimiter" not in str(error):
            return _open_quote(text)
    return None


def _read_through(rows: Iterable[list[str]]) -> None:
    deque(rows, maxlen=0)


def _has_line_above(text: str, limit: int) -> bool:
    """Tell whether a line is longer than ``limit``, by one look at each stretch of that length."""
    start = 0
    while start + limit < len(text):
        end = text.rfind("\n", start, start + limit + 1)
        if end < start:
            return True
        start = end + 1
    return False


def _lines(text: str) -> Iterator[str]:
    """Yield lines with their ends; unlike a StringIO's, they are no second copy of the text."""
    start = 0
    while end := text.find("\n", start) + 1:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _open_quote(text: str) -> Finding:
    line = next(
        (number for number, part in enumerate(text.split("\n"), 1) if part.count('"') % 2), None
    )
    return Finding(
        code="quote_open",
        severity=Severity.ERROR,
        message=(
            f"A quotation mark opened in line {line} is not closed, so the cells after it cannot "
            "be told apart. Close it, or remove it, and send the file again."
        ),
        line=line,
    )
