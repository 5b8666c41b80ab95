"""Hashing of passwords: Argon2id, a few at a time, because each one takes 46 MiB."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.core.errors import Unavailable

_HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
"""OWASP Password Storage: Argon2id with m = 46 MiB, t = 1, p = 1."""

_AT_ONCE = 4
_LONGEST_WAIT_S = 10.0
_places = threading.BoundedSemaphore(_AT_ONCE)


def hash_password(password: str) -> str:
    """Return the hash, with its parameters and a random salt inside."""
    with _place():
        return _HASHER.hash(password)


def verifies(stored: str | None, password: str) -> bool:
    """Say whether a password fits. Without a stored hash it takes the same time and is False."""
    with _place():
        try:
            _HASHER.verify(stored if stored is not None else _dummy(), password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Say whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Return the case-folded passwords that are tried first."""
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.casefold() for line in text.split() if line)


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _HASHER.hash("no one has this password")


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=_LONGEST_WAIT_S):
        raise Unavailable("Many people are signing in at this moment. Try again in a minute.")
    try:
        yield
    finally:
        _places.release()
