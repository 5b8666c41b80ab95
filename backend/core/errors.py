"""Errors by what the caller can do.

    AppError
    ├── InvalidInput       correct the named fields and send again
    ├── NotFound           absent, or not visible to you
    ├── PermissionDenied   ask for the role
    ├── Conflict           somebody or something was there first; look again
    ├── LimitReached       wait, or ask for less
    └── Unavailable        a part is down; the only kind that is retried

Everything else that is raised is a defect.
"""

from collections.abc import Mapping
from types import MappingProxyType


class AppError(Exception):
    """A refusal with a sentence for a person: what, which, what to do."""

    code = "error"
    status = 400

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: Mapping[str, str] = MappingProxyType(dict(fields or {}))


class InvalidInput(AppError):
    """Correct the named fields."""

    code = "invalid_input"
    status = 422


class NotFound(AppError):
    """Absent or invisible: the two are told apart nowhere."""

    code = "not_found"
    status = 404


class PermissionDenied(AppError):
    """The principal lacks a permission."""

    code = "permission_denied"
    status = 403


class Conflict(AppError):
    """The world has moved on since the caller looked."""

    code = "conflict"
    status = 409


class LimitReached(AppError):
    """Too much or too often."""

    code = "limit_reached"
    status = 429


class Unavailable(AppError):
    """A dependency is down; the caller may try again."""

    code = "unavailable"
    status = 503


class NotNow(Unavailable):
    """Nothing was tried, or nothing that counts as an attempt; again in ``retry_in_s`` seconds."""

    def __init__(self, message: str, *, retry_in_s: float) -> None:
        super().__init__(message)
        self.retry_in_s = retry_in_s
