"""What a browser is told of a file that is handed out: it runs nothing of it and guesses nothing.

    file_headers("text/csv", "samples.csv")

Every door that hands out files, of the dashboard and of the API, takes its headers from here.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

# Should a file be opened as a page all the same, it has no origin, no script and nothing to load.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_PLAIN = re.compile(r"[A-Za-z0-9._-]+\Z")


def file_headers(media_type: str, file_name: str, *, inline: bool = False) -> Mapping[str, str]:
    """Return the headers of a file's answer; ``inline`` is for what we draw ourselves only."""
    return {
        "Content-Type": media_type,
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; {_named(file_name)}",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _named(file_name: str) -> str:
    """Write a name so that nothing can leave the header (RFC 6266 4.3 with RFC 8187)."""
    if _PLAIN.match(file_name):
        return f'filename="{file_name}"'
    return f"filename*=UTF-8''{quote(file_name, safe='')}"
