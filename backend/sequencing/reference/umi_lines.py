"""UMIs of a kit as people write them, one a line: form and terminal read them alike. No I/O."""

import re
from collections.abc import Iterable

from backend.sequencing.reference.errors import ReferenceRefused
from backend.sequencing.sheets.layouts import UmiRead

_UMI = re.compile(
    r"^(read|index)\s*([12])\s*:\s*(?:N(\d{1,2}))?U(\d{1,2})(?:N(\d{1,2}))?(\s+before)?$",
    re.IGNORECASE,
)
"""Such as ``read 1: U7N1``, ``index 1: U9`` or ``index 1: U8 before``."""


def umis_in(lines: Iterable[str]) -> list[dict[str, object]]:
    """Return the UMIs of several lines; empty ones are passed over.

    Raises:
        ReferenceRefused: a line that is none, by its number.
    """
    found = []
    for number, written in enumerate(lines, 1):
        if not written.strip():
            continue
        match = _UMI.match(written.strip())
        if match is None:
            said = f"Line {number} cannot be read. Write it like read 1: U7N1, or index 1: U9."
            raise ReferenceRefused({"umis": said})
        found.append(_umi_of(match))
    return found


def _umi_of(match: re.Match[str]) -> dict[str, object]:
    """Return the fields of `content.UmiContent` that a line of that form names."""
    return {
        "read": UmiRead(f"{match[1].casefold()}{match[2]}").value,
        "skipped_before": match[3] or "0",
        "length": match[4],
        "skipped_after": match[5] or "0",
        "before_index": bool(match[6]),
    }
