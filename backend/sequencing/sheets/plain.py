"""Sheets, findings and differences as plain values, for terminal and API alike."""

from backend.sequencing.sheets.checking import Examined
from backend.sequencing.sheets.difference import Difference
from backend.sequencing.sheets.values import Finding
from backend.templates.reading.values import Severity


def examined_out(seen: Examined) -> dict[str, object]:
    """Return what a sheet is and what is to be said of it; null is "nowhere" or "none"."""
    sheet = seen.sheet
    lanes = sorted({lane for each in sheet.samples for lane in each.lanes}) if sheet else []
    cycles = sheet.cycles if sheet else None
    return {
        "dialect": seen.dialect.value if seen.dialect else None,
        "rows": len(sheet.samples) if sheet else 0,
        "samples": len({each.sample_id for each in sheet.samples}) if sheet else 0,
        "lanes": lanes,
        "cycles": None
        if cycles is None
        else {
            "read1": cycles.read1,
            "read2": cycles.read2,
            "index1": cycles.index1,
            "index2": cycles.index2,
        },
        "errors": seen.count(Severity.ERROR),
        "warnings": seen.count(Severity.WARNING),
        "findings": [finding_out(each) for each in seen.findings],
    }


def finding_out(finding: Finding) -> dict[str, object]:
    """Return a finding with its place, and its fix as the edits it makes."""
    fix = finding.fix
    return {
        "line": finding.line,
        "column": finding.column,
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "value": finding.value,
        "fix": None
        if fix is None
        else {
            "label": fix.label,
            "edits": [
                {"line": each.line, "column": each.column, "text": each.text} for each in fix.edits
            ],
        },
    }


def difference_out(difference: Difference) -> dict[str, object]:
    """Return one difference of two sheets."""
    return {
        "kind": difference.kind.value,
        "section": difference.section,
        "what": difference.what,
        "before": difference.before or None,
        "after": difference.after or None,
        "line_before": difference.line_before,
        "line_after": difference.line_after,
        "sentence": difference.sentence,
    }
