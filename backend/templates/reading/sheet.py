"""From a grid of texts to a table: where the heading row is, what stands above it."""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, repeat, zip_longest

from backend.templates.formulas import as_written
from backend.templates.reading.clean import clean, has_special
from backend.templates.reading.column import Column
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.headings import (
    NOTHING_SAID,
    OUR_HEADINGS,
    fold,
    knows,
    match_columns,
)
from backend.templates.reading.rack_file import POSITION, in_short, scan_cells
from backend.templates.reading.values import Finding, Note, RawTable, Severity

LOOK_FOR_HEADINGS_IN = 40
MOST_ROWS = 100_000
MOST_COLUMNS = 300
MOST_RACK_ROWS = 400  # a rack of 384 and a few lines more
_READ_AT_ONCE = 2_000
Grid = list[list[str]]


@dataclass(slots=True)
class _Body:
    """The cells under the headings, column by column, and what was met on the way.

    ``width`` and ``count`` go on when the limits are passed and cells are kept no more.
    """

    width: int
    columns: list[Column[str]]
    count: int = 0
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    hidden: int = 0


def to_table(
    grid: Iterable[list[str]], said: Mapping[str, str] = NOTHING_SAID
) -> tuple[RawTable | None, list[Finding]]:
    """Return the table of a grid of raw texts, or None and the reason it cannot be one.

    ``said`` is what a template says of headings, as `match_columns` takes it.

    The grid's rows come in the order of the file and are not kept. Rows with nothing in them are
    left out, the thousand empty ones at the end of an exported sheet included.
    """
    rest = iter(grid)
    top = list(islice(rest, MOST_RACK_ROWS))
    refusal = _something_else(top)
    if refusal:
        return None, refusal
    heading_at = _find_headings(top, said)
    if heading_at is None:
        return None, [_no_headings(chain(top, rest))]
    headings = [clean(text) for text in top[heading_at]]
    body = _read_body(chain(top[heading_at + 1 :], rest), heading_at + 2, len(headings))
    if body.width > MOST_COLUMNS:
        return None, [_too_wide(body.width)]
    if body.count > MOST_ROWS:
        return None, [_too_long(body.count)]
    headings += [""] * (body.width - len(headings))
    if OUR_HEADINGS.intersection(headings):
        # A file of ours: what was made harmless for the spreadsheet is read as it was written.
        headings = list(map(as_written, headings))
        body.columns = [Column(map(as_written, column)) for column in body.columns]
    width = _used_width(headings, body.columns)
    if not _can_name_samples(headings, said):
        return None, [_no_samples(headings[:width], heading_at + 1)]
    table = RawTable(
        headings=tuple(headings[:width]),
        heading_row=heading_at + 1,
        columns=body.columns[:width],
        numbers=body.numbers,
        notes=tuple(_notes(top[:heading_at])),
    )
    return table, _about(table, body.hidden)


def _find_headings(grid: Grid, said: Mapping[str, str]) -> int | None:
    """Return the index of the row that holds most known headings, the first of equals."""
    best, best_score = None, 0
    for index, row in enumerate(grid[:LOOK_FOR_HEADINGS_IN]):
        score = sum(1 for text in row if text and (knows(text) or fold(text) in said))
        if score > best_score:
            best, best_score = index, score
    return best


def _read_body(raw: Iterator[list[str]], first_number: int, width: int) -> _Body:
    body = _Body(width, [Column() for _ in range(width)])
    numbered = enumerate(raw, start=first_number)
    while part := list(islice(numbered, _READ_AT_ONCE)):
        # Of empty rows a sheet may have a million above its last cell.
        rows = [row for _, row in part if row]
        body.width = max(body.width, max(map(len, rows), default=0))
        numbers = [number for number, row in part if row]
        columns = [_cleaned(cells, body) for cells in zip_longest(*rows, fillvalue="")]
        filled = _filled(columns, len(rows))
        body.count += len(rows) if filled is None else len(filled)
        if body.width <= MOST_COLUMNS and body.count <= MOST_ROWS:
            _append(body, columns, numbers, filled)
    return body


def _cleaned(cells: Sequence[str], body: _Body) -> list[str]:
    """Return a column's texts cleaned; a text that it repeats is cleaned once and kept once."""
    once = {text: text.strip() for text in dict.fromkeys(cells)}
    special = {text for text, bare in once.items() if has_special(bare)}
    if special:
        body.hidden += sum(text in special for text in cells)
        once |= {text: clean(text) for text in special}
    return list(map(once.__getitem__, cells))


def _filled(columns: Grid, count: int) -> list[int] | None:
    """Return which rows hold anything; None for all of them."""
    if any(all(column) for column in columns):
        return None
    rows = zip(*columns, strict=True)
    filled = [index for index, row in enumerate(rows) if any(row)]
    return None if len(filled) == count else filled


