"""What a rack scanner's file says: which code it read where. No I/O, and no box is known yet.

Scanners write a line for each position, with a comma, semicolon, tab or bar between, headings or
none, and the rack's own code in a column, in a line of its own, or nowhere.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.core.barcodes import tidy
from backend.storage.errors import ScanRefused

LARGEST_SCAN_BYTES = 1_000_000
_MOST_LINES = 5_000
_LONGEST_CELL = 64
_SEPARATORS = ("\t", ";", ",", "|")
_POSITION = re.compile(r"[A-Z]{1,2}\s*\d{1,3}|\d{1,3}\s*[A-Z]{1,2}|\d{1,4}")
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")
_POSITION_WORDS = frozenset({"pos", "position", "well", "tubeposition", "location", "cell", "slot"})
_CODE_WORDS = frozenset(
    {"barcode", "tubebarcode", "tube", "tubeid", "code", "tubecode", "2dbarcode", "samplebarcode"}
)
_RACK_WORDS = frozenset(
    {"rack", "rackbarcode", "rackid", "rackcode", "box", "boxbarcode", "plate", "platebarcode"}
)
_ROW_WORDS, _COLUMN_WORDS = (
    frozenset({"row", "tuberow"}),
    frozenset({"column", "col", "tubecolumn"}),
)


class ReadState(StrEnum):
    """What the scanner says of a position."""

    CODE = "code"
    EMPTY = "empty"
    NO_TUBE = "no_tube"
    """It saw no code at all: no tube, or one whose code lies under frost."""
    NO_READ = "no_read"
    """It saw a tube and could not read its code."""


_WORDS = {
    "": ReadState.EMPTY,
    "empty": ReadState.EMPTY,
    "notube": ReadState.NO_TUBE,
    "noread": ReadState.NO_READ,
    "noscan": ReadState.NO_READ,
    "nocode": ReadState.NO_READ,
    "readerror": ReadState.NO_READ,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TubeRead:
    """One line of the file: the position as it is written there, and what was read."""

    line: int
    position: str
    state: ReadState
    barcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RackFile:
    """A scanner's file; ``rack`` is the code of the rack if it says one."""

    rack: str | None
    reads: tuple[TubeRead, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which cell is what; the position may be written as row and column."""

    position: tuple[int, ...]
    code: int
    rack: int | None


def read_scan(content: bytes) -> RackFile:
    """Return what a scanner's file says, in the order of its lines.

    Raises:
        ScanRefused: it is no such file; the sentence names the line and the cell.
    """
    lines = _lines(_text(content))
    rack, rack_line, lines = _rack_on_top(lines)
    lines = _without_empty_ends(lines)
    columns, rows = _columns(lines)
    reads = []
    for line in rows:
        named = tidy(_cell(line, columns.rack)) if columns.rack is not None else ""
        if named and rack is not None and named != rack:
            raise ScanRefused(
                f"Line {line.number}: rack {named}, but line {rack_line} says {rack}. "
                "Scan one rack at a time."
            )
        if named and rack is None:
            rack, rack_line = named, line.number
        reads.append(_read(line, columns))
    if not reads:
        raise ScanRefused("The file has headings and no positions. Scan the rack again.")
    return RackFile(rack=rack, reads=tuple(reads))


def _text(content: bytes) -> str:
    if not content.strip():
        raise ScanRefused("The file is empty. Scan the rack again.")
    if len(content) > LARGEST_SCAN_BYTES:
        raise ScanRefused("The file is larger than 1 MB, which no scan of a rack is.")
    if content.startswith(_NOT_TEXT):
        raise ScanRefused("This is no text file. Let the scanner write CSV.")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScanRefused(
            f"Line {line} holds characters that are not UTF-8. Let the scanner write plain CSV."
        ) from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise ScanRefused(f"Line {line} holds a zero byte. Let the scanner write plain CSV.")
    return text


def _lines(text: str) -> list[_Line]:
    """Cut the text into cells. Lines without any content are left out and still counted."""
    written = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(written) > _MOST_LINES:
        raise ScanRefused(
            f"The file has {len(written):,} lines. A rack has {_MOST_LINES:,} at most."
        )
    separator = _separator(written)
    lines = []
    for number, each in enumerate(written, start=1):
        try:
            rows = list(csv.reader([each], delimiter=separator, strict=True))
        except csv.Error as error:
            raise ScanRefused(f"Line {number}: a quotation mark is not closed.") from error
        cells = [cell.strip() for cell in rows[0]] if rows else []
        for place, cell in enumerate(cells, start=1):
            if len(cell) > _LONGEST_CELL:
                raise ScanRefused(
                    f"Line {number}, cell {place}: “{cell[:20]}…” has {len(cell)} characters. "
                    f"A code has {_LONGEST_CELL} at most."
                )
        if any(cells):
            lines.append(_Line(number, cells))
    return lines


def _separator(written: Sequence[str]) -> str:
    """Return the mark that most lines hold; a tab before a semicolon before a comma."""
    held = Counter({mark: sum(mark in line for line in written) for mark in _SEPARATORS})
    mark, count = max(held.items(), key=lambda each: each[1])
    if not count:
        raise ScanRefused(
            "Line 1 has one cell only. A scan has a position and a barcode on each line, "
            "with a comma between."
        )
    return mark


def _rack_on_top(lines: list[_Line]) -> tuple[str | None, int, list[_Line]]:
    """Return the rack's code of a line that says nothing else, its line, and the lines below."""
    for place, line in enumerate(lines[:5]):
        filled = [cell for cell in line.cells if cell]
        named = len(filled) == 2 and _word(filled[0]) in _RACK_WORDS  # noqa: PLR2004 word and code
        if named and _word(filled[1]) not in _CODE_WORDS | _POSITION_WORDS:
            return tidy(filled[1]), line.number, lines[:place] + lines[place + 1 :]
        if len(filled) == 1 and ":" in filled[0]:
            word, code = filled[0].split(":", 1)
            if _word(word) in _RACK_WORDS and code.strip():
                return tidy(code), line.number, lines[:place] + lines[place + 1 :]
    return None, 0, lines


def _without_empty_ends(lines: list[_Line]) -> list[_Line]:
    """Cut the columns at the end that no line fills: ``C1,,`` is a position without a code."""
    width = max((_filled_width(line.cells) for line in lines), default=0)
    return [_Line(line.number, line.cells[: max(width, 2)]) for line in lines]


def _filled_width(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell), default=0)


