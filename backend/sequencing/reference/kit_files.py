"""The files of an index kit, read: text with any separator, or a workbook's first sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from backend.sequencing.reference.content import IndexKitContent
from backend.sequencing.reference.kit_reading import (
    KitFinding,
    KitTable,
    least_distances,
    wells_of,
)
from backend.templates.adapters.sheets import read_sheets
from backend.templates.reading.values import Severity


@dataclass(frozen=True, slots=True)
class KitFile:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KitReading:
    """What the files hold. ``content`` is None when a finding is an error.

    Distances are the least between two indexes of a side, in bases; None for fewer than two.
    """

    content: IndexKitContent | None
    findings: tuple[KitFinding, ...]
    least_i7: int | None = None
    least_i5: int | None = None

    @property
    def errors(self) -> list[str]:
        """What keeps the kit from being kept, with its place."""
        return [said(each) for each in self.findings if each.severity is Severity.ERROR]


def read_kit(files: Sequence[KitFile], *, maker: str, i5_is_reversed: bool = False) -> KitReading:
    """Return a kit and what is to be said of its files. Never raises.

    ``i5_is_reversed`` says that the files list i5 as a reversing sequencer reads it.
    """
    tables, findings = [], []
    for file in files:
        reading = read_sheets(file.content)
        if reading.refusal or not reading.sheets:
            words = reading.refusal or "The file has no sheet."
            findings.append(KitFinding(Severity.ERROR, words, file.name))
            continue
        tables.append(KitTable(file.name, reading.sheets[0].rows))
    if findings:
        return KitReading(content=None, findings=tuple(findings))
    wells, findings = wells_of(tables, i5_is_reversed=i5_is_reversed)
    if not wells:
        if not findings:
            findings = [KitFinding(Severity.ERROR, "The file names no index.")]
        return KitReading(content=None, findings=tuple(findings))
    try:
        content = IndexKitContent(maker=maker, wells=tuple(wells))
    except ValidationError:
        # The wells have passed every check of their own: what is left is the maker.
        said_of_maker = "Say who makes the kit, in at most 60 letters."
        return KitReading(
            content=None, findings=(*findings, KitFinding(Severity.ERROR, said_of_maker))
        )
    least_i7, least_i5 = least_distances(wells)
    return KitReading(
        content=content, findings=tuple(findings), least_i7=least_i7, least_i5=least_i5
    )


def said(finding: KitFinding) -> str:
    """Return a finding with its place before it."""
    line = f", line {finding.line}" if finding.line else ""
    return f"{finding.file}{line}: {finding.message}" if finding.file else finding.message
