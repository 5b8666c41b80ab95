"""One door for every file a person drops: text, form or workbook."""

from backend.templates.adapters.lean_workbook import OLE_SIGNATURE, read_old_workbook
from backend.templates.adapters.workbook import read_workbook
from backend.templates.reading.decode import ZIP_SIGNATURE
from backend.templates.reading.text_file import read_text_file, refused
from backend.templates.reading.values import FileReading

LARGEST_FILE_BYTES = 20_000_000


def read_file(content: bytes) -> FileReading:
    """Return what the file holds. Never raises: what cannot be read is a finding."""
    if len(content) > LARGEST_FILE_BYTES:
        return refused(
            "file_too_large",
            f"The file has {len(content) / 1e6:,.0f} MB. "
            f"Split it into files of {LARGEST_FILE_BYTES / 1e6:.0f} MB or less.",
        )
    if content.startswith(OLE_SIGNATURE):
        return read_old_workbook(content)
    if content.startswith(ZIP_SIGNATURE):
        return read_workbook(content)
    return read_text_file(content)
