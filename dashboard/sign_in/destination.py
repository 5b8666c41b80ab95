"""Where to go after sign-in: a page of this laboratory, never another site."""

import re
from urllib.parse import unquote, urlsplit

HOME = "/"
_DECODINGS = 3
# A browser reads a backslash as a slash and drops tab, CR and LF: "/\t/evil" is "//evil".
_FORBIDDEN = re.compile(r"[\\\x00-\x20\x7f]")


def safe_destination(wanted: str) -> str:
    """Return ``wanted`` when it is a path on this site, else the overview.

    The check holds for the text as sent and after one and two more URL decodings, because
    proxies and browsers differ in how often they decode.
    """
    decoded = wanted
    for _ in range(_DECODINGS):
        if not _is_local_path(decoded):
            return HOME
        decoded = unquote(decoded)
    return wanted


def _is_local_path(address: str) -> bool:
    if not address.startswith("/") or address.startswith("//") or _FORBIDDEN.search(address):
        return False
    parts = urlsplit(address)
    return (
        not parts.scheme and not parts.netloc and not parts.path.startswith(("/login", "/logout"))
    )
