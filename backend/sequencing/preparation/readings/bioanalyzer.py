"""Results of a Bioanalyzer 2100: a section a sample, with its peaks and regions. No I/O.

The form is that of 2100 Expert B.02.08 as in Sequencescape's test file bioanalysis_qc_results.csv;
high-sensitivity chips give pg/µl and pmol/l, as the headings say.
"""

from collections.abc import Sequence
from decimal import Decimal

from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import InstrumentFile
from backend.sequencing.preparation.readings import numbers
from backend.sequencing.preparation.readings.collecting import Collected, Whose, without_repeats
from backend.sequencing.preparation.readings.model import FileRead, warning
from backend.sequencing.preparation.readings.tables import Heading, Row, headings_of

_MARKERS = ("lower marker", "upper marker")


def read_bioanalyzer(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return what a Bioanalyzer's results hold; None where the file is another's.

    A sample's region counts where somebody drew one, else its largest peak that is no marker. Of a
    region its share of the whole counts, too: what of the sample lies in range (Metric.IN_RANGE).
    """
    starts = [index for index, row in enumerate(rows) if row.at(0).casefold() == "sample name"]
    assay = any(row.at(0).casefold() in {"assay title", "assay name"} for row in rows[:40])
    if not starts or not assay:
        return None
    found = Collected(decimal_comma)
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        name = rows[start].at(1)
        if name.casefold() != "ladder":
            _take_sample(found, name, rows[start], rows[start + 1 : end])
    told = next((row for row in rows if row.at(0).casefold() == "number of samples run"), None)
    ran = told.at(1) if told else ""
    if ran.isdecimal() and int(ran) != len(starts):
        said = f"The chip ran {ran} samples and the file has {len(starts)}. Export all of them."
        found.findings.append(warning(told.line if told else 0, "samples_lacking", said))
    kept, repeats = without_repeats(found.readings)
    return FileRead(
        instrument=InstrumentFile.BIOANALYZER,
        method="Bioanalyzer",
        readings=tuple(kept),
        findings=tuple(sorted([*found.findings, *repeats], key=lambda each: each.line)),
    )


def _take_sample(found: Collected, name: str, head: Row, rows: Sequence[Row]) -> None:
    regions = _part(rows, "region table")
    peaks = _part(rows, "peak table")
    headings, lines = regions if regions[1] else peaks
    at = {heading.words: heading for heading in headings}
    noted = at.get("observations")
    lines = [row for row in lines if row.at(noted).casefold() not in _MARKERS]
    largest = max(lines, key=lambda row: _number(row, at.get("% of total"), found), default=None)
    if largest is None:
        said = f"{name} has neither a region nor a peak."
        found.findings.append(warning(head.line, "no_peak", said))
        return
    whose = Whose(line=largest.line, well="", name=name)
    if len(lines) > 1:
        what = "regions" if regions[1] else "peaks"
        said = f"{name} has {len(lines)} {what}; the largest, of line {largest.line}, is taken."
        found.findings.append(warning(largest.line, "several_peaks", said))
    columns = {
        Metric.CONCENTRATION: at.get("conc"),
        Metric.FRAGMENT_SIZE: at.get("average size") or at.get("size"),
        Metric.MOLARITY: at.get("molarity"),
    }
    for metric, heading in columns.items():
        if heading is not None:
            found.take(whose, metric, largest.at(heading), heading.unit)
    share = at.get("% of total")
    if regions[1] and share is not None:
        found.take(whose, Metric.IN_RANGE, largest.at(share), "%")


def _part(rows: Sequence[Row], title: str) -> tuple[tuple[Heading, ...], list[Row]]:
    """Return the headings of a part and its lines, up to the empty one that ends it."""
    start = next((i for i, row in enumerate(rows) if row.at(0).casefold() == title), None)
    if start is None or start + 1 >= len(rows):
        return (), []
    lines = []
    for row in rows[start + 2 :]:
        if not any(cell.strip() for cell in row.cells):
            break
        lines.append(row)
    return headings_of(rows[start + 1]), lines


def _number(row: Row, heading: Heading | None, found: Collected) -> Decimal:
    text = row.at(heading)
    return numbers.read_number(text, decimal_comma=found.decimal_comma).value or Decimal(0)
