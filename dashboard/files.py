"""A file as an answer of the server."""

from typing import IO

from flask import Response

from backend.core.file_headers import file_headers
from backend.core.sent_files import SentFile

UNKNOWN = "application/octet-stream"
"""The type of what people sent: whatever it claims to be, the browser only saves it."""


def handed_out(content: bytes | IO[bytes], media_type: str, file_name: str) -> Response:
    """Return a file that the browser saves and never keeps a copy of.

    An open one is sent piece by piece and then closed.
    """
    sent = content if isinstance(content, bytes) else SentFile(content)
    return Response(sent, headers=file_headers(media_type, file_name))
