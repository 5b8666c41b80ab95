"""Keys of rows: UUID version 7, so that new rows land at the end of an index (RFC 9562)."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

_VERSION_7 = 0x7
_VARIANT_RFC = 0b10
_RANDOM_62 = (1 << 62) - 1
_RANDOM_74 = (1 << 74) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id() -> UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    return id_at(milliseconds, secrets.randbits(74))


def new_ids(count: int) -> list[UUID]:
    """Return UUIDv7s of this instant in rising order, so that a batch stands as it was given."""
    return [UUID(int=value) for value in _rising(count)]


def new_keys(count: int) -> list[str]:
    """Return what `new_ids` does as 32 hexadecimal digits each, for rows that are only written."""
    return [f"{value:032x}" for value in _rising(count)]


def id_at(milliseconds: int, randomness: int) -> UUID:
    """Return the UUIDv7 of an instant. ``randomness`` holds 74 bits; deterministic for seeds."""
    random_a = (randomness >> 62) & 0xFFF
    random_b = randomness & _RANDOM_62
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= _VERSION_7 << 76
    value |= random_a << 64
    value |= _VARIANT_RFC << 62
    value |= random_b
    return UUID(int=value)


def made_at(key: UUID) -> datetime:
    """Return the instant of a UUIDv7, to the millisecond: when its row was begun."""
    return _EPOCH + timedelta(milliseconds=key.int >> 80)


def _rising(count: int) -> list[int]:
    start = id_at(time.time_ns() // 1_000_000, 0).int
    drawn = secrets.token_bytes(10 * count)
    parts = sorted(
        int.from_bytes(drawn[at : at + 10]) & _RANDOM_74 for at in range(0, len(drawn), 10)
    )
    return [start | (bits >> 62) << 64 | bits & _RANDOM_62 for bits in parts]
