"""What is wrong in a rack's scan that was dropped as a sample list: each cell by its place. Pure.

The scan itself belongs to Storage, which judges it against its box; here only what the file alone
tells is named, so that nobody registers tubes from a scan that was not whole.
"""

import re
from collections.abc import Iterator, Sequence

from backend.templates.reading.clean import clean
from backend.templates.reading.values import Finding, Severity

POSITION = re.compile(r"^[A-Za-z]{1,2}0*[1-9]\d?$")
_OF_96 = re.compile(r"^[A-Ha-h]0?(?:[1-9]|1[0-2])$")
_NOT_READ = frozenset({"NO READ", "NOREAD", "NO SCAN", "NOSCAN", "NO TUBE", "EMPTY"})
_PLACE, _TUBE = 1, 2
_NAMED = 5


def scan_cells(grid: Sequence[Sequence[str]]) -> list[Finding]:
    """Return every cell that is no position, was not read, or says what stands above it."""
    inside = sum(1 for raw in grid if raw and _OF_96.match(clean(raw[0])))
    positions = _OF_96 if inside * 10 >= len(grid) * 9 else POSITION
    met: dict[str, int] = {}
    return [
        finding
        for number, raw in enumerate(grid, start=1)
        for finding in _of_line(number, raw, positions, met)
    ]


def in_short(cells: Sequence[Finding]) -> str:
    """Return the first of them in a sentence; nothing for none."""
    if not cells:
        return ""
    more = f" and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
    said = (cell.message.split(".")[0] for cell in cells[:_NAMED])
    named = "; ".join(f"{each[0].lower()}{each[1:]}" for each in said)
    return f" In the scan: {named}{more}."


def _of_line(
    number: int, raw: Sequence[str], positions: re.Pattern[str], met: dict[str, int]
) -> Iterator[Finding]:
    position, tube = (*map(clean, raw[:2]), "", "")[:2]
    if position and not positions.match(position):
        said = f"Row {number}: “{position}” is no position of the rack. Check the scanner’s rack."
        yield _cell("scan_no_position", number, _PLACE, position, said)
    is_read = bool(tube) and tube.upper() not in _NOT_READ
    if position and not is_read:
        said = f"Row {number}: {position} has no tube code. Scan it again if a tube stands there."
        yield _cell("scan_not_read", number, _TUBE, tube, said, Severity.WARNING)
    for column, what in ((_PLACE, position), (_TUBE, tube if is_read else "")):
        if what and what in met:
            said = f"Rows {met[what]} and {number} both say {what}. Scan the rack again."
            yield _cell("scan_stands_twice", number, column, what, said)
        met.setdefault(what, number)


def _cell(  # noqa: PLR0917 a finding's parts, in their order
    code: str,
    row: int,
    column: int,
    seen: str,
    message: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(
        code=code, severity=severity, message=message, row=row, column=column, value_seen=seen
    )
