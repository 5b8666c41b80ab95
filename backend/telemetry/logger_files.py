"""Reading a logger's CSV file: times, numbers and columns as vendors write them. Pure.

Columns: a time (or a date and a time), then either ``value`` of one sensor, or ``sensor`` and
``value``, or a column a sensor, headed by its code. Times say their offset or are of a given zone.
What cannot be read is told by its line; nothing is guessed.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from backend.telemetry.errors import ReadingRefused
from backend.telemetry.intake_views import SentReading

_TIME = frozenset({"time", "timestamp", "datetime", "date time", "date/time", "zeit", "zeitpunkt"})
_DATE = frozenset({"date", "datum"})
_VALUE = frozenset({"value", "temperature", "temp", "reading", "wert", "messwert", "temperatur"})
_SENSOR = frozenset({"sensor", "code", "sensor code"})
_NOTHING = frozenset({"", "-", "--", "---", "–", "n/a", "na", "nan", "null", "none", "error"})
_BRACKETS = re.compile(r"\s*(\([^)]*\)|\[[^\]]*\])\s*$")
_UNIT = re.compile(r"\s*(\([^)]*\)|\[[^\]]*\]|°\s*C|%(\s*RH)?|W)\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"[+\-−]?\d+([.,]\d+)?([eE][+\-]?\d+)?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_DAY_SLASHES = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")
LARGEST_BYTES: Final = 20_000_000
_HEAD_LINES: Final = 60
"""Loggers write who they are before the table begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a line, or with a sensor's value in it. Lines count from 1."""

    code: str
    line: int
    message: str
    sensor: str | None = None


@dataclass(slots=True, kw_only=True)
class FileRead:
    """The readings of a file with their lines, in the file's order, and what cannot be read."""

    readings: list[SentReading] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Where the columns are. ``sensors``: of each column of values, its sensor's code."""

    zone: ZoneInfo
    width: int
    time: int
    date: int | None
    sensors: dict[int, str]
    sensor_column: int | None


def read(content: bytes, *, code: str | None, zone: ZoneInfo) -> FileRead:
    """Return what a file says; ``code`` names the sensor of a file that names none.

    Raises:
        ReadingRefused: no table can be found, or whose values it has.
    """
    if len(content) > LARGEST_BYTES:
        raise ReadingRefused("The file is larger than 20 MB. Split it.")
    lines = _text(content).splitlines()
    delimiter = _delimiter(lines)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    if len(rows) != len(lines):
        raise ReadingRefused("A cell of the file holds a line break. Write one line a time.")
    head = next((at for at, row in enumerate(rows[:_HEAD_LINES]) if _is_head(row)), None)
    if head is None:
        raise ReadingRefused(
            "No line of headings was found. The table begins with a heading like “time”, and "
            "“value” or the codes of sensors beside it."
        )
    table = _table(rows[head], code, zone)
    found = FileRead()
    before: datetime | None = None
    for line, row in enumerate(rows[head + 1 :], start=head + 2):
        if any(row):
            before = _read_row(row, line, table, before, found)
    return found


def _read_row(
    row: Sequence[str],
    line: int,
    table: _Table,
    before: datetime | None,
    found: FileRead,
) -> datetime | None:
    """Add a line's readings or findings, and return its instant for the line after it."""
    if len(row) != table.width:
        found.findings.append(
            Finding(
                code="wrong_width",
                line=line,
                message=f"{len(row)} cells where the headings have {table.width}. Numbers with a "
                "comma need semicolons between the cells.",
            )
        )
        return before
    said = row[table.time] if table.date is None else f"{row[table.date]} {row[table.time]}"
    at = _instant(said, table.zone, before)
    if at is None:
        message = f"“{said}” is no time. Write 2026-11-23 12:00 or 2026-11-23T12:00+01:00."
        found.findings.append(Finding(code="time_unclear", line=line, message=message))
        return before
    if _is_skipped(at, table.zone):
        message = f"“{said}” does not exist in {table.zone.key}: the clocks go forward then."
        found.findings.append(Finding(code="time_skipped", line=line, message=message))
        return before
    for column, heading in table.sensors.items():
        sensor = heading if table.sensor_column is None else row[table.sensor_column]
        value, is_clear = _number(row[column])
        if not is_clear:
            message = f"“{row[column]}” is no number. Write -80.1 or -80,1."
            found.findings.append(
                Finding(code="number_unclear", line=line, sensor=sensor, message=message)
            )
            continue
        found.readings.append(SentReading(code=sensor, at=at.astimezone(UTC), value=value))
        found.lines.append(line)
    return at


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ReadingRefused("The file is no text. Export the logger's readings as CSV.")


