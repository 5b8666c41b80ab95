"""Passwords are hashed here as the product does it."""

from collections.abc import Iterator

import pytest

from tests.support.hashing import PRODUCT_HASHER, hashing


@pytest.fixture(autouse=True, scope="module")
def _product_passwords() -> Iterator[None]:
    with hashing(PRODUCT_HASHER):
        yield
