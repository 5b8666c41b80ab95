"""Whether a zip package may be opened as a workbook, looked at before it is in memory.

The limits follow what OWASP says of uploads (“File Upload Cheat Sheet”: check the size after
decompression, and its ratio); a workbook's parts are read once in pieces and thrown away.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO

from backend.templates.reading.sheet import MOST_COLUMNS, MOST_ROWS
from backend.templates.reading.values import Finding, Severity

# Unpacked size a workbook may have; a small file that unpacks to more is an attack or an accident.
MOST_UNPACKED_BYTES = 200_000_000
# Deflate packs 1,032 to 1 at best; sheets of real samples stay below 60 to 1.
MOST_PACKED_RATIO = 300
_SUSPECT_FROM_BYTES = 5_000_000
MOST_CELLS = 3_000_000
"""Cells of all sheets; 100,000 samples with 30 columns."""
MANY_CELLS = 200_000
"""From here on a workbook is read lean: values alone, no formats."""
MOST_SPREAD_CELLS = MOST_COLUMNS * 2 * MOST_ROWS
"""From a sheet's first row and column to its last; read lean, it takes memory for all of them."""
# Columns from KO on, the 301st; a cell that holds nothing closes at once and is none.
_FAR_CELL = re.compile(rb'<c r="([A-Z]{3}|[L-Z][A-Z]|K[O-Z])\d+"(?:[^>]*[^/])?>')
_CELL_ROW = re.compile(rb'<c r="[A-Z]{1,3}(\d+)"')
_LONGEST_CELL_TAG = 256
_LETTERS = 26
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
    RuntimeError,
)
_PIECE = 1 << 20
_ENCRYPTED = 0x1
_DAMAGED = "The workbook is damaged: it cannot be unpacked. Save it again and send the new file."


@dataclass(slots=True)
class Package:
    """What was found: why it is refused, or how many cells it has and what is to be said of it."""

    refusal: Finding | None = None
    cells: int = 0
    spread: int = 0
    """Rows by columns down to the last filled cell, of the sheet where it is most."""
    findings: list[Finding] = field(default_factory=list)


def look_into(content: bytes) -> Package:
    """Return what a package is. Never raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            refusal = _refuse_entries(package.infolist(), len(content))
            if refusal is not None:
                return Package(refusal)
            return _read_parts(package)
    except _BROKEN:
        return _refused("workbook_damaged", _DAMAGED)


def _refuse_entries(entries: list[zipfile.ZipInfo], packed: int) -> Finding | None:
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        return _error(
            "workbook_locked",
            "The file is locked with a password. Save it without one and send it again.",
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED_BYTES:
        return _error(
            "workbook_too_large",
            f"The workbook unpacks to {unpacked / 1e6:,.0f} MB. Keep only the sheet of samples.",
        )
    if unpacked > _SUSPECT_FROM_BYTES and unpacked > MOST_PACKED_RATIO * packed:
        return _error(
            "workbook_bomb",
            f"The workbook of {packed / 1e3:,.0f} kB unpacks to {unpacked / 1e6:,.0f} MB, as no "
            "list of samples does. It was not opened. Copy the samples into a new workbook.",
        )
    names = {entry.filename for entry in entries}
    if "xl/workbook.bin" in names:
        return _error(
            "workbook_binary",
            "The file is a binary workbook (.xlsb). Save it as .xlsx and send that.",
        )
    if "xl/workbook.xml" not in names:
        return _error(
            "not_a_workbook",
            "The file is a zip archive, not a workbook. Unpack it and send the file inside.",
        )
    return None


def _read_parts(package: zipfile.ZipFile) -> Package:
    """Read every XML part once, in pieces: what it really unpacks to, and what it holds."""
    names = package.namelist()
    found = Package()
    for name in names:
        if not name.endswith((".xml", ".rels")):
            continue
        with package.open(name) as part:
            head = part.read(_PIECE)
            # Workbooks have no document type; one here is there to blow up the reader.
            if b"<!DOCTYPE" in head[:4096] or b"<!ENTITY" in head:
                return _refused(
                    "workbook_entities",
                    "The workbook holds XML entities, which no spreadsheet writes. It was not "
                    "opened. Copy the samples into a new workbook.",
                )
            _look_through(part, head, found if "/worksheets/" in name else Package())
        if found.cells > MOST_CELLS:
            return _refused(
                "workbook_too_large",
                f"The workbook has more than {MOST_CELLS:,} cells. Keep only the sheet of samples.",
            )
    if found.cells > MANY_CELLS and found.spread > MOST_SPREAD_CELLS:
        return _refused(
            "cells_far_apart",
            "The workbook has a filled cell far below or beside its list. Delete the rows under "
            "the samples and the columns beside them, and send it again.",
        )
    found.findings = _said(names)
    return found


def _look_through(part: IO[bytes], piece: bytes, found: Package) -> None:
    """Read a part to its end and add to what is found: its cells, and how far they reach."""
    before, last_row, width = b"", 0, MOST_COLUMNS
    while piece:
        found.cells += piece.count(b"<c ") + piece.count(b"<c>")
        seen = before + piece
        width = max(width, *map(_column, set(_FAR_CELL.findall(seen))), 0)
        # Rows stand in their order: the last value of a piece is in its last row.
        value = max(seen.rfind(b"</v>"), seen.rfind(b"</is>"), 0)
        cell = _CELL_ROW.match(seen, max(seen.rfind(b"<c r=", 0, value), 0))
        last_row = int(cell[1]) if cell else last_row
        before = piece[-_LONGEST_CELL_TAG:]
        piece = part.read(_PIECE)
    found.spread = max(found.spread, last_row * width)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _said(names: list[str]) -> list[Finding]:
    findings = []
    if any(name.endswith("vbaProject.bin") or "/macrosheets/" in name for name in names):
        findings.append(
            Finding(
                "macros_not_run",
                Severity.WARNING,
                "The workbook holds macros. They were not run; only the cells' values were read.",
            )
        )
    if any("/externalLinks/" in name for name in names):
        findings.append(
            Finding(
                "links_not_followed",
                Severity.WARNING,
                "The workbook refers to other workbooks. They were not opened; the values that "
                "were saved with this one were read.",
            )
        )
    return findings


def _refused(code: str, message: str) -> Package:
    return Package(_error(code, message))


def _error(code: str, message: str) -> Finding:
    return Finding(code, Severity.ERROR, message)
