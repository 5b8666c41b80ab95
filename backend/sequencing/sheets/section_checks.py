"""Sections beside a sheet's own: of the cloud and of applications, such as [TSO500L_Data]."""

from collections.abc import Mapping

from backend.sequencing.sheets.model import OtherSection, SampleSheet
from backend.sequencing.sheets.values import Edit, Finding, Fix
from backend.templates.reading.values import Severity

_DATA = "_data"
_CLOUD = "cloud_data"
_ABSENT = "na"


def check(sheet: SampleSheet) -> list[Finding]:
    """Find rows of such sections that name no sample of the sheet, or a library otherwise."""
    known = {each.sample_id for each in sheet.samples}
    libraries: dict[str, set[str]] = {}
    for each in sheet.samples:
        parts = (each.sample_id, *("+".join(one) for one in (each.index1, each.index2) if one))
        libraries.setdefault(each.sample_id, set()).add("_".join(parts))
    return [
        finding
        for section in sheet.others
        if section.name.casefold().endswith(_DATA)
        for finding in _of_section(section, known, libraries)
    ]


def _of_section(
    section: OtherSection, known: set[str], libraries: Mapping[str, set[str]]
) -> list[Finding]:
    head = section.rows[0] if section.rows else ()
    if "Sample_ID" not in head:
        return []
    at = head.index("Sample_ID")
    named = head.index("LibraryName") if "LibraryName" in head else None
    cloud = section.name.casefold() == _CLOUD
    found = []
    for row, line in zip(section.rows[1:], section.numbers[1:], strict=True):
        sample = row[at] if at < len(row) else ""
        if sample not in known:
            found.append(
                Finding(
                    code="section_sample",
                    severity=Severity.ERROR,
                    message=f"[{section.name}] names “{sample}”, which is no sample of the sheet.",
                    line=line,
                    column=at + 1,
                    value=sample,
                )
            )
        elif cloud and named is not None and named < len(row):
            found += _library(row[named], libraries[sample], line, named + 1)
    return found


def _library(written: str, expected: set[str], line: int, column: int) -> list[Finding]:
    if not written or written == _ABSENT or written in expected:
        return []
    only = next(iter(expected)) if len(expected) == 1 else None
    return [
        Finding(
            code="library_name",
            severity=Severity.WARNING,
            message=f"LibraryName “{written}” is not made of the sample and its indexes.",
            line=line,
            column=column,
            value=written,
            fix=Fix(f"Write {only}", (Edit(line, column, only),)) if only else None,
        )
    ]
