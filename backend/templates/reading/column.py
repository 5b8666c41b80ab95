"""The cells of one column of a long list: all of them there, a stretch of them in memory.

What was read is packed away stretch by stretch, so that a hundred thousand rows weigh what a few
thousand do. Whoever goes through a column, or asks for a stretch of it, has that stretch unpacked;
going to and fro over a long one is slow.
"""

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Generic, TypeVar, overload

Cell = TypeVar("Cell")

STRETCH = 5_000
_FAST = 1
"""Compression that costs little and makes a column of repeated texts next to nothing."""


def stretches(cells: Sequence[Cell]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Yield the cells of a column, STRETCH at a time, each stretch with its first row's index."""
    for start in range(0, len(cells), STRETCH):
        yield start, cells[start : start + STRETCH]


class Column(Sequence[Cell], Generic[Cell]):
    """Cells in the order of the rows, added at the end."""

    __slots__ = ("_long", "_open", "_packed", "_unpacked")

    def __init__(self, cells: Iterable[Cell] = ()) -> None:
        self._long = STRETCH
        self._packed: list[bytes] = []
        self._open: list[Cell] = []
        self._unpacked: tuple[int, list[Cell]] = (-1, [])
        self.extend(cells)

    def extend(self, cells: Iterable[Cell]) -> None:
        """Add cells at the end; a cell that stands twice among them is kept once."""
        more = iter(cells)
        while True:
            self._open += islice(more, self._long - len(self._open))
            if len(self._open) < self._long:
                return
            self._packed.append(zlib.compress(pickle.dumps(self._open), _FAST))
            self._open = []

    def __len__(self) -> int:
        return len(self._packed) * self._long + len(self._open)

    def __iter__(self) -> Iterator[Cell]:
        return chain.from_iterable(map(self._stretch, range(len(self._packed) + 1)))

    @overload
    def __getitem__(self, at: int) -> Cell: ...
    @overload
    def __getitem__(self, at: slice) -> list[Cell]: ...
    def __getitem__(self, at: int | slice) -> Cell | list[Cell]:
        if isinstance(at, int):
            index = range(len(self))[at]
            return self._stretch(index // self._long)[index % self._long]
        rows = range(len(self))[at]
        if not rows:
            return []
        if rows.step != 1:
            return list(self)[at]
        first, last = rows[0] // self._long, rows[-1] // self._long
        stretches = chain.from_iterable(map(self._stretch, range(first, last + 1)))
        begin = rows.start - first * self._long
        return list(islice(stretches, begin, begin + len(rows)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # as of a list

    def _stretch(self, number: int) -> list[Cell]:
        """Return a stretch, the last one unpacked kept at hand; threads may ask at once."""
        if number == len(self._packed):
            return self._open
        at, cells = self._unpacked
        if at != number:
            cells = pickle.loads(zlib.decompress(self._packed[number]))  # noqa: S301 packed above
            self._unpacked = (number, cells)
        return cells