def _append(
    body: _Body, columns: Grid, numbers: Sequence[int], filled: Sequence[int] | None
) -> None:
    """Add a part's filled rows to the columns, which are as many as the widest row has cells."""
    before = len(body.numbers)
    body.columns += [Column(repeat("", before)) for _ in range(body.width - len(body.columns))]
    body.numbers.extend(numbers if filled is None else [numbers[index] for index in filled])
    nothing = [""] * len(numbers)
    for column, cells in zip_longest(body.columns, columns, fillvalue=nothing):
        column.extend(cells if filled is None else [cells[index] for index in filled])


def _can_name_samples(headings: Sequence[str], said: Mapping[str, str]) -> bool:
    """Tell whether a column names the samples or their type, or nearly does."""
    wanted = {FieldKey.NAME, FieldKey.EXTERNAL_ID, FieldKey.SAMPLE_TYPE}
    return any(match.field in wanted for match in match_columns(tuple(headings), said))


def _used_width(headings: Sequence[str], columns: Sequence[Column[str]]) -> int:
    """Return the number of columns up to the last that has a heading or a cell."""
    for column in range(len(headings), 0, -1):
        if headings[column - 1] or any(columns[column - 1]):
            return column
    return 0


def _notes(above: Grid) -> list[Note]:
    """Return what a form head above the table says, as ``Study: ABC_123``."""
    notes = []
    for number, row in enumerate(above, start=1):
        texts = [clean(text) for text in row if clean(text)]
        if len(texts) > 1 and texts[0].endswith(":"):
            notes.append(Note(texts[0].rstrip(": "), texts[1], number))
    return notes


def _about(table: RawTable, hidden: int) -> list[Finding]:
    findings = []
    if not table.numbers:
        findings.append(
            Finding(
                code="no_rows",
                severity=Severity.ERROR,
                message=f"There are no samples under the headings in row {table.heading_row}.",
                row=table.heading_row,
            )
        )
    if hidden:
        findings.append(
            Finding(
                code="hidden_characters",
                severity=Severity.INFO,
                message=(
                    f"{hidden:,} cells held invisible or look-alike characters (no-break spaces, "
                    "curly quotes, long dashes). They were replaced by plain ones."
                ),
            )
        )
    return findings


def _something_else(grid: Grid) -> list[Finding]:
    """Recognise files that belong to other pages, so that the message can send them there.

    In a rack's scan the cells that are wrong are named as well; nothing for a list of samples.
    """
    first = [clean(text) for text in grid[0]] if grid else []
    if first and re.fullmatch(r"\[[A-Za-z_]+\]", first[0]):
        said = (
            f"Row 1 reads {first[0]}: this is a sequencer's sample sheet, not a list of samples "
            "to register."
        )
        return [_elsewhere("sample_sheet", said)]
    if is_rack_scan(grid):
        cells = scan_cells(grid)
        said = (
            "The file holds positions and tube codes without headings: this is a rack scan, which "
            "says where tubes stand and not what is in them. Register the tubes first, with a "
            "heading row and Sample name and Type; then place them in Storage."
        )
        return [_elsewhere("rack_scan", said + in_short(cells)), *cells]
    return []


def is_rack_scan(grid: Grid) -> bool:
    """Tell whether a grid's rows are positions of a rack with their tubes, without headings."""
    rows = [
        row for row in ([clean(text) for text in raw] for raw in grid[:MOST_RACK_ROWS]) if any(row)
    ]
    positions = sum(1 for row in rows if POSITION.match(row[0]) and len(row) in {2, 3})
    return len(rows) > 1 and positions * 10 >= len(rows) * 9 and not any(map(knows, rows[0]))


def _elsewhere(code: str, message: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, message=message, row=1)


def _no_headings(grid: Iterable[list[str]]) -> Finding:
    for number, raw in enumerate(grid, start=1):
        seen = ", ".join(text for text in map(clean, raw[:6]) if text)
        if seen:
            return Finding(
                code="no_headings",
                severity=Severity.ERROR,
                message=(
                    f"No row has headings TracSeq knows; row {number} reads “{seen[:80]}”. "
                    "Put the headings in one row: Sample name, Type and Zone at least."
                ),
                row=number,
                value_seen=seen[:200],
            )
    return Finding(
        code="file_empty", severity=Severity.ERROR, message="The file has no filled cell."
    )


def _no_samples(headings: Sequence[str], row: int) -> Finding:
    seen = ", ".join(heading for heading in headings if heading)
    return Finding(
        code="not_a_sample_list",
        severity=Severity.ERROR,
        message=(
            f"Row {row} has no heading for the samples' name or type (it reads “{seen[:120]}”). "
            "Is this the right file? Otherwise name the columns Sample name and Type."
        ),
        row=row,
        value_seen=seen[:200],
    )


def _too_wide(width: int) -> Finding:
    return Finding(
        code="too_many_columns",
        severity=Severity.ERROR,
        message=f"The file has {width:,} columns. Keep {MOST_COLUMNS} or fewer.",
    )


def _too_long(count: int) -> Finding:
    return Finding(
        code="too_many_rows",
        severity=Severity.ERROR,
        message=f"The file has {count:,} rows. Split it into files of {MOST_ROWS:,} or fewer.",
    )
