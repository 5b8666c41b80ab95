"""Files of one table: Qubit, TapeStation, plate readers and Sequencescape's. No I/O.

Sources of the formats:
- Qubit 3, 4 and Flex: headings as read by Benchling's allotropy (parsers thermo_fisher_qubit4 and
  thermo_fisher_qubit_flex) and as in files of the Roberts Lab (project-gigas-carryover,
  lifestage_carryover/data/qubit): "Test Name" or "Sample Name", "Original sample conc." with its
  unit in the next column, or in one that names it.
- TapeStation compact region table: mll-lab/php-utils (TapeStation/CompactRegionTableParser) with
  comma or semicolon, a broken µ, Windows-1252 and UTF-16; high-sensitivity assays in pg/µl and
  pmol/l. Sample table: heading names as matched by its users' scripts ("Well", "Conc. [ng/µl]",
  "Sample Description", "RINe", "DIN").
- Plate reader of Sequencescape: its test file quant_test_example.csv (BMG Omega, DNA QuantIT).
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import InstrumentFile
from backend.sequencing.preparation.readings import columns, numbers
from backend.sequencing.preparation.readings.collecting import (
    Collected,
    Whose,
    without_repeats,
)
from backend.sequencing.preparation.readings.model import (
    FileRead,
    Finding,
    Reading,
    Standard,
    error,
    warning,
)
from backend.sequencing.preparation.readings.tables import Heading, Row, Table, find_table


def read_qubit(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return what a Qubit's export holds; None where it is another's."""
    table = find_table(
        rows,
        decimal_comma=decimal_comma,
        is_head=lambda words: any(
            word.startswith(("original sample conc", "qubit tube conc")) for word in words
        ),
    )
    if table is None:
        return None
    found = Collected(decimal_comma)
    column = table.find("original sample conc")
    if column is None:
        said = (
            "There is no column “Original sample conc.”. Export it with the dilution reckoned in."
        )
        found.findings.append(error(0, "no_concentration", said))
        return _done(InstrumentFile.QUBIT, "Qubit", found)
    name, well = table.find(*columns.NAMES), table.find(*columns.WELLS)
    unit = _unit_column(table, column)
    for row in table.rows:
        whose = columns.whose(row, name, well)
        in_cell = row.at(unit) if unit else column.unit
        found.take(whose, Metric.CONCENTRATION, row.at(column), in_cell)
    return _done(InstrumentFile.QUBIT, "Qubit", found)


