"""What is to be said about whole columns: headings not known, units, columns left out."""

from collections.abc import Sequence

from backend.templates.reading.batch import Batch, Options
from backend.templates.reading.fields import BY_KEY, FieldKey, Kind
from backend.templates.reading.headings import ColumnMatch, Match, fold, sureness
from backend.templates.reading.values import Finding, Severity

# Headings that look like one of our fields and are not: said once, never guessed.
DOUBTS: dict[str, str] = {
    "quality score": (
        "does not say which score it is (RIN, DIN or another), so it is not read as RIN. "
        "It is kept with the sample as written. If it is RIN, choose RIN for the column."
    ),
    "quality": "does not say which measure it is. It is kept with the sample as written.",
    "project": "is kept as written; all samples go into the project chosen on this page.",
    "study": "is kept as written; all samples go into the project chosen on this page.",
    "dna source": (
        "is read as Type. It may name what the DNA was taken from instead: "
        "if the tubes hold DNA, set Type to gDNA."
    ),
}
_OURS = {Kind.VOLUME: "µL", Kind.CONCENTRATION: "ng/µL"}


def about(batch: Batch, options: Options) -> list[Finding]:
    """Return the findings about columns, in the order of the columns."""
    findings = []
    for match in batch.matches:
        finding = _about_column(match, batch, options)
        if finding is not None:
            findings.append(finding)
    blank = [m for m in batch.matches if m.match is Match.BLANK]
    if blank:
        findings.append(_blank(blank))
    if batch.column_of(FieldKey.BARCODE) is None and FieldKey.EXTERNAL_ID in batch.texts:
        findings.append(_no_barcodes(batch))
    return findings


def _about_column(match: ColumnMatch, batch: Batch, options: Options) -> Finding | None:
    match match.match:
        case Match.SUGGESTED:
            return _suggested(match)
        case Match.KEPT:
            return _kept(match) if any(batch.extras.get(match.heading, ())) else None
        case Match.BLANK | Match.OURS:
            return None
        case Match.REPEATED:
            filled = any(any(cells) for repeated, cells in batch.repeats if repeated is match)
            return _repeated(match, batch) if filled else None
        case _:
            return _about_used(match, options)


def _about_used(match: ColumnMatch, options: Options) -> Finding | None:
    doubt = DOUBTS.get(fold(match.heading))
    if doubt:
        said = f"“{match.heading}” {doubt}"
        return _finding(match, "heading_doubtful", Severity.WARNING, said)
    return None if options.convert_units else _about_unit(match)


def _blank(columns: Sequence[ColumnMatch]) -> Finding:
    numbers = ", ".join(str(match.column) for match in columns)
    return Finding(
        code="heading_blank",
        severity=Severity.WARNING,
        message=f"Columns without a heading hold cells: {numbers}. Those cells are left out.",
        column=columns[0].column,
    )


def _suggested(match: ColumnMatch) -> Finding:
    label = BY_KEY[match.field].label if match.field else ""
    return Finding(
        code="heading_near",
        severity=Severity.WARNING,
        message=(
            f"Heading “{match.heading}” is not known. Is it {label}? It resembles “{match.like}” "
            f"by {match.score}%, {sureness(match.score)}. "
            "Until you say so, the column is kept as written."
        ),
        column=match.column,
        header=match.heading,
        suggestion=label,
        fix=match.field.value if match.field else None,
    )


def _kept(match: ColumnMatch) -> Finding:
    doubt = DOUBTS.get(fold(match.heading))
    if doubt:
        return _finding(match, "heading_doubtful", Severity.WARNING, f"“{match.heading}” {doubt}")
    return _finding(
        match,
        "heading_kept",
        Severity.INFO,
        f"“{match.heading}” is no field of TracSeq. It is kept with the sample as written.",
    )


def _repeated(match: ColumnMatch, batch: Batch) -> Finding:
    first = batch.column_of(match.field) if match.field else None
    return _finding(
        match,
        "heading_repeated",
        Severity.WARNING,
        f"Columns {first.column if first else '?'} and {match.column} both give "
        f"{BY_KEY[match.field].label if match.field else 'one field'}. The first is used; "
        "rows where they differ are marked.",
    )


def _about_unit(match: ColumnMatch) -> Finding | None:
    spec = BY_KEY[match.field] if match.field else None
    if spec is None or spec.kind not in _OURS or not match.unit_known:
        return None
    ours = _OURS[spec.kind]
    if match.unit is None:
        return _finding(
            match,
            "unit_not_named",
            Severity.WARNING,
            f"Heading “{match.heading}” names no unit. Figures without one are read as {ours}.",
        )
    return _finding(
        match,
        "unit_read",
        Severity.INFO,
        f"“{match.heading}” is given in {match.unit} and stored in {ours}.",
    )


def _no_barcodes(batch: Batch) -> Finding:
    match = batch.column_of(FieldKey.EXTERNAL_ID)
    heading = match.heading if match else "Sample ID"
    return Finding(
        code="barcode_from_id",
        severity=Severity.INFO,
        message=(
            f"The file has no barcode column. “{heading}” is used as the barcode where it can be "
            "one; the other samples get new barcodes."
        ),
        column=match.column if match else None,
        header=heading,
    )


def _finding(match: ColumnMatch, code: str, severity: Severity, message: str) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=message,
        column=match.column,
        header=match.heading,
        field=match.field.value if match.field else None,
    )
