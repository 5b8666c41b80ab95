"""One door for every file a person drops: text, form or workbook."""

from collections.abc import Mapping

from backend.templates.adapters.lean_workbook import OLE_SIGNATURE, read_old_workbook
from backend.templates.adapters.workbook import read_workbook
from backend.templates.reading.decode import ZIP_SIGNATURE
from backend.templates.reading.headings import NOTHING_SAID
from backend.templates.reading.text_file import read_text_file, refused
from backend.templates.reading.values import FileReading

LARGEST_FILE_BYTES = 20_000_000


def read_file(content: bytes, said: Mapping[str, str] = NOTHING_SAID) -> FileReading:
    """Return what the file holds. Never raises: what cannot be read is a finding.

    ``said`` is what a template says of headings. Workbooks too large or too old for their formats
    to be read must have a heading that is known without it.
    """
    if len(content) > LARGEST_FILE_BYTES:
        return refused(
            "file_too_large",
            f"The file has {len(content) / 1e6:,.0f} MB. "
            f"Split it into files of {LARGEST_FILE_BYTES / 1e6:.0f} MB or less.",
        )
    if content.startswith(OLE_SIGNATURE):
        return read_old_workbook(content)
    if content.startswith(ZIP_SIGNATURE):
        return read_workbook(content, said)
    return read_text_file(content, said)