def _columns(lines: list[_Line]) -> tuple[_Columns, list[_Line]]:
    if not lines:
        raise ScanRefused("The file names no position. Scan the rack again.")
    words = [_word(cell) for cell in lines[0].cells]
    if set(words) & (_POSITION_WORDS | _CODE_WORDS | _ROW_WORDS):
        return _by_headings(lines[0], words), lines[1:]
    return _by_content(lines), lines


def _by_headings(line: _Line, words: list[str]) -> _Columns:
    def first(known: frozenset[str]) -> int | None:
        return next((place for place, word in enumerate(words) if word in known), None)

    position, row, column = first(_POSITION_WORDS), first(_ROW_WORDS), first(_COLUMN_WORDS)
    code = first(_CODE_WORDS)
    if position is not None:
        places: tuple[int, ...] = (position,)
    elif row is not None and column is not None:
        places = (row, column)
    else:
        raise ScanRefused(f"Line {line.number}: no heading says where the position stands.")
    if code is None:
        raise ScanRefused(f"Line {line.number}: no heading says where the barcode stands.")
    return _Columns(places, code, first(_RACK_WORDS))


def _by_content(lines: list[_Line]) -> _Columns:
    """Find the column of positions, then that of the rack: one code on every line."""
    width = max(len(line.cells) for line in lines)
    fitting = Counter(
        {
            place: sum(_is_position(_cell(line, place)) for line in lines)
            for place in range(min(width, 3))
        }
    )
    position = max(fitting, key=lambda place: (fitting[place], -place))
    if not fitting[position]:
        cell = lines[0].cells[0]
        raise ScanRefused(f"Line {lines[0].number}, cell 1: “{cell}” is no position such as A1.")
    others = [place for place in range(min(width, 3)) if place != position]
    rack = None
    if len(others) > 1 and len(lines) > 1:
        rack = next((place for place in others if _is_one_code(lines, place)), None)
    code = next((place for place in others if place != rack), None)
    if code is None:
        raise ScanRefused(f"Line {lines[0].number} has a position and no barcode beside it.")
    return _Columns((position,), code, rack)


def _is_one_code(lines: list[_Line], place: int) -> bool:
    held = {tidy(_cell(line, place)) for line in lines}
    return len(held) == 1 and _word(next(iter(held))) not in _WORDS


def _read(line: _Line, columns: _Columns) -> TubeRead:
    position = "".join(_cell(line, place) for place in columns.position).upper()
    if not _is_position(position):
        seen = f"“{position}” is" if position else "there is"
        raise ScanRefused(
            f"Line {line.number}, cell {columns.position[0] + 1}: {seen} no position such as A1. "
            "Scan the rack again, or mend the line."
        )
    written = _cell(line, columns.code)
    state = _WORDS.get(_word(written), ReadState.CODE)
    code = tidy(written) if state is ReadState.CODE else ""
    return TubeRead(line=line.number, position=position, state=state, barcode=code)


def _cell(line: _Line, place: int | None) -> str:
    return "" if place is None or place >= len(line.cells) else line.cells[place]


def _is_position(text: str) -> bool:
    return _POSITION.fullmatch(text.upper()) is not None


def _word(cell: str) -> str:
    return re.sub(r"[\s_\-:.]", "", cell).casefold()
