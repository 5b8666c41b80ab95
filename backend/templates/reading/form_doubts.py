"""Places where a submission form contradicts itself or says things no sample field holds."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from backend.documents.forms import FormField, FormReading
from backend.templates.reading.clean import clean
from backend.templates.reading.units import find_unit, split_unit
from backend.templates.reading.values import Finding, Severity

Rows = Sequence[Mapping[str, tuple[str, int]]]

# A figure said once for all samples, and the samples' own heading to compare it with.
_COMPARED = {
    "sample concentration": "concentration",
    "volume per sample": "volume",
    "collection date": "collection date",
}


def find(form: FormReading, rows: Rows) -> list[Finding]:
    """Return what is doubtful about the form as a whole, in the order of its lines."""
    return [
        finding
        for field in form.fields
        for finding in _about(field, clean(field.label).lower(), rows)
        if finding is not None
    ]


def _about(field: FormField, label: str, rows: Rows) -> tuple[Finding | None, ...]:
    return (
        _disagrees(field, label, rows),
        _of_the_library(field, label),
        _barcode_range(field, label, rows),
        _two_temperatures(field, label),
        _pool_members(field, label, rows),
    )


def _disagrees(field: FormField, label: str, rows: Rows) -> Finding | None:
    heading = _COMPARED.get(label)
    if heading is None:
        return None
    said = _figure(field.value)
    own = [(row[h][0], row[h][1]) for row in rows for h in row if h.lower() == heading]
    figures = [_figure(text) for text, _ in own]
    if said is None or not own or all(f is None or f == said for f in figures):
        return None
    known = [f for f in figures if f is not None]
    return _doubt(
        field,
        "said_twice",
        f"Line {field.line} gives {field.label} {clean(field.value)} for all samples; the samples "
        f"themselves say {min(known):f} to {max(known):f} (lines {own[0][1]} to {own[-1][1]}). "
        "The samples' own figures are used.",
    )


def _of_the_library(field: FormField, label: str) -> Finding | None:
    if not label.startswith("library ") or find_unit(split_unit(clean(field.value))[1]) is None:
        return None
    return _doubt(
        field,
        "figure_of_library",
        f"Line {field.line}: {field.label} {clean(field.value)} belongs to the library, not to "
        "the samples. It is not used.",
        Severity.INFO,
    )


def _barcode_range(field: FormField, label: str, rows: Rows) -> Finding | None:
    if label != "container barcode" or not any("Barcode" in row for row in rows):
        return None
    return _doubt(
        field,
        "second_barcodes",
        f"Line {field.line} gives container barcodes ({clean(field.value)}); which tube has which "
        "is not said. The samples' own barcodes are used.",
        Severity.INFO,
    )


def _two_temperatures(field: FormField, label: str) -> Finding | None:
    text = clean(field.value)
    if label != "storage temperature" or "," not in text:
        return None
    return _doubt(
        field,
        "zone_two_named",
        f"Line {field.line} names more than one storage temperature ({text}). "
        "The samples' zone is taken from Storage Conditions where the form has them.",
        Severity.INFO,
    )


def _pool_members(field: FormField, label: str, rows: Rows) -> Finding | None:
    if label != "samples in pool":
        return None
    members = [part.strip() for part in clean(field.value).split(",") if part.strip()]
    names = [text for row in rows for text, _ in row.values()]
    missing = [m for m in members if not any(name.startswith(m) for name in names)]
    if missing:
        said = f"The form describes no sample named {', '.join(missing)}."
    elif len(members) != len(rows):
        said = f"It names {len(members)} samples; the form describes {len(rows)}."
    else:
        return None
    return _doubt(field, "pool_disagrees", f"Line {field.line} lists the pool. {said}")


def _figure(text: str) -> Decimal | None:
    figure, _ = split_unit(clean(text))
    try:
        value = Decimal(figure)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _doubt(
    field: FormField, code: str, message: str, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=message,
        header=field.label,
        line=field.line,
        value_seen=field.value,
    )
