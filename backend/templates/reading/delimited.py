"""Comma, semicolon, tab or bar separated text to a grid of texts."""

import csv
import io

from backend.templates.reading.headings import knows
from backend.templates.reading.sheet import LOOK_FOR_HEADINGS_IN, Grid
from backend.templates.reading.values import Finding, Severity

NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LONGEST_CELL = 32_767  # Excel's own limit; more means that a quotation mark was never closed


def find_delimiter(text: str) -> tuple[str | None, int]:
    """Return the separator that gives the most known headings in a row, and how many they are."""
    head = "\n".join(text.split("\n", LOOK_FOR_HEADINGS_IN + 1)[: LOOK_FOR_HEADINGS_IN + 1])
    best, best_score = None, (0, 0)
    for delimiter in NAMES:
        if delimiter not in head:
            continue
        grid = _parse(head, delimiter)
        widths = [len(row) for row in grid if len(row) > 1]
        known = max((sum(map(knows, row)) for row in grid), default=0)
        score = (known, len(widths))
        if score > best_score:
            best, best_score = delimiter, score
    return best, best_score[0]


def to_grid(text: str, delimiter: str) -> tuple[Grid | None, list[Finding]]:
    """Return the cells, or None when a quotation mark is left open."""
    try:
        grid = _parse(text, delimiter)
        # Only an odd number of marks can leave one open, and checking reads the file again.
        if text.count('"') % 2:
            list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "delimiter" not in str(error):
            return None, [_open_quote(text)]
    if '"' in text and any(len(cell) > _LONGEST_CELL for row in grid for cell in row):
        return None, [_open_quote(text)]
    return grid, []


def _parse(text: str, delimiter: str) -> Grid:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


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