def _delimiter(lines: Sequence[str]) -> str:
    """Return what parts the cells: of a semicolon and a tab, commas are within numbers."""
    head = next((line for line in lines[:_HEAD_LINES] if _starts_as_head(line)), "")
    return next((mark for mark in (";", "\t") if mark in head), ",")


def _starts_as_head(line: str) -> bool:
    return any(_is_head([cell.strip(' "') for cell in line.split(mark)]) for mark in ";\t,")


def _is_head(row: Sequence[str]) -> bool:
    words = {_word(cell) for cell in row}
    return len(row) > 1 and bool(words & (_TIME | _DATE))


def _word(heading: str) -> str:
    return _UNIT.sub("", heading).strip().lower()


def _table(heads: Sequence[str], code: str | None, zone: ZoneInfo) -> _Table:
    words = [_word(head) for head in heads]
    dates = [at for at, word in enumerate(words) if word in _DATE]
    times = [at for at, word in enumerate(words) if word in _TIME]
    by_row = next((at for at, word in enumerate(words) if word in _SENSOR), None)
    rest = [at for at, word in enumerate(words) if word not in _DATE | _TIME | _SENSOR and word]
    values = [at for at in rest if words[at] in _VALUE]
    if len(dates) > 1 or len(times) > 1:
        raise ReadingRefused("Two columns say a time. Leave one of them.")
    if not rest:
        raise ReadingRefused("There is no column of values. Head it “value” or a sensor's code.")
    if values and len(rest) > 1:
        raise ReadingRefused(
            f"“{heads[values[0]]}” stands beside other columns. Head each column with the code of "
            "its sensor."
        )
    if values and by_row is None and code is None:
        raise ReadingRefused("The file names no sensor. Say whose values these are.")
    sensors = {at: code or "" if at in values else _BRACKETS.sub("", heads[at]) for at in rest}
    time, date = (times[0], dates[0] if dates else None) if times else (dates[0], None)
    return _Table(
        zone=zone, width=len(heads), time=time, date=date, sensors=sensors, sensor_column=by_row
    )


def _instant(said: str, zone: ZoneInfo, before: datetime | None) -> datetime | None:
    """Return when a line was; an hour that comes twice is told apart by the line before it."""
    iso = _GERMAN_DAY.sub(lambda day: f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}", said.strip())
    iso = _DAY_SLASHES.sub(lambda day: f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}", iso)
    iso = re.sub(r"\s+(?=[+\-Z]|UTC$)", "", iso).removesuffix("UTC") + (
        "Z" if iso.endswith("UTC") else ""
    )
    iso = re.sub(r"(?<=[ T])(\d):", r"0\1:", iso)
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return None
    if at.tzinfo is not None:
        return at
    at = at.replace(tzinfo=zone)
    second = at.replace(fold=1)
    comes_twice = at.utcoffset() != second.utcoffset()
    if comes_twice and before is not None and at.astimezone(UTC) < before.astimezone(UTC):
        return second
    return at


def _is_skipped(at: datetime, zone: ZoneInfo) -> bool:
    """Say whether a local time is one that no clock of the zone shows."""
    if at.tzinfo is not zone:
        return False
    there_and_back = at.astimezone(UTC).astimezone(zone)
    return (
        there_and_back.replace(tzinfo=None, fold=0) - at.replace(tzinfo=None, fold=0) != timedelta()
    )


def _number(said: str) -> tuple[float | None, bool]:
    """Return a cell's number, None for nothing, and whether the cell can be read at all."""
    word = _UNIT.sub("", said).strip()
    if word.lower() in _NOTHING:
        return None, True
    if _NUMBER.fullmatch(word) is None:
        return None, False
    return float(word.replace(",", ".").replace("−", "-")), True
