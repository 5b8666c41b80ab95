"""Bytes to readings, whichever instrument wrote them. Never raises. No I/O."""

from backend.sequencing.preparation.readings import bioanalyzer, fluorescence, peaks, plain_files
from backend.sequencing.preparation.readings.model import FileRead, Finding, error
from backend.sequencing.preparation.readings.tables import LARGEST_BYTES, lines_of
from backend.templates.reading import decode

_READERS = (
    bioanalyzer.read_bioanalyzer,
    plain_files.read_sequencescape,
    plain_files.read_regions,
    peaks.read_peaks,
    plain_files.read_qubit,
    plain_files.read_samples,
    fluorescence.read_fluorescence,
    plain_files.read_plate,
)
_BINARY = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")
"""How workbooks, PDFs and old workbooks begin."""
_NOTHING = "There is no reading in the file. Check that the export was finished."
_UNKNOWN = (
    "The file is none that is known here. Send a Qubit's, TapeStation's, Bioanalyzer's or plate "
    "reader's CSV; a plate needs the columns “Well” and “Concentration (ng/µL)”, or “Well”, "
    "“Content”, “Fluorescence” and the concentration of its standards."
)
_DECISIONS = (
    "The file is Sequencescape's QC report: decisions about samples, and nothing that was measured."
)


def read_file(content: bytes) -> FileRead:
    """Return what a file holds; what cannot be read is a finding by its line."""
    refusal = _no_text(content)
    if refusal is not None:
        return _refused(refusal)
    text, _, findings = decode.to_text(content)
    if text is None:
        return _refused(*(error(0, each.code, each.message) for each in findings))
    rows, decimal_comma = lines_of(text)
    if rows and rows[0].at(0).casefold() == "sequencescape qc report":
        return _refused(error(1, "file_decisions", _DECISIONS))
    readers = (read(rows, decimal_comma=decimal_comma) for read in _READERS)
    found = next((each for each in readers if each is not None), None)
    if found is None:
        return _refused(error(0, "file_unknown", _UNKNOWN))
    if not found.readings and not found.findings:
        return _refused(error(0, "no_readings", _NOTHING))
    return found


def _no_text(content: bytes) -> Finding | None:
    if len(content) > LARGEST_BYTES:
        size = f"{LARGEST_BYTES // 1_000_000} MB"
        return error(0, "file_large", f"The file is larger than {size}. Send one plate's.")
    if not content.strip():
        return error(0, "file_empty", "The file is empty. Check the export.")
    if content.startswith(_BINARY):
        return error(
            0, "file_not_text", "The file is no text. Export the instrument's results as CSV."
        )
    return None


def _refused(*findings: Finding) -> FileRead:
    return FileRead(instrument=None, method="", findings=findings)
