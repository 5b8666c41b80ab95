"""Lines of a sheet into a `SampleSheet`, with a finding for every cell that has no place in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from backend.sequencing.sheets.headings import (
    INDEX1,
    INDEX2,
    LANE,
    MEANINGS,
    NAME,
    PROJECT,
    SAMPLE_ID,
)
from backend.sequencing.sheets.model import (
    Bases,
    Cycles,
    Entry,
    OtherSection,
    SampleSheet,
    SheetSample,
    bases_of,
)
from backend.sequencing.sheets.reading import RawLine, RawSection, RawSheet, fold
from backend.sequencing.sheets.values import Dialect, Edit, Finding, Fix
from backend.templates.reading.values import Severity

Built = tuple[SampleSheet, list[Finding]]

_V2_READS = MappingProxyType(
    {
        "Read1Cycles": "read1",
        "Read2Cycles": "read2",
        "Index1Cycles": "index1",
        "Index2Cycles": "index2",
    }
)
_MOST_CYCLES = 1000
_ABSENT = "na"
"""What BCL Convert 4.1 takes in place of an index that a sample does not have."""


def build(raw: RawSheet, dialect: Dialect) -> Built:
    """Return the sheet and what could not be made sense of."""
    builders: Mapping[Dialect, Callable[[RawSheet], Built]] = {
        Dialect.ILLUMINA_V1: _v1,
        Dialect.ILLUMINA_V2: _v2,
        Dialect.AVITI: _aviti,
        Dialect.ONT: lambda each: _bare(each, Dialect.ONT),
        Dialect.TABLE: lambda each: _bare(each, Dialect.TABLE),
    }
    return builders[dialect](raw)


def _v1(raw: RawSheet) -> Built:
    names = {"header", "reads", "settings", "data"}
    header, found = _entries(raw.section("header"), spaces=Severity.WARNING)
    settings, more = _entries(raw.section("settings"))
    cycles, unread = _bare_reads(raw.section("reads"))
    columns, samples, odd = _samples(_lines(raw.section("data")), Dialect.ILLUMINA_V1)
    sheet = SampleSheet(
        dialect=Dialect.ILLUMINA_V1,
        header=header,
        cycles=cycles,
        settings=settings,
        samples=samples,
        others=_others(raw, names),
        columns=columns,
    )
    return sheet, [*_stray(raw.top), *found, *unread, *more, *odd]


def _v2(raw: RawSheet) -> Built:
    names = {"header", "reads", "bclconvertsettings", "bclconvertdata"}
    misnamed = [each for each in raw.sections if each.folded in {"settings", "data"}]
    renamed = []
    if raw.section("bclconvertdata") is None:
        renamed = [_v1_name(each) for each in misnamed]
        names |= {"settings", "data"}
    header, found = _entries(raw.section("header"), spaces=Severity.WARNING)
    settings, more = _entries(
        raw.section("bclconvertsettings") or (raw.section("settings") if renamed else None)
    )
    cycles, unread = _named_reads(raw.section("reads"))
    columns, samples, odd = _samples(
        _lines(raw.section("bclconvertdata") or (raw.section("data") if renamed else None)),
        Dialect.ILLUMINA_V2,
    )
    sheet = SampleSheet(
        dialect=Dialect.ILLUMINA_V2,
        header=header,
        cycles=cycles,
        settings=settings,
        samples=samples,
        others=_others(raw, names),
        columns=columns,
    )
    return sheet, [*_stray(raw.top), *renamed, *found, *unread, *more, *odd]


def _aviti(raw: RawSheet) -> Built:
    names = {"runvalues", "settings", "samples"}
    raw = replace(
        raw,
        top=_without_comments(raw.top),
        sections=tuple(replace(each, lines=_without_comments(each.lines)) for each in raw.sections),
    )
    values, found = _entries(raw.section("runvalues"), heading="keyname")
    settings, more = _entries(raw.section("settings"), heading="settingname", with_lane=True)
    columns, samples, odd = _samples(_lines(raw.section("samples")), Dialect.AVITI)
    sheet = SampleSheet(
        dialect=Dialect.AVITI,
        header=values,
        settings=settings,
        samples=samples,
        others=_others(raw, names),
        columns=columns,
    )
    # Element's own examples have spaces behind their commas.
    softened = [
        replace(each, severity=Severity.WARNING) if each.code == "spaces" else each
        for each in (*found, *more, *odd)
    ]
    return sheet, [*_stray(raw.top), *softened]


def _bare(raw: RawSheet, dialect: Dialect) -> Built:
    columns, samples, odd = _samples(raw.top, dialect)
    return SampleSheet(dialect=dialect, samples=samples, columns=columns), odd


def _lines(section: RawSection | None) -> Sequence[RawLine]:
    return section.lines if section else ()


def _without_comments(lines: Sequence[RawLine]) -> tuple[RawLine, ...]:
    """Leave out lines that start with a number sign, which Element's software skips."""
    return tuple(line for line in lines if not line.cell(0).startswith("#"))


