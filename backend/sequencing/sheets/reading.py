"""Bytes of a sample sheet into lines, cells and sections, each of which knows where it stood.

Nothing is refused here that could be read in part: what is odd becomes a finding. Line ends may be
any, a byte-order mark may stand in front, and padding with commas to one width is usual.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.sequencing.sheets.values import Edit, Finding, Fix
from backend.templates.reading.clean import clean
from backend.templates.reading.values import Severity

LARGEST_SHEET_BYTES = 5_000_000
_MOST_LINES = 50_000
_LONGEST_SECTION = 64
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ENDS = re.compile(r"\r\n|\r|\n")
_SECTION = re.compile(r"\[\s*([^\[\]]+?)\s*\]")
_BROKEN_SECTION = re.compile(r"\[\s*([A-Za-z0-9_ ]+?)\s*[\])}]?|([A-Za-z0-9_ ]+?)\s*\]")
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as it is written: its number from 1, its text, and its cells as they stand."""

    number: int
    text: str
    cells: tuple[str, ...]

    def cell(self, place: int) -> str:
        """Return a cell (counted from 0) without invisible characters and spaces around it."""
        return clean(self.cells[place]) if place < len(self.cells) else ""

    @property
    def width(self) -> int:
        """Return how many cells there are up to the last that says something."""
        filled = [place for place in range(len(self.cells)) if self.cell(place)]
        return filled[-1] + 1 if filled else 0


