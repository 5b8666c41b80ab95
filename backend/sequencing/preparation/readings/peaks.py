"""A TapeStation's table of peaks. No I/O.

Headings as scripts of its users read them ("Well", "Sample Description", "Size [bp]",
"Calibrated Conc. [ng/µl]", "Peak Molarity [nmol/l]", "% Integrated Area", "Observations");
high-sensitivity tapes give pg/µl and pmol/l.
"""

from collections.abc import Sequence
from decimal import Decimal

from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import InstrumentFile
from backend.sequencing.preparation.readings import columns, numbers
from backend.sequencing.preparation.readings.collecting import Collected, Whose, without_repeats
from backend.sequencing.preparation.readings.model import FileRead, warning
from backend.sequencing.preparation.readings.tables import Heading, Row, find_table


def read_peaks(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return what a table of peaks holds: of each sample its largest peak that is no marker.

    None where the file is another's.
    """
    table = find_table(
        rows,
        decimal_comma=decimal_comma,
        is_head=lambda words: {"sample description", "size", "peak molarity"} <= words,
    )
    if table is None:
        return None
    found = Collected(decimal_comma)
    name, well = table.find("sample description"), table.find(*columns.WELLS)
    noted, area = table.find("observations"), table.find("% integrated area")
    by_sample: dict[tuple[str, str], list[Row]] = {}
    for row in table.rows:
        is_ladder = columns.is_standard(row.at(name))
        if not is_ladder and "marker" not in row.at(noted).casefold():
            by_sample.setdefault((row.at(well), row.at(name)), []).append(row)
    wanted = {
        Metric.CONCENTRATION: table.find("calibrated conc"),
        Metric.FRAGMENT_SIZE: table.find("size"),
        Metric.MOLARITY: table.find("peak molarity"),
    }
    for (at, named), peaks in by_sample.items():
        largest = max(peaks, key=lambda row: _size(row, area, found))
        whose = Whose(line=largest.line, well=at, name=named)
        if len(peaks) > 1:
            said = f"{whose.label} has {len(peaks)} peaks; that of line {largest.line} is taken."
            found.findings.append(warning(largest.line, "several_peaks", said))
        for metric, heading in wanted.items():
            if heading is not None:
                found.take(whose, metric, largest.at(heading), heading.unit)
    kept, repeats = without_repeats(found.readings)
    return FileRead(
        instrument=InstrumentFile.TAPESTATION_PEAKS,
        method="TapeStation",
        readings=tuple(sorted(kept, key=lambda each: each.line)),
        findings=tuple(sorted([*found.findings, *repeats], key=lambda each: each.line)),
    )


def _size(row: Row, heading: Heading | None, found: Collected) -> Decimal:
    text = row.at(heading)
    return numbers.read_number(text, decimal_comma=found.decimal_comma).value or Decimal(0)
