"""A file as an answer of the server."""

from flask import Response

from backend.core.file_headers import file_headers

UNKNOWN = "application/octet-stream"
"""The type of what people sent: whatever it claims to be, the browser only saves it."""


def handed_out(content: bytes, media_type: str, file_name: str) -> Response:
    """Return a file that the browser saves and never keeps a copy of."""
    return Response(content, headers=file_headers(media_type, file_name))
