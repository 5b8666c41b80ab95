"""A submission form's samples as a table, every cell with the line it came from.

What the form says once (patient, organism, storage) counts for each sample that does not say
otherwise; what it says twice differently is named, and the sample's own value is taken.
"""

import re
from collections.abc import Sequence

from backend.documents.forms import FormField, FormReading, SampleBlock
from backend.templates.reading import form_doubts
from backend.templates.reading.clean import clean
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.headings import match_columns
from backend.templates.reading.values import Finding, Note, RawTable, Severity

Cell = tuple[str, int]  # text and the line it stands in

# What is said once and holds for every sample, in the order it is looked for.
_SHARED: dict[FieldKey, tuple[str, ...]] = {
    FieldKey.SUBJECT: ("patient id", "subject id", "donor id"),
    FieldKey.COLLECTED_ON: ("collection date",),
    FieldKey.ZONE: ("storage conditions", "storage", "temperature", "storage temperature"),
    FieldKey.ORGANISM: ("source organism", "organism", "species"),
    FieldKey.SEX: ("gender", "sex"),
    FieldKey.CONTAINER: ("container type",),
    FieldKey.ANALYSIS: ("analysis type", "analysis"),
    FieldKey.PRIORITY: ("priority",),
}
_LABELS = {
    FieldKey.SUBJECT: "Patient ID",
    FieldKey.COLLECTED_ON: "Collection Date",
    FieldKey.ZONE: "Storage",
    FieldKey.ORGANISM: "Organism",
    FieldKey.SEX: "Sex",
    FieldKey.CONTAINER: "Container",
    FieldKey.ANALYSIS: "Analysis",
    FieldKey.PRIORITY: "Priority",
}
_PEOPLE = ("submitter", "contact", "investigator", "requester")
_ONE_SAMPLE = ("sample information", "sample details", "specimen", "sample")
_INDEXES = ("barcode sequences", "index sequences", "indexes", "indices")
_INDEX_PAIR = re.compile(r"^([ACGTNacgtn]{4,24})(?:\s*[-+/,]\s*([ACGTNacgtn]{4,24}))?$")
_PLACE = re.compile(
    r"^(.*?)[,;]?\s*\b(?:position|pos\.?|well)\s+([A-Za-z]{0,2}\d{1,3})\s*$", re.IGNORECASE
)
_RATIO = re.compile(r"A?(260)\s*/\s*A?(280|230)\D*([\d.]+)", re.IGNORECASE)


def to_table(form: FormReading) -> tuple[RawTable | None, list[Finding]]:
    """Return the samples of a form as a table; ``numbers`` are the form's sample numbers."""
    blocks = form.samples or _single_sample(form)
    if not blocks:
        return None, [_no_samples()]
    rows = [_own_cells(block) for block in blocks]
    indexes, findings = _add_indexes(form, rows)
    for row in rows:
        _add_shared(form, row)
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    table = RawTable(
        headings=tuple(headings),
        heading_row=blocks[0].line,
        columns=[[row.get(heading, ("", 0))[0] for row in rows] for heading in headings],
        numbers=[block.number for block in blocks],
        lines=[[row[h][1] if h in row else None for h in headings] for row in rows],
        notes=tuple(_notes(form)),
    )
    return table, [*findings, *indexes, *form_doubts.find(form, rows)]


def _own_cells(block: SampleBlock) -> dict[str, Cell]:
    row: dict[str, Cell] = {}
    for field in block.fields:
        label, value = clean(field.label), clean(field.value)
        place = _PLACE.match(value) if label.lower() == "location" else None
        ratios = _RATIO.findall(value) if label.lower() in {"quality", "purity"} else []
        if place:
            row[label] = (place.group(1).strip(), field.line)
            row["Position"] = (place.group(2), field.line)
        elif ratios:
            for top, bottom, figure in ratios:
                row[f"{top}/{bottom} Ratio"] = (figure, field.line)
        else:
            row[label] = (value, field.line)
    return row


def _single_sample(form: FormReading) -> tuple[SampleBlock, ...]:
    """Return the one sample of a form that numbers none, made of its sample group."""
    fields = [
        f
        for f in form.fields
        if f.group.lower() in _ONE_SAMPLE or clean(f.label).lower() in {"location", "quality"}
    ]
    named = any(_means(f.label) in {FieldKey.NAME, FieldKey.EXTERNAL_ID} for f in fields)
    return (SampleBlock(1, fields[0].line, tuple(fields)),) if named else ()


