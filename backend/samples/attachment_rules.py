"""What may be attached to a sample: a file's content says what it is, its name must agree. Pure."""

import codecs
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping

MOST_BYTES = 20_000_000
MOST_FILES = 50
"""Of one sample; more is a folder, which belongs on a file server."""
ALLOWED = "PDF, PNG, JPEG, TIFF, CSV or text, Excel (.xlsx) or Word (.docx)"

_LONGEST_NAME = 200
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "PDF": (".pdf",),
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg"),
    "TIFF": (".tif", ".tiff"),
    "Excel": (".xlsx",),
    "Word": (".docx",),
    "Text": (".txt", ".csv", ".tsv", ".eml"),
}
ENDINGS = tuple(ending for endings in _ENDINGS.values() for ending in endings)

# First bytes: ISO 32000-1 7.5.2, W3C PNG 5.2, ITU T.81 B.1.1.3 with a marker after it, TIFF 6.0
# section 2 (both byte orders).
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
_ZIP = b"PK\x03\x04"
_PARTS = (("xl/workbook.xml", "Excel"), ("word/document.xml", "Word"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|script|svg|\?xml)\b", re.IGNORECASE)
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def format_of(content: bytes) -> str | None:
    """Return what the bytes are, such as ``PDF``; None for what may not be attached."""
    for start, name in _STARTS:
        if content.startswith(start):
            return name
    if content.startswith(_ZIP):
        return _office_format(content)
    return "Text" if _is_plain_text(content) else None


def fault_of(file_name: str, content: bytes) -> str | None:
    """Return why a file may not be attached, in a sentence that says what to do; None if it may."""
    if not content:
        return f"“{file_name}” is empty. Choose the file again."
    if len(content) > MOST_BYTES:
        return (
            f"“{file_name}” has {len(content) / 1e6:.1f} MB; at most {MOST_BYTES // 1_000_000} MB "
            "can be attached. Make it smaller, or scan it with fewer dots."
        )
    found = format_of(content)
    if found is None:
        return f"What is in “{file_name}” cannot be attached. Send it as {ALLOWED}."
    if not file_name.lower().endswith(_ENDINGS[found]):
        endings = " or ".join(_ENDINGS[found])
        return (
            f"“{file_name}” holds {found} and is named otherwise. Check that it is the file that "
            f"you mean, and let its name end in {endings}."
        )
    return None


def tidy_name(file_name: str) -> str:
    """Return a file's own name: no folder, nothing invisible, at most 200 characters."""
    last = re.split(r"[\\/]", file_name)[-1]
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in last)
    name = " ".join(seen.split()).strip(". ") or "file"
    stem, dot, ending = name.rpartition(".")
    if len(name) <= _LONGEST_NAME or not dot:
        return name[:_LONGEST_NAME]
    return f"{stem[: max(_LONGEST_NAME - len(ending) - 1, 1)]}.{ending}"[:_LONGEST_NAME]


def _office_format(content: bytes) -> str | None:
    """Return the format of a workbook or a letter; one that carries macros is neither."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((found for part, found in _PARTS if part in names), None)


def _is_plain_text(content: bytes) -> bool:
    """Tell whether the bytes are text, and no page that a browser would draw or run."""
    text = _decoded(content)
    return text is not None and not _CONTROLS.search(text) and not _MARKUP.match(text)


def _decoded(content: bytes) -> str | None:
    # Instruments and mail programs write UTF-8, UTF-16 with its mark, or Windows-1252.
    encodings = ("utf-16",) if content.startswith(_BYTE_ORDER_MARKS) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
