"""Reads by library from a table: our own CSV, or a demultiplexer's Demultiplex_Stats.csv. No I/O.

Columns are found by their heads, in any order and case: a library is ``barcode``, ``library``,
``sample``, ``SampleID`` or ``Sample_ID``; reads are ``reads_millions`` or, as a count, ``reads`` or
``# Reads`` (BCL Convert's Demultiplex_Stats.csv, one row a lane and sample). Rows of one library
are added up.
"""

import csv
import io
import re
from decimal import Decimal, InvalidOperation

from backend.core import barcodes
from backend.sequencing.pooling.errors import YieldsRefused

_LIBRARY = ("barcode", "library", "sample", "sampleid")
_MILLIONS = ("readsmillions", "readsm", "millionreads")
_COUNTS = ("reads",)
_UNDETERMINED = "UNDETERMINED"
_MILLION = Decimal(1_000_000)
MOST_BYTES = 2_000_000
MOST_ROWS = 20_000
_LONGEST = 64


def read_yields(content: bytes) -> dict[str, Decimal]:
    """Return reads by library, millions, in the order of the file.

    Raises:
        YieldsRefused: no text, no such columns, no rows, or reads that are no number; the line is
            named.
    """
    rows = _rows(content)
    library, reads, scale = _columns(rows[0])
    found: dict[str, Decimal] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        name = barcodes.tidy(row[library]) if library < len(row) else ""
        if not name or len(name) > _LONGEST:
            raise YieldsRefused(f"Line {line} names no library. Write its barcode.")
        if name != _UNDETERMINED:
            cell = row[reads] if reads < len(row) else ""
            found[name] = found.get(name, Decimal(0)) + _number(cell, line) / scale
    if not found:
        raise YieldsRefused("The file has no rows below its head.")
    return found


def _rows(content: bytes) -> list[list[str]]:
    if len(content) > MOST_BYTES:
        raise YieldsRefused("The file is larger than 2 MB. Send the table of reads by library.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YieldsRefused("The file is not text. Save the table as CSV (UTF-8).") from error
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise YieldsRefused(f"The file is no CSV: {error}. Save the table as CSV.") from error
    if not rows or len(rows) > MOST_ROWS:
        raise YieldsRefused(f"The file must have a head and up to {MOST_ROWS:,} rows.")
    return rows


def _columns(head: list[str]) -> tuple[int, int, Decimal]:
    names = [re.sub(r"[^a-z]", "", cell.casefold()) for cell in head]
    library = next((names.index(name) for name in _LIBRARY if name in names), None)
    millions = next((names.index(name) for name in _MILLIONS if name in names), None)
    counts = next((names.index(name) for name in _COUNTS if name in names), None)
    if library is None:
        raise YieldsRefused("No column names the libraries. Call it “barcode”.")
    if millions is not None:
        return library, millions, Decimal(1)
    if counts is not None:
        return library, counts, _MILLION
    raise YieldsRefused(
        "No column has the reads. Call it “reads_millions”, or “reads” for a count."
    )


def _number(cell: str, line: int) -> Decimal:
    try:
        value = Decimal(cell.strip().replace(" ", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise YieldsRefused(f"Line {line}: “{cell[:40]}” is no number of reads. Correct the file.")
    return value