@dataclass(frozen=True, slots=True)
class RawSection:
    """A section: the name in its brackets, that line's number, and its lines that say anything."""

    name: str
    line: int
    lines: tuple[RawLine, ...]

    @property
    def folded(self) -> str:
        """Return the name in small letters and digits only."""
        return fold(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSheet:
    """A sheet cut up; ``top`` are the lines before any section, ``end`` how its lines end."""

    lines: tuple[RawLine, ...]
    top: tuple[RawLine, ...]
    sections: tuple[RawSection, ...]
    separator: str = ","
    end: str = "\n"
    findings: tuple[Finding, ...] = ()

    def section(self, *folded: str) -> RawSection | None:
        """Return the first section of one of these names, folded."""
        return next((each for each in self.sections if each.folded in folded), None)


def fold(text: str) -> str:
    """Return small letters and digits only, to compare headings and keys by."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def read(content: bytes) -> RawSheet:
    """Return the lines and sections of a sheet with what is odd about its bytes. Never raises."""
    refused = _refused(content)
    if refused is not None:
        return RawSheet(lines=(), top=(), sections=(), findings=(refused,))
    text, findings = _text(content)
    written = _ENDS.split(text)
    if written[-1] == "" and all(each.line != len(written) for each in findings):
        written.pop()
    if len(written) > _MOST_LINES:
        few = _error(
            "too_many_lines", f"The file has {len(written):,} lines; no sheet has so many."
        )
        return RawSheet(lines=(), top=(), sections=(), findings=(few,))
    separator = _separator(written)
    if separator != ",":
        findings.append(_wrong_separator(separator))
    lines = []
    for number, each in enumerate(written, start=1):
        cells, found = _cells(each, number, separator)
        findings.extend(found)
        lines.append(RawLine(number, each, cells))
    top, sections, found = _sections(lines)
    return RawSheet(
        lines=tuple(lines),
        top=top,
        sections=sections,
        separator=separator,
        end="\r\n" if text.count("\r\n") * 2 > len(written) else "\n",
        findings=(*findings, *found),
    )


def _refused(content: bytes) -> Finding | None:
    if not content.strip(b"\x00\t\n\r\x0b\x0c ,\xef\xbb\xbf"):
        return _error("empty", "The file is empty. Check that its export was finished.")
    if len(content) > LARGEST_SHEET_BYTES:
        return _error("too_large", "The file is larger than 5 MB, which no sample sheet is.")
    if content.startswith(_NOT_TEXT):
        return _error("not_text", "This is no text file. Save the sheet as CSV (UTF-8).")
    return None


def _text(content: bytes) -> tuple[str, list[Finding]]:
    """Decode; bytes that are no UTF-8 are taken for Windows' western letters, and it is said."""
    fix = Fix("Write the file anew as UTF-8 without a byte-order mark")
    findings = []
    if content.startswith(_WIDE_MARKS):
        text = content.decode("utf-16", errors="replace")
        findings.append(
            _error("encoding", "The file is UTF-16, which no demultiplexer reads.", fix=fix)
        )
    else:
        if content.startswith(_BYTE_ORDER_MARK):
            findings.append(
                Finding(
                    code="byte_order_mark",
                    severity=Severity.WARNING,
                    message="The file starts with a byte-order mark, which some tools take for a "
                    "part of the first section's name.",
                    line=1,
                    fix=fix,
                )
            )
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            text = content.decode("cp1252", errors="replace")
            line = len(_ENDS.split(content[: error.start].decode("latin-1")))
            findings.append(
                _error("encoding", "The line holds characters that are not UTF-8.", line, fix=fix)
            )
    if "\x00" in text:
        line = len(_ENDS.split(text[: text.index("\x00")]))
        findings.append(_error("zero_byte", "The line holds a zero byte.", line, fix=fix))
        text = text.replace("\x00", "")
    return text, findings


def _separator(written: Sequence[str]) -> str:
    """Return the mark that most lines hold; a comma before the others.

    OverrideCycles has semicolons of its own, on one line or in one column beside commas.
    """
    held = {mark: sum(mark in line for line in written) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: (held[mark], mark == ","))


def _wrong_separator(separator: str) -> Finding:
    name = "semicolons" if separator == ";" else "tabs"
    return _error(
        "separator",
        f"Cells are parted by {name}; a sheet needs commas.",
        fix=Fix("Write the file anew with commas"),
    )


def _cells(text: str, number: int, separator: str) -> tuple[tuple[str, ...], list[Finding]]:
    try:
        rows = list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error:
        plain = text.replace('"', "")
        return tuple(plain.split(separator)), [
            _error(
                "quotation",
                "A quotation mark is not closed, or stands inside a cell.",
                number,
                value=text,
                fix=Fix("Leave the quotation marks out", (Edit(number, None, plain),)),
            )
        ]
    return (tuple(rows[0]) if rows else ()), []


def _sections(
    lines: Sequence[RawLine],
) -> tuple[tuple[RawLine, ...], tuple[RawSection, ...], list[Finding]]:
    top: list[RawLine] = []
    heads: list[tuple[str, int, list[RawLine]]] = []
    findings: list[Finding] = []
    for line in lines:
        name, found = _section_name(line)
        findings.extend(found)
        if name is not None:
            earlier = next((at for other, at, _ in heads if fold(other) == fold(name)), None)
            if earlier is not None:
                findings.append(
                    _error(
                        "section_twice",
                        f"Section [{name}] stands on line {earlier} already. Keep one of them.",
                        line.number,
                    )
                )
            heads.append((name, line.number, []))
        elif line.width:
            (heads[-1][2] if heads else top).append(line)
    sections = tuple(RawSection(name, number, tuple(held)) for name, number, held in heads)
    return tuple(top), sections, findings


def _section_name(line: RawLine) -> tuple[str | None, list[Finding]]:
    """Return the section's name if the line heads one; a bracket left out is said."""
    first = line.cell(0)
    if line.width != 1 or not ("[" in first or "]" in first):
        return None, []
    whole = _SECTION.fullmatch(first)
    if whole is not None:
        name, written = whole.group(1), f"[{whole.group(1)}]"
        if first == written and line.cells[0] == first:
            return name, []
        fix = Fix(f"Write {written}", (Edit(line.number, 1, written),))
        finding = Finding(
            code="section_spaces",
            severity=Severity.WARNING,
            message="Spaces stand in or around the section's name.",
            line=line.number,
            column=1,
            value=line.cells[0],
            fix=fix,
        )
        return name, [finding]
    broken = _BROKEN_SECTION.fullmatch(first)
    if broken is None or len(first) > _LONGEST_SECTION:
        return None, []
    name = broken.group(1) or broken.group(2)
    fix = Fix(f"Write [{name}]", (Edit(line.number, 1, f"[{name}]"),))
    return name, [
        _error(
            "section_broken",
            f"A section's name stands in square brackets: [{name}].",
            line.number,
            column=1,
            value=first,
            fix=fix,
        )
    ]


def written_cells(cells: Sequence[str]) -> str:
    """Return a line of CSV with commas, quoted only where that is needed, without its end."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue()


def _error(
    code: str,
    message: str,
    line: int | None = None,
    *,
    column: int | None = None,
    value: str | None = None,
    fix: Fix | None = None,
) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        line=line,
        column=column,
        value=value,
        fix=fix,
    )