def _entries(
    section: RawSection | None,
    *,
    heading: str = "",
    with_lane: bool = False,
    spaces: Severity = Severity.ERROR,
) -> tuple[tuple[Entry, ...], list[Finding]]:
    entries: list[Entry] = []
    findings: list[Finding] = []
    for line in _lines(section):
        key, value = line.cell(0), line.cell(1)
        lane = line.cell(2) if with_lane else ""
        if heading and fold(key) == heading:
            continue
        if line.width > (3 if with_lane else 2):
            findings.append(
                _odd("too_many_cells", "This line has more cells than a key and a value.", line, 3)
            )
        twice = next((one for one in entries if (one.key, one.lane) == (key, lane)), None)
        if twice is not None:
            findings.append(_twice(line, key, twice))
            continue
        findings += _spaces(line, 2, spaces)
        entries.append(Entry(key, value, lane, line.number))
    return tuple(entries), findings


def _twice(line: RawLine, key: str, earlier: Entry) -> Finding:
    same = earlier.value == line.cell(1)
    return Finding(
        code="key_twice",
        severity=Severity.ERROR,
        message=f"{key} stands on line {earlier.line} already"
        + ("." if same else f", as “{earlier.value}”. Keep one of them."),
        line=line.number,
        column=1,
        value=line.cell(1),
        fix=Fix("Leave this line out", (Edit(line.number, None, ""),)) if same else None,
    )


def _bare_reads(section: RawSection | None) -> tuple[Cycles | None, list[Finding]]:
    """Read v1's cycles: a number a line, for the first and the second read."""
    counts: list[int] = []
    findings = []
    for line in _lines(section):
        count = _cycles(line.cell(0))
        if count is None:
            findings.append(
                _odd("reads_number", f"“{line.cell(0)}” is no number of cycles.", line, 1)
            )
        else:
            counts.append(count)
    if not counts:
        return None, findings
    return Cycles(read1=counts[0], read2=counts[1] if counts[1:] else None), findings


def _named_reads(section: RawSection | None) -> tuple[Cycles | None, list[Finding]]:
    held: dict[str, int] = {}
    findings = []
    entries, odd = _entries(section)
    for entry in entries:
        name = _V2_READS.get(entry.key)
        close = next((key for key in _V2_READS if fold(key) == fold(entry.key)), None)
        count = _cycles(entry.value)
        if name is None:
            fix = Fix(f"Write {close}", (Edit(entry.line, 1, close),)) if close else None
            findings.append(
                Finding(
                    code="reads_key",
                    severity=Severity.ERROR,
                    message=f"{entry.key} is no key of [Reads]. Keys are {', '.join(_V2_READS)}.",
                    line=entry.line,
                    column=1,
                    value=entry.key,
                    fix=fix,
                )
            )
        elif count is None:
            findings.append(
                Finding(
                    code="reads_number",
                    severity=Severity.ERROR,
                    message=f"{entry.key}: “{entry.value}” is no number of cycles.",
                    line=entry.line,
                    column=2,
                    value=entry.value,
                )
            )
        else:
            held[name] = count
    return (Cycles(**held) if held else None), [*odd, *findings]


def _cycles(text: str) -> int | None:
    known = re.fullmatch(r"[0-9]{1,4}", text) and int(text) <= _MOST_CYCLES
    return int(text) if known else None


