"""Which hasher of passwords the program uses during a test."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from backend.auth import passwords
from tests.factories import people

PRODUCT_HASHER = passwords._HASHER


@contextmanager
def hashing(hasher: PasswordHasher) -> Iterator[None]:
    """Hash and verify with ``hasher``; hashes kept from before are forgotten on both sides."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(passwords, "_HASHER", hasher)
        _forget_hashes()
        yield
    _forget_hashes()


def _forget_hashes() -> None:
    passwords._dummy.cache_clear()
    people._hash.cache_clear()
