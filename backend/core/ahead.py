"""Making the next thing while the last one is being used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Made = TypeVar("Made")


def one_ahead(making: Iterator[Made]) -> Iterator[Made]:
    """Yield what ``making`` yields, each next one made by a thread while the caller has the last.

    While the caller waits for the database the thread computes. ``making`` must touch nothing
    that the caller uses meanwhile, a database session least of all. At most two are in memory.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as one:
        coming = one.submit(_next_of, making)
        while made := coming.result():
            coming = one.submit(_next_of, making)
            yield made[0]


def _next_of(making: Iterator[Made]) -> tuple[Made, ...]:
    """Return the next thing as a tuple of one, none at the end."""
    return tuple(islice(making, 1))
