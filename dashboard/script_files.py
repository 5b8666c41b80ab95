"""The renderer's and the components' own scripts: public files, compressed once, kept by browsers.

They are the published packages' files and say nothing about the laboratory, so they answer without
a session (and without asking the database eight times a page); the sign-in page has the browser
fetch them while the person types.
"""

import gzip
import re
from functools import lru_cache

from flask import Flask, Response, request

PREFIX = "/_dash-component-suites/"
LONG = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
_FINGERPRINT = re.compile(r"\.v[\w]+m\d+\.")
"""Version and time of the file in its name: another file has another name."""
_SCRIPTS_KEPT = 64
_OK, _NOT_MODIFIED = 200, 304


def install(server: Flask) -> None:
    """Compress the scripts and say how long they may be kept."""
    server.after_request(_prepared)


def _prepared(response: Response) -> Response:
    if not request.path.startswith(PREFIX) or response.status_code not in {_OK, _NOT_MODIFIED}:
        return response
    known = _FINGERPRINT.search(request.path) is not None
    response.headers["Cache-Control"] = LONG if known else AN_HOUR
    sent = response.status_code == _NOT_MODIFIED or "Content-Encoding" in response.headers
    if sent or not request.accept_encodings.quality("gzip"):
        return response
    response.direct_passthrough = False
    response.set_data(_gzipped(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@lru_cache(maxsize=_SCRIPTS_KEPT)
def _gzipped(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)
