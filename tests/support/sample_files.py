"""Sample lists and submission forms made for the tests, with the traits of real ones."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook

from backend.templates.adapters.files import read_file
from backend.templates.reading.batch import Batch, Checked, Options, make_batch
from backend.templates.reading.check import check
from backend.templates.reading.headings import match_columns
from backend.templates.reading.values import FileReading, Finding

TODAY = date(2026, 11, 23)

# The trait: identifiers without a barcode column, millilitres, a temperature with its sign, a
# score that does not say which, names with titles, notes.
HEADINGS = (
    "Sample_ID",
    "Patient_ID",
    "Sample_Type",
    "Collection_Date",
    "Submitter",
    "Department",
    "Priority",
    "Analysis_Type",
    "Storage_Temp",
    "Volume_mL",
    "Concentration_ng_uL",
    "Quality_Score",
    "Notes",
)
_ROW = {
    "Sample_ID": "GEN26{number:04d}",
    "Patient_ID": "P{number:05d}",
    "Sample_Type": "Blood",
    "Collection_Date": "2026-01-15",
    "Submitter": "Dr. Okoye",
    "Department": "Oncology",
    "Priority": "High",
    "Analysis_Type": "WGS",
    "Storage_Temp": "-80°C",
    "Volume_mL": "2.5",
    "Concentration_ng_uL": "250.5",
    "Quality_Score": "8.2",
    "Notes": "Handle with care",
}


def manifest_rows(
    count: int = 4, changes: Mapping[int, Mapping[str, str]] | None = None
) -> list[list[str]]:
    """Return headings and ``count`` good rows; ``changes[i]`` rewrites cells of row i, from 0."""
    rows = [list(HEADINGS)]
    for number in range(count):
        cells = {heading: text.format(number=number + 1) for heading, text in _ROW.items()}
        cells.update((changes or {}).get(number, {}))
        rows.append([cells[heading] for heading in HEADINGS])
    return rows


def as_csv(rows: Sequence[Sequence[str]], separator: str = ",", line_end: str = "\n") -> bytes:
    """Return rows as separated text; cells that hold the separator are quoted."""
    lines = []
    for row in rows:
        cells = [f'"{cell}"' if separator in cell or "\n" in cell else cell for cell in row]
        lines.append(separator.join(cells))
    return (line_end.join(lines) + line_end).encode()


def manifest(count: int = 4, changes: Mapping[int, Mapping[str, str]] | None = None) -> bytes:
    """Return a good manifest as CSV, some of its cells rewritten."""
    return as_csv(manifest_rows(count, changes))


def workbook(rows: Sequence[Sequence[object]]) -> Workbook:
    """Return an open workbook with the rows in its first sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    return book


def as_bytes(book: Workbook) -> bytes:
    """Return the workbook as a file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_BLOCK = """
Sample {number}:
- Sample Name: LUN-{short}-Tumor
- Sample ID: BIO-2026-{short}
- Barcode: LUN2600{number:02d}
- Sample Type: Tumor tissue
- Location: Freezer C, Rack 2, Position {position}
- Volume: 50 \u03bcL
- Concentration: {concentration} ng/\u03bcL
- 260/280 Ratio: 1.9{number}
- 260/230 Ratio: 2.0{number}
- RIN Score: 8.{number}
- Collection Date: 2026-02-1{number}
- Processing Date: 2026-02-2{number}
"""
_FORM = """Laboratory Sample Submission Form
Date: February 25, 2026

==================================================
ADMINISTRATIVE INFORMATION
==================================================

Submitter Information:
- First Name: Dr. Ada
- Last Name: Okoye
- Project ID: BIO-2026

==================================================
SOURCE MATERIAL
==================================================

Sample Origin:
- Source Organism: Homo sapiens
- Collection Date: February 10, 2026
- Storage Conditions: -80\u00b0C freezer

Patient Information:
- Patient ID: PT-0042
- Gender: Female

==================================================
POOLING
==================================================

Pooling Strategy:
- Samples in Pool: LUN-T1, LUN-T2
- Barcode Sequences:
  * LUN-T1: AGTCACTA-TACTCCTT
  * LUN-T2: ATGTCAGA-AAGACGAG

Library Details:
- Library Concentration: 2.5 nM

Container Information:
- Container Type: 1.5mL tubes
- Sample Concentration: 150 ng/\u03bcL
- Storage Temperature: -20\u00b0C for short-term, -80\u00b0C for long-term
"""


def form(blocks: str | None = None) -> bytes:
    """Return a submission form of two samples, or with other sample blocks."""
    if blocks is None:
        blocks = _BLOCK.format(number=1, short="T1", position="A1", concentration=145)
        blocks += _BLOCK.format(number=2, short="T2", position="A2", concentration=152)
    return (_FORM + blocks).encode()


@dataclass(frozen=True)
class Outcome:
    """A file read and checked without a database."""

    reading: FileReading
    batch: Batch | None
    checked: Checked | None

    @property
    def findings(self) -> list[Finding]:
        """Every finding: about the file, its columns and its cells."""
        found = list(self.reading.findings)
        if self.checked is not None:
            found += self.checked.column_findings
            found += self.checked.findings.every()
        return found

    def only(self, code: str) -> Finding:
        """Return the one finding of a code; the test fails when there is another number."""
        found = [finding for finding in self.findings if finding.code == code]
        assert len(found) == 1, (code, [f.code for f in self.findings])
        return found[0]

    def value(self, field: str, row: int = 0) -> object:
        """Return the value a row holds for a field."""
        assert self.checked is not None
        return next(values[row] for key, values in self.checked.values.items() if key == field)

    def states(self) -> list[str]:
        """Return the rows' states, in order."""
        assert self.checked is not None
        return [state.value for state in self.checked.states]


def examine(content: bytes, remembered: Mapping[str, str] | None = None) -> Outcome:
    """Read and check a file as the import does, up to the questions only a database answers."""
    reading = read_file(content)
    if reading.table is None:
        return Outcome(reading, None, None)
    batch = make_batch(reading.table, match_columns(reading.table.headings, remembered or {}))
    options = Options(
        today=TODAY,
        decimal_comma=reading.decimal_comma,
        convert_units=reading.dialect == "form",
    )
    return Outcome(reading, batch, check(batch, options))
