"""Bytes to text: encodings, byte-order marks, line ends, and files that are no text at all."""

from backend.templates.reading.values import Finding, Severity

# First bytes of files that people send instead of a sample list, and what to say about them.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (
        b"%PDF",
        "file_pdf",
        "The file is a PDF. Send the sample list as a spreadsheet, or the form as plain text.",
    ),
    (b"\x89PNG", "file_picture", "The file is a picture. Send the sample list as a spreadsheet."),
    (b"\xff\xd8\xff", "file_picture", "The file is a photo. Send the list as a spreadsheet."),
    (b"\x1f\x8b", "file_compressed", "The file is compressed (gzip). Unpack it and send it again."),
    (b"{\\rtf", "file_rich_text", "The file is rich text (.rtf). Save it as plain text (.txt)."),
)
ZIP_SIGNATURE = b"PK\x03\x04"


def refuse_signature(content: bytes) -> Finding | None:
    """Return why these bytes cannot be a sample list, or None if they may be one."""
    if not content.strip(b"\x00\t\n\r\x0b\x0c \xef\xbb\xbf"):
        return _refused("file_empty", "The file is empty. Check that the export was finished.")
    for signature, code, message in _SIGNATURES:
        if content.startswith(signature):
            return _refused(code, message)
    return None


def to_text(content: bytes) -> tuple[str | None, str, list[Finding]]:
    r"""Return (text, encoding, findings); text is None when the bytes are no text.

    Line ends are made ``\n``: Excel for Mac and some instruments still write a bare ``\r``.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decoded(content, encoding)
    if b"\x00" in content:
        return None, "binary", [_refused("file_not_text", _NOT_TEXT)]
    try:
        return _same_ends(content.decode("utf-8-sig")), "utf-8", []
    except UnicodeDecodeError as error:
        return _guessed(content, error.start)


_NOT_TEXT = (
    "The file holds bytes that are no text. Send the sample list as .csv or .xlsx, "
    "or the form as .txt."
)


def _decoded(content: bytes, encoding: str) -> tuple[str | None, str, list[Finding]]:
    try:
        return _same_ends(content.decode(encoding)), encoding, []
    except UnicodeDecodeError:
        return None, "binary", [_refused("file_not_text", _NOT_TEXT)]


def _guessed(content: bytes, bad_at: int) -> tuple[str | None, str, list[Finding]]:
    line = content.count(b"\n", 0, bad_at) + 1
    text = content.decode("cp1252", errors="replace")
    if "\ufffd" in text or _is_noise(text):
        return None, "binary", [_refused("file_not_text", _NOT_TEXT)]
    warning = Finding(
        code="encoding_guessed",
        severity=Severity.WARNING,
        message=(
            f"Line {line} is not UTF-8 text; the file was read as Windows-1252. "
            "Check names with accents and the signs µ and °."
        ),
        line=line,
    )
    return _same_ends(text), "windows-1252", [warning]


def _is_noise(text: str) -> bool:
    controls = sum(1 for char in text if char < " " and char not in "\t\n\r\f\v")
    return controls * 50 > len(text)


def _same_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refused(code: str, message: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, message=message)
