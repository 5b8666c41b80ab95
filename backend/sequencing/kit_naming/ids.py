"""How the kit of a library is known."""

from enum import StrEnum


class KitSource(StrEnum):
    """Who says with which kit a library was made; the first that says anything counts."""

    WORKSHEET = "worksheet"
    """The worksheet that it was made on."""
    BY_HAND = "by_hand"
    """A person named it."""
    GUESSED = "guessed"
    """Its index pair: the kits on offer that have it record the same."""
