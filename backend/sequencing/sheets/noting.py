"""Findings about an entry, a sample or a whole sheet, with the place they stand at."""

from backend.sequencing.sheets.model import Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.values import Edit, Finding, Fix
from backend.templates.reading.values import Severity


def of_sheet(code: str, severity: Severity, message: str, *, line: int | None = None) -> Finding:
    """Return a finding about the whole sheet, or about a line of it."""
    return Finding(code=code, severity=severity, message=message, line=line)


def of_entry(
    code: str,
    severity: Severity,
    message: str,
    entry: Entry,
    *,
    key: bool = False,
    write: str | None = None,
) -> Finding:
    """Return a finding about a key or its value; ``write`` is what to put there instead."""
    column = 1 if key else 2
    return Finding(
        code=code,
        severity=severity,
        message=message,
        line=entry.line,
        column=column,
        value=entry.key if key else entry.value,
        fix=_fix(entry.line, column, write),
    )


def of_sample(
    code: str,
    severity: Severity,
    message: str,
    sheet: SampleSheet,
    sample: SheetSample,
    *,
    field: str,
    value: str = "",
    write: str | None = None,
) -> Finding:
    """Return a finding about a cell of a sample; ``field`` is of `SheetSample`, or a heading."""
    column = sheet.columns.get(field)
    return Finding(
        code=code,
        severity=severity,
        message=message,
        line=sample.line,
        column=column,
        value=value or None,
        fix=None if column is None else _fix(sample.line, column, write),
    )


def _fix(line: int, column: int, write: str | None) -> Fix | None:
    if write is None:
        return None
    label = f"Write {write}" if write else "Leave it empty"
    return Fix(label, (Edit(line, column, write),))
