"""A text file to a table: spreadsheet text or a submission form, whichever it is."""

from collections.abc import Mapping

from backend.documents.forms import looks_like_form, read_form
from backend.templates.reading import decode, delimited, forms, sheet
from backend.templates.reading.headings import NOTHING_SAID
from backend.templates.reading.values import FORM, FileReading, Finding, Severity

_FEWEST_HEADINGS = 2


def read_text_file(content: bytes, said: Mapping[str, str] = NOTHING_SAID) -> FileReading:
    """Return what a text file holds. Never raises; what cannot be read is a finding."""
    refusal = decode.refuse_signature(content)
    if refusal is not None:
        return FileReading("unknown", None, (refusal,))
    text, encoding, findings = decode.to_text(content)
    if text is None:
        return FileReading("unknown", None, tuple(findings))
    delimiter, headings = delimited.find_delimiter(text)
    # A form's prose has commas too; only a row of several known headings makes it a table.
    if headings < _FEWEST_HEADINGS and looks_like_form(text):
        table, about = forms.to_table(read_form(text))
        return FileReading(FORM, table, (*findings, *about), details={"encoding": encoding})
    return _read_delimited(text, delimiter, encoding, findings, said)


def _read_delimited(
    text: str,
    delimiter: str | None,
    encoding: str,
    findings: list[Finding],
    said: Mapping[str, str],
) -> FileReading:
    if delimiter is None:
        # One column, or prose: a comma is as good as any, and sheet says what is missing.
        delimiter = ","
    name = delimited.NAMES[delimiter]
    details = {"encoding": encoding, "separator": name}
    refusal = delimited.find_open_quote(text, delimiter)
    if refusal is not None:
        return FileReading(f"{name} separated", None, (*findings, refusal), details=details)
    table, about = sheet.to_table(delimited.read_rows(text, delimiter), said)
    return FileReading(
        f"{name} separated",
        table,
        (*findings, *about),
        # Where the comma is no separator, it is the decimal sign of continental Europe.
        decimal_comma=delimiter in ";\t",
        details=details,
    )


def refused(code: str, message: str) -> FileReading:
    """Return a reading that is nothing but a refusal."""
    return FileReading("unknown", None, (Finding(code, Severity.ERROR, message),))
