"""Names of sections, and those beside a sheet's own: of the cloud, or such as [TSO500L_Data].

BCL Convert takes [settings] for [Settings] in the first format, and in the second only
[BCLConvert_Settings] as it is written here (support-docs.illumina.com, "BCL Convert", page "Sample
Sheet"). That the other names of the second format are as strict is taken from that, not said there.
"""

import re
from collections.abc import Mapping

from backend.sequencing.sheets.model import OtherSection, SampleSheet
from backend.sequencing.sheets.reading import RawSection, RawSheet, fold
from backend.sequencing.sheets.values import Edit, Finding, Fix
from backend.templates.reading.values import Severity

_DATA = "_data"
_CLOUD = "cloud_data"
_ABSENT = "na"
_NAMES = (
    "Header",
    "Reads",
    "Sequencing_Settings",
    "BCLConvert_Settings",
    "BCLConvert_Data",
    "Cloud_Settings",
    "Cloud_Data",
)
_LETTERS = re.compile(r"[A-Za-z0-9_]+")


def check_spellings(raw: RawSheet) -> list[Finding]:
    """Find sections of the second format whose names are in other letters than they are read by."""
    known = {fold(name): name for name in _NAMES}
    found = []
    for section in raw.sections:
        right = known.get(section.folded)
        if right is not None and right != section.name:
            message = f"[{section.name}] is written [{right}]; it is not read otherwise."
            found.append(_rename(section, "section_spelling", message, right))
        elif right is None and _LETTERS.fullmatch(section.name) is None:
            message = (
                f"[{section.name}]: a section's name has letters of English, digits and _ only."
            )
            plain = re.sub(r"[^A-Za-z0-9_]+", "_", section.name).strip("_")
            found.append(_rename(section, "section_letters", message, plain))
    return found


def _rename(section: RawSection, code: str, message: str, right: str) -> Finding:
    fix = Fix(f"Write [{right}]", (Edit(section.line, 1, f"[{right}]"),)) if right else None
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        line=section.line,
        column=1,
        value=f"[{section.name}]",
        fix=fix,
    )


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