def _add_indexes(
    form: FormReading, rows: Sequence[dict[str, Cell]]
) -> tuple[list[Finding], list[Finding]]:
    """Give each sample the index pair listed under the start of its name; say what is left."""
    given, problems = [], []
    for field in form.fields:
        if field.under.lower() not in _INDEXES:
            continue
        pair = _INDEX_PAIR.match(clean(field.value))
        owners = [row for row in rows if _goes_by(row, clean(field.label))]
        if pair is None or len(owners) != 1:
            problems.append(_index_left(field, len(owners), readable=pair is not None))
            continue
        owners[0]["Index i7"] = (pair.group(1).upper(), field.line)
        if pair.group(2):
            owners[0]["Index i5"] = (pair.group(2).upper(), field.line)
        given.append(field)
    if not given:
        return [], problems
    return [_indexes_joined(given)], problems


def _goes_by(row: dict[str, Cell], short: str) -> bool:
    """Tell whether a sample's name is ``short`` or starts with it and a dash."""
    for heading, (text, _) in row.items():
        if _means(heading) in {FieldKey.NAME, FieldKey.EXTERNAL_ID, FieldKey.BARCODE}:
            name, start = text.casefold(), short.casefold()
            if name == start or (name.startswith(start) and not name[len(start)].isalnum()):
                return True
    return False


def _add_shared(form: FormReading, row: dict[str, Cell]) -> None:
    filled = {_means(heading) for heading in row}
    for key, labels in _SHARED.items():
        if key in filled:
            continue
        found = _first(form, labels)
        if found is not None:
            row[_LABELS[key]] = (clean(found.value), found.line)
    submitter = _submitter(form)
    if submitter is not None and FieldKey.SUBMITTER not in filled:
        row["Submitter"] = submitter


def _first(form: FormReading, labels: Sequence[str]) -> FormField | None:
    for label in labels:
        for field in form.fields:
            people = any(word in field.group.lower() for word in _PEOPLE)
            if clean(field.label).lower() == label and not people:
                return field
    return None


def _submitter(form: FormReading) -> Cell | None:
    said = {clean(f.label).lower(): f for f in form.in_group(*_PEOPLE)}
    if "name" in said:
        return clean(said["name"].value), said["name"].line
    if "first name" in said and "last name" in said:
        first, last = said["first name"], said["last name"]
        return f"{clean(first.value)} {clean(last.value)}", first.line
    return None


def _notes(form: FormReading) -> list[Note]:
    wanted = {"project id", "project", "assigned project", "department", "institution", "email"}
    return [
        Note(clean(f.label), clean(f.value), f.line)
        for f in form.fields
        if clean(f.label).lower() in wanted
    ]


def _means(heading: str) -> FieldKey | None:
    return match_columns((heading,))[0].field


def _index_left(field: FormField, owners: int, *, readable: bool) -> Finding:
    if not readable:
        said = f"“{clean(field.value)}” is no index sequence; it may hold only A, C, G and T."
    elif owners == 0:
        said = f"no sample's name starts with “{clean(field.label)}”."
    else:
        said = f"{owners} samples' names start with “{clean(field.label)}”."
    return Finding(
        code="index_not_joined",
        severity=Severity.WARNING,
        message=f"Line {field.line}: the index of {clean(field.label)} was not used: {said}",
        line=field.line,
        header=field.label,
        value_seen=field.value,
    )


def _indexes_joined(given: Sequence[FormField]) -> Finding:
    return Finding(
        code="index_joined",
        severity=Severity.INFO,
        message=(
            f"{len(given)} index pairs (lines {given[0].line} to {given[-1].line}) were joined to "
            "the samples whose names start with the same letters. The first of a pair is i7."
        ),
        line=given[0].line,
    )


def _no_samples() -> Finding:
    return Finding(
        code="no_samples",
        severity=Severity.ERROR,
        message=(
            "The form names no sample: there is no “Sample 1:” and no Sample ID. "
            "Add a Sample ID line for each sample."
        ),
    )
