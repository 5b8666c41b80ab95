"""Keyset pages: the cursor is the last row's key, so page 20,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from backend.core.errors import InvalidInput

MAX_PAGE_SIZE = 200

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows and the cursor of the next ones, None at the end."""

    items: Sequence[Row]
    next_cursor: str | None


def checked_limit(limit: int) -> int:
    """Return ``limit``.

    Raises:
        InvalidInput: outside 1 to MAX_PAGE_SIZE.
    """
    if not 1 <= limit <= MAX_PAGE_SIZE:
        raise InvalidInput(
            f"A page holds 1 to {MAX_PAGE_SIZE} rows; {limit} were asked for.",
            fields={"limit": f"Choose 1 to {MAX_PAGE_SIZE}."},
        )
    return limit


def encode_cursor(*key: str) -> str:
    """Return an opaque cursor of a row's sort key, as texts."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str]:
    """Return the ``length`` texts of a cursor.

    Raises:
        InvalidInput: not a cursor of ours.
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("The cursor is not one of ours. Start at the first page.") from error
    if not isinstance(key, list) or len(key) != length or not all(isinstance(x, str) for x in key):
        raise InvalidInput("The cursor is of another list. Start at the first page.")
    return key


def encode_moment(at: datetime, key: UUID) -> str:
    """Return the cursor of a row in a list by time: the instant, then the key that parts ties."""
    return encode_cursor(at.isoformat(), str(key))


def decode_moment(cursor: str) -> tuple[datetime, UUID]:
    """Return the instant and key of a cursor.

    Raises:
        InvalidInput: not a cursor of ours.
    """
    at, key = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(key)
    except ValueError as error:
        raise InvalidInput("The cursor is not one of ours. Start at the first page.") from error
