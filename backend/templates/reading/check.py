"""Reading every cell of a batch: column by column, each distinct text once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from backend.templates.reading import columns, cross, dates, repeats
from backend.templates.reading.batch import Batch, Checked, Options, RowState, add
from backend.templates.reading.column import STRETCH, Column, stretches
from backend.templates.reading.fields import BY_KEY, FieldKey, FieldSpec, Kind
from backend.templates.reading.headings import ColumnMatch, unit_in
from backend.templates.reading.parsers import parse, stand_as_written
from backend.templates.reading.parsing import Context
from backend.templates.reading.values import Finding, Problem, Severity, Value
from backend.templates.reading.vocabulary import BLANK_WORDS

REQUIRED = (FieldKey.SAMPLE_TYPE, FieldKey.ZONE)
_ASK = {
    FieldKey.SAMPLE_TYPE: "Choose a sample type.",
    FieldKey.ZONE: "Choose the zone the sample is stored in.",
    FieldKey.NAME: "Write the sample's name.",
}


def check(batch: Batch, options: Options) -> Checked:
    """Return values, findings and row states of a batch. Pure: the same batch, the same result."""
    texts = dict(batch.texts)
    _fill_name(texts)
    checked = Checked({}, columns.about(batch, options), [RowState.READY] * len(batch.numbers))
    skipped = _skipped(batch, checked)
    for key, cells in texts.items():
        context = context_of(BY_KEY[key], batch.column_of(key), cells, options)
        values: Column[Value] = Column()
        for index, text, problem in _read_into(values, BY_KEY[key], cells, context):
            if index not in skipped:
                add(checked, batch, index, key, problem, text)
        checked.values[key] = values
    _require(batch, texts, checked, skipped)
    cross.check_rows(batch, checked, skipped)
    repeats.check_repeats(batch, checked, skipped)
    _forget_kept(batch, checked, options)
    for index, findings in checked.findings.rows():
        checked.states[index] = _state(findings, skipped=index in skipped)
    return checked


def _fill_name(texts: dict[FieldKey, Sequence[str]]) -> None:
    """Let the sample's ID stand for its name where there is none."""
    names, ids = texts.get(FieldKey.NAME), texts.get(FieldKey.EXTERNAL_ID)
    if ids is not None:
        if names is None:
            texts[FieldKey.NAME] = ids
        else:
            texts[FieldKey.NAME] = Column(name or own for name, own in zip(names, ids, strict=True))


def _read_into(
    values: Column[Value], spec: FieldSpec, cells: Sequence[str], context: Context
) -> Iterator[tuple[int, str, Problem]]:
    """Read a column's cells, each distinct text once; yield the rows with a problem, in order."""
    value_of: dict[str, Value] = {"": None}
    problems: dict[str, Problem] = {}
    for start, part in stretches(cells):
        if len(value_of) > STRETCH:
            value_of, problems = {"": None}, {}  # codes: remembering all serves no later row
        new = [text for text in dict.fromkeys(part) if text not in value_of]
        if stand_as_written(spec, new, context):
            value_of.update(zip(new, new, strict=True))
            new = []
        for text in new:
            value_of[text], problem = parse(spec, text, context)
            if problem is not None:
                problems[text] = problem
        values.extend(map(value_of.__getitem__, part))
        for index, text in enumerate(part if problems else (), start):
            if text in problems:
                yield index, text, problems[text]


def context_of(
    spec: FieldSpec, match: ColumnMatch | None, cells: Sequence[str], options: Options
) -> Context:
    """Return how a column's cells are to be read, by its heading and its neighbours."""
    context = Context(
        label=spec.label,
        today=options.today,
        decimal_comma=options.decimal_comma,
        convert_units=options.convert_units,
        longest=spec.longest,
    )
    if match is None:
        return context
    if spec.kind is Kind.DATE:
        partial = "MM/YY" in match.heading.upper()
        return replace(
            context, day_first=dates.order_shown(list(dict.fromkeys(cells))), partial_dates=partial
        )
    if match.unit is None:
        return context
    if not match.unit_known:
        return replace(context, unit_problem=_unknown_unit(spec, match))
    return replace(context, unit=unit_in(match.heading)[1])


def _skipped(batch: Batch, checked: Checked) -> set[int]:
    """Return the rows that stand for an empty well or tube, each with a finding that says so."""
    skipped: set[int] = set()
    names = batch.texts.get(FieldKey.NAME)
    reserved = [
        batch.texts[key]
        for key in (FieldKey.PLATE, FieldKey.POSITION, FieldKey.EXTERNAL_ID)
        if key in batch.texts
    ]
    if len(reserved) < 3 and BLANK_WORDS.isdisjoint(map(str.lower, names or ("",))):  # noqa: PLR2004 as below
        return skipped
    for index in range(len(batch.numbers)):
        name = names[index] if names else ""
        if name.lower() in BLANK_WORDS:
            message = f"The name is “{name}”: an empty well or tube. The row is not registered."
        elif len(reserved) == 3 and _only(batch, index, len([r for r in reserved if r[index]])):  # noqa: PLR2004 plate, well, ID
            message = (
                "Only plate, well and ID are filled: an empty well. The row is not registered."
            )
        else:
            continue
        skipped.add(index)
        problem = Problem("empty_well", Severity.INFO, message)
        add(checked, batch, index, FieldKey.NAME, problem, name or None)
    return skipped


def _only(batch: Batch, index: int, filled: int) -> bool:
    total = sum(1 for cells in batch.texts.values() if cells[index])
    total += sum(1 for cells in batch.own_extras.values() if cells[index])
    return total == filled > 0


def _require(
    batch: Batch, texts: dict[FieldKey, Sequence[str]], checked: Checked, skipped: set[int]
) -> None:
    for key in (FieldKey.NAME, *REQUIRED):
        cells = texts.get(key)
        values = checked.values.get(key)
        if values is not None and None not in values:
            continue
        for index in range(len(batch.numbers)):
            empty = values is None or values[index] is None
            if empty and index not in skipped and not _has_error(checked, index, key):
                problem = cross.missing(key, _ASK[key], index, checked)
                add(checked, batch, index, key, problem, cells[index] if cells else None)


def _has_error(checked: Checked, index: int, key: FieldKey) -> bool:
    keys = {key.value} | ({FieldKey.EXTERNAL_ID.value} if key is FieldKey.NAME else set())
    return any(f.field in keys for f in checked.findings.get(index))


def _forget_kept(batch: Batch, checked: Checked, options: Options) -> None:
    """Take away the warnings about cells a person has said to keep."""
    if not options.kept:
        return
    for index, findings in checked.findings.rows():
        number = batch.numbers[index]
        left = [
            f
            for f in findings
            if f.severity is not Severity.WARNING
            or (number, f.field or "", f.value_seen or "") not in options.kept
        ]
        if len(left) < len(findings):
            checked.findings.replace(index, left)


def _state(findings: Sequence[Finding], *, skipped: bool) -> RowState:
    if skipped:
        return RowState.SKIPPED
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return RowState.ERROR
    return RowState.WARNING if Severity.WARNING in severities else RowState.READY


def _unknown_unit(spec: FieldSpec, match: ColumnMatch) -> Problem:
    ours = "µL" if spec.kind is Kind.VOLUME else "ng/µL"
    return Problem(
        "unit_unknown",
        Severity.ERROR,
        f"Heading “{match.heading}” names the unit “{match.unit}”, which TracSeq does not convert. "
        f"Write {spec.label.lower()} in {ours}, or keep the column as a note.",
    )
