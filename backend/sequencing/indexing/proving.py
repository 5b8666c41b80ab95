"""Whether a kit holds a set whose indexes are further apart than a set that was found. No I/O.

Sets in which any two differ by some number of bases are cliques of the graph of such pairs. The
search is Tomita and Kameda's branch and bound (2007, doi:10.1007/s10898-006-9039-7): what can be
coloured with fewer colours than indexes are still wanted holds no such clique, as no two of one
colour are in one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_STEPS = 30_000
"""Branches that are looked at: about a second, for somebody waits for the answer."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A set that was looked for; without one, ``exhausted`` says that there is none."""

    found: tuple[int, ...] | None
    exhausted: bool


def seek(
    apart: np.ndarray,
    least: int,
    count: int,
    accept: Callable[[tuple[int, ...]], bool],
    *,
    most_steps: int = MOST_STEPS,
) -> Sought:
    """Return a set of ``count`` places, any two at least ``least`` apart, that is accepted.

    ``apart`` has shape (n, n), symmetric; its diagonal does not count. The same question gives the
    same answer.
    """
    search = _Search(apart >= least, count, accept, most_steps)
    found = search.expand((), (1 << len(apart)) - 1)
    return Sought(found, exhausted=found is None and search.left > 0)


class _Search:
    def __init__(
        self,
        beside: np.ndarray,
        count: int,
        accept: Callable[[tuple[int, ...]], bool],
        most_steps: int,
    ) -> None:
        self._beside = [
            sum(1 << int(other) for other in np.flatnonzero(row) if other != place)
            for place, row in enumerate(beside)
        ]
        self._count = count
        self._accept = accept
        self.left = most_steps
        """Branches that may still be looked at."""

    def expand(self, chosen: tuple[int, ...], free: int) -> tuple[int, ...] | None:
        """Return the first accepted set with ``chosen`` and some of ``free``, a set of bits."""
        wanted = self._count - len(chosen)
        if not wanted:
            whole = tuple(sorted(chosen))
            return whole if self._accept(whole) else None
        order = self._coloured(free)
        for place, colour in reversed(order):
            if colour < wanted or self.left <= 0:
                return None
            self.left -= 1
            found = self.expand((*chosen, place), free & self._beside[place])
            if found is not None:
                return found
            free &= ~(1 << place)
        return None

    def _coloured(self, free: int) -> list[tuple[int, int]]:
        """Return places with the colours that suffice for them and those before, from 1."""
        order: list[tuple[int, int]] = []
        colour = 0
        while free:
            colour += 1
            same = free
            while same:
                place = (same & -same).bit_length() - 1
                free &= ~(1 << place)
                same &= ~(1 << place) & ~self._beside[place]
                order.append((place, colour))
        return order
