"""A sample sheet of any format, read and checked: one door for terminal, pages and jobs.

Give the bytes of a file, and what the run reads if RunInfo is known.
"""

from dataclasses import dataclass, replace

from backend.sequencing.errors import SheetRefused
from backend.sequencing.sheets import (
    element_checks,
    illumina_checks,
    maker_json,
    nanopore_checks,
    reading,
    section_checks,
)
from backend.sequencing.sheets.building import build
from backend.sequencing.sheets.dialects import detect
from backend.sequencing.sheets.model import Cycles, SampleSheet
from backend.sequencing.sheets.reading import RawSheet
from backend.sequencing.sheets.values import Dialect, Finding, has_errors
from backend.sequencing.sheets.writing import write
from backend.templates.reading.values import Severity

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A sheet as far as it could be read; ``sheet`` is None when it is no sample sheet."""

    raw: RawSheet
    sheet: SampleSheet | None
    findings: tuple[Finding, ...]

    @property
    def dialect(self) -> Dialect | None:
        """Return whose format the sheet is in."""
        return self.sheet.dialect if self.sheet else None

    @property
    def has_errors(self) -> bool:
        """Say whether a demultiplexer would refuse the sheet, or get it wrong."""
        return has_errors(self.findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(each.severity is severity for each in self.findings)


def examine(content: bytes, *, run: Cycles | None = None) -> Examined:
    """Read and check a sheet. Never raises: what cannot be read is a finding.

    Findings are in the order of the lines; those of the whole sheet come first.
    """
    if maker_json.is_json(content):
        return _examine_json(content, run)
    raw = reading.read(content)
    if not raw.lines:
        return Examined(raw=raw, sheet=None, findings=raw.findings)
    dialect = detect(raw)
    if dialect is None:
        message = (
            "This is no sample sheet: it has no section such as [Data], [BCLConvert_Data] or "
            "[Samples], and no headings such as Sample_ID and Index."
        )
        unknown = Finding(code="not_a_sheet", severity=Severity.ERROR, message=message)
        return Examined(raw=raw, sheet=None, findings=(unknown, *raw.findings))
    sheet, odd = build(raw, dialect)
    match dialect:
        case Dialect.ILLUMINA_V2:
            found = illumina_checks.check_v2(raw, sheet, run)
        case Dialect.ILLUMINA_V1 | Dialect.TABLE:
            found = illumina_checks.check_v1(raw, sheet, run)
        case Dialect.AVITI:
            found = element_checks.check(raw, sheet)
        case Dialect.ONT:
            found = nanopore_checks.check(raw, sheet)
    letters = _not_ascii(raw, dialect)
    every = [*raw.findings, *odd, *letters, *found, *section_checks.check(sheet)]
    every.sort(key=lambda each: (each.line or 0, each.column or 0, _rank(each)))
    return Examined(raw=raw, sheet=sheet, findings=tuple(every))


def _examine_json(content: bytes, run: Cycles | None) -> Examined:
    """Check the sheet that JSON describes; lines are those of the CSV that it makes."""
    try:
        written = write(maker_json.read_json(content))
    except SheetRefused as refusal:
        wrong = Finding(code="json", severity=Severity.ERROR, message=refusal.message)
        nothing = RawSheet(lines=(), top=(), sections=())
        return Examined(raw=nothing, sheet=None, findings=(wrong,))
    seen = examine(written, run=run)
    note = Finding(
        code="json",
        severity=Severity.INFO,
        message="The sheet is described as JSON; lines are those of the CSV that it makes.",
    )
    return replace(seen, findings=(note, *seen.findings))


def _rank(finding: Finding) -> int:
    return _SEVERITIES.index(finding.severity)


def _not_ascii(raw: RawSheet, dialect: Dialect) -> list[Finding]:
    """Find letters that BCL Convert does not read: it takes ASCII only, in every cell."""
    if dialect not in (Dialect.ILLUMINA_V2, Dialect.ILLUMINA_V1):
        return []
    severity = Severity.ERROR if dialect is Dialect.ILLUMINA_V2 else Severity.WARNING
    return [
        Finding(
            code="not_ascii",
            severity=severity,
            message=f"“{line.cell(place)}” holds letters that are not of English.",
            line=line.number,
            column=place + 1,
            value=line.cells[place],
        )
        for line in raw.lines
        for place in range(len(line.cells))
        if not line.cell(place).isascii()
    ]