def _samples(
    lines: Sequence[RawLine], dialect: Dialect
) -> tuple[dict[str, int], tuple[SheetSample, ...], list[Finding]]:
    if not lines:
        return {}, (), []
    head, *rows = lines
    meanings = MEANINGS[dialect]
    columns: dict[str, int] = {}
    findings: list[Finding] = []
    for place in range(head.width):
        heading = head.cell(place)
        name = meanings.get(fold(heading), heading)
        if name in columns:
            findings.append(
                _odd(
                    "heading_twice",
                    f"“{heading}” heads column {columns[name]} already.",
                    head,
                    place + 1,
                )
            )
        elif heading:
            columns[name] = place + 1
    findings += _spaces(head, head.width)
    samples = []
    for row in rows:
        findings += _spaces(row, head.width)
        if row.width > head.width or any(
            row.cell(place) for place in range(head.width) if not head.cell(place)
        ):
            findings.append(
                _odd("too_many_cells", "A cell of this line has no heading.", row, head.width + 1)
            )
        samples.append(_sample(row, columns, dialect))
    return columns, tuple(samples), findings


def _sample(row: RawLine, columns: Mapping[str, int], dialect: Dialect) -> SheetSample:
    def cell(name: str) -> str:
        return row.cell(columns[name] - 1) if name in columns else ""

    lanes = _lanes(cell(LANE))
    indexes = {name: _index(cell(name), dialect) for name in (INDEX1, INDEX2)}
    unreadable = [(LANE, cell(LANE))] if lanes is None else []
    unreadable += [(name, cell(name)) for name, index in indexes.items() if index is None]
    extra = {
        name: cell(name)
        for name in columns
        if name not in (SAMPLE_ID, LANE, INDEX1, INDEX2, NAME, PROJECT) and cell(name)
    }
    return SheetSample(
        sample_id=cell(SAMPLE_ID),
        lanes=lanes or (),
        index1=indexes[INDEX1] or (),
        index2=indexes[INDEX2] or (),
        name=cell(NAME),
        project=cell(PROJECT),
        extra=tuple(sorted(extra.items())),
        unreadable=tuple(unreadable),
        line=row.number,
    )


def _lanes(text: str) -> tuple[int, ...] | None:
    """Return lanes of ``1`` or ``1+2``; empty for all; None when it is no lane."""
    if not text:
        return ()
    parts = [part.strip() for part in text.split("+")]
    if not all(re.fullmatch(r"[1-9]", part) for part in parts):
        return None
    return tuple(sorted({int(part) for part in parts}))


def _index(text: str, dialect: Dialect) -> tuple[Bases, ...] | None:
    if not text or (text == _ABSENT and dialect is Dialect.ILLUMINA_V2):
        return ()
    found = [bases_of(part) for part in (text.split("+") if dialect is Dialect.AVITI else [text])]
    known = [each for each in found if each is not None]
    return tuple(known) if len(known) == len(found) else None


def _others(raw: RawSheet, known: set[str]) -> tuple[OtherSection, ...]:
    return tuple(
        OtherSection(
            each.name,
            tuple(tuple(line.cell(at) for at in range(line.width)) for line in each.lines),
            each.line,
            tuple(line.number for line in each.lines),
        )
        for each in raw.sections
        if each.folded not in known
    )


def _stray(top: Sequence[RawLine]) -> list[Finding]:
    return [
        _odd("before_sections", "This line stands before the first section.", line, 1)
        for line in top
    ]


def _v1_name(section: RawSection) -> Finding:
    right = f"[BCLConvert_{section.name.capitalize()}]"
    return Finding(
        code="section_of_v1",
        severity=Severity.ERROR,
        message=f"[{section.name}] is the first format's; a sheet of the second needs {right}.",
        line=section.line,
        column=1,
        value=f"[{section.name}]",
        fix=Fix(f"Write {right}", (Edit(section.line, 1, right),)),
    )


def _spaces(line: RawLine, width: int, severity: Severity = Severity.ERROR) -> list[Finding]:
    """Find cells with spaces or invisible characters around or in them."""
    return [
        Finding(
            code="spaces",
            severity=severity,
            message="The cell holds spaces at an end, or characters that cannot be seen.",
            line=line.number,
            column=place + 1,
            value=line.cells[place],
            fix=Fix("Leave them out", (Edit(line.number, place + 1, line.cell(place)),)),
        )
        for place in range(min(width, len(line.cells)))
        if line.cells[place] != line.cell(place)
    ]


def _odd(code: str, message: str, line: RawLine, column: int) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        line=line.number,
        column=column,
        value=line.cells[column - 1] if column <= len(line.cells) else None,
    )