def read_regions(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return what a TapeStation's compact region table holds; of several regions the largest.

    Its share of the whole is what of the sample lies in range (Metric.IN_RANGE).

    A region that its comment calls an adapter or dimer gives the share of adapter dimers, by
    molarity; it is never the library itself.
    """
    table = find_table(
        rows,
        decimal_comma=decimal_comma,
        is_head=lambda words: {"average size", "region molarity"} <= words,
    )
    if table is None:
        return None
    found = Collected(decimal_comma)
    name, well = table.find("sample description"), table.find(*columns.WELLS)
    by_sample: dict[tuple[str, str], list[Row]] = {}
    for row in table.rows:
        by_sample.setdefault((row.at(well), row.at(name)), []).append(row)
    for (at, named), alike in by_sample.items():
        _take_regions(found, table, at, named, alike)
    return _done(InstrumentFile.TAPESTATION_REGIONS, "TapeStation", found)


def read_samples(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return what a TapeStation's sample table holds: concentration, and RIN or DIN."""
    table = find_table(
        rows,
        decimal_comma=decimal_comma,
        is_head=lambda words: (
            "sample description" in words
            and bool(words & {"rine", "din", "alert"})
            and bool(words & set(columns.WELLS))
        ),
    )
    if table is None:
        return None
    found = Collected(decimal_comma)
    name, well = table.find("sample description"), table.find(*columns.WELLS)
    wanted = {
        Metric.CONCENTRATION: table.find("conc", "sample concentration", "concentration"),
        Metric.RIN: table.find("rine"),
        Metric.DIN: table.find("din"),
        Metric.DV200: table.find("dv200"),
    }
    for row in table.rows:
        whose = columns.whose(row, name, well)
        if columns.is_standard(whose.name):
            continue
        for metric, heading in wanted.items():
            if heading is not None:
                found.take(whose, metric, row.at(heading), heading.unit)
    return _done(InstrumentFile.TAPESTATION_SAMPLES, "TapeStation", found)


def read_sequencescape(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return what Sequencescape's quantification file holds.

    Its lines are replicates; those with a "Well Location" carry the concentration that counts.
    """
    table = find_table(
        rows,
        decimal_comma=decimal_comma,
        is_head=lambda words: {"well location", "concentration", "well row", "well col"} <= words,
    )
    if table is None:
        return None
    found = Collected(decimal_comma)
    well, column = table.find("well location"), table.find("concentration")
    content, row_at, col_at = table.find("content"), table.find("well row"), table.find("well col")
    last = table.headings[-1]
    standards = []
    for row in table.rows:
        said = row.at(content)
        if columns.is_standard(said):
            at = f"{row.at(row_at)}{row.at(col_at)}"
            standards.append(_standard(row, said, at, last, found))
        elif well and column and row.at(well):
            whose = Whose(line=row.line, well=row.at(well), name="")
            # The unit stands in the heading of the readings that the mean is made of.
            found.take(
                whose, Metric.CONCENTRATION, row.at(column), columns.unit_in(last) or "ng/ul"
            )
    read = _done(InstrumentFile.SEQUENCESCAPE_QUANT, "Plate reader", found)
    return _with_standards(read, standards)


def read_plate(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return what a plate reader's table of wells and concentrations holds, and its standards."""
    table = find_table(
        rows,
        decimal_comma=decimal_comma,
        is_head=lambda words: (
            bool(words & set(columns.WELLS))
            and any(word.startswith(columns.CONCENTRATIONS) for word in words)
        ),
    )
    if table is None:
        return None
    found = Collected(decimal_comma)
    well = table.find(*columns.WELLS)
    column = table.find(*columns.CONCENTRATIONS) or table.starting(*columns.CONCENTRATIONS)
    kind, name = table.find(*columns.KINDS), table.find(*columns.NAMES)
    standards = []
    for row in table.rows:
        whose = columns.whose(row, name, well)
        said = next((each for each in (row.at(kind), whose.name) if columns.is_standard(each)), "")
        if said and column:
            standards.append(_standard(row, said, whose.well, column, found))
        elif column:
            unit = columns.unit_in(column)
            metric = columns.measure_of(unit) or Metric.CONCENTRATION
            found.take(whose, metric, row.at(column), unit)
    return _with_standards(_done(InstrumentFile.PLATE_READER, "Plate reader", found), standards)


def _take_regions(
    found: Collected, table: Table, well: str, name: str, alike: Sequence[Row]
) -> None:
    comment, molarity = table.find("region comment"), table.find("region molarity")
    wanted = {
        Metric.CONCENTRATION: table.find("conc"),
        Metric.FRAGMENT_SIZE: table.find("average size"),
        Metric.MOLARITY: molarity,
    }
    dimers = [
        row
        for row in alike
        if any(word in row.at(comment).casefold() for word in ("adapter", "dimer"))
    ]
    regions = [row for row in alike if row not in dimers]
    share = table.find("% of total")
    largest = max(regions, key=lambda row: _size(row, share, found), default=None)
    if largest is None:
        return
    whose = Whose(line=largest.line, well=well, name=name)
    if len(regions) > 1:
        said = f"{whose.label} has {len(regions)} regions; the one of line {largest.line} is taken."
        found.findings.append(warning(largest.line, "several_regions", said))
    for metric, heading in wanted.items():
        if heading is not None:
            found.take(whose, metric, largest.at(heading), heading.unit)
    if share is not None:
        found.take(whose, Metric.IN_RANGE, largest.at(share), "%")
    whole = sum((_size(row, molarity, found) for row in alike), Decimal(0))
    if dimers and whole > 0:
        part = sum((_size(row, molarity, found) for row in dimers), Decimal(0)) / whole * 100
        found.take(whose, Metric.ADAPTER_DIMER, str(part.quantize(Decimal("0.01"))), "%")


def _size(row: Row, heading: Heading | None, found: Collected) -> Decimal:
    text = row.at(heading)
    return numbers.read_number(text, decimal_comma=found.decimal_comma).value or Decimal(0)


def _unit_column(table: Table, column: Heading) -> Heading | None:
    named = table.find("original sample conc units", "units original sample conc")
    if named is not None:
        return named
    beside = (each for each in table.headings if each.column == column.column + 1)
    return next((each for each in beside if "unit" in each.words), None)


def _standard(row: Row, said: str, well: str, column: Heading, found: Collected) -> Standard:
    value = numbers.read_number(row.at(column), decimal_comma=found.decimal_comma).value
    return Standard(line=row.line, name=said, well=well, value=value)


def _with_standards(read: FileRead, standards: Iterable[Standard]) -> FileRead:
    return FileRead(
        instrument=read.instrument,
        method=read.method,
        readings=read.readings,
        standards=tuple(standards),
        findings=read.findings,
    )


def _done(instrument: InstrumentFile, method: str, found: Collected) -> FileRead:
    kept, repeats = without_repeats(found.readings)
    findings: list[Finding] = [*found.findings, *repeats]
    readings: list[Reading] = sorted(kept, key=lambda each: each.line)
    return FileRead(
        instrument=instrument,
        method=method,
        readings=tuple(readings),
        findings=tuple(sorted(findings, key=lambda each: each.line)),
    )
