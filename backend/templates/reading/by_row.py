"""What is said of the rows of a long list: all of it there, that of a stretch of rows in memory.

A sheet may have something wrong in each of a hundred thousand rows. What is added is packed away
every few thousand; whoever asks for a row has what is said of its stretch unpacked, so asking in
the order of the rows is fast, and going to and fro is slow.
"""

import pickle
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from backend.templates.reading import column

Said = TypeVar("Said")
_FAST = 1


class ByRow(Generic[Said]):  # noqa: PLW1641 -- it changes, so it has no hash, as no list has
    """Values of one frozen dataclass by the index of their row, in the order they were added.

    Values, not objects: what comes back is equal to what was put in.
    """

    def __init__(self, kind: type[Said]) -> None:
        self._long = column.STRETCH
        self._kind: Callable[..., Said] = kind
        # As tuples of their parts: packing objects takes six times as long.
        self._parts = attrgetter(*(part.name for part in fields(cast("Any", kind))))
        self._packed: defaultdict[int, list[bytes]] = defaultdict(list)
        self._loose: list[tuple[int, Said]] = []
        self._at = -1
        self._rows: dict[int, list[Said]] = {}
        self._changed = False
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, index: int, said: Said) -> None:
        """Say one thing more of a row."""
        self._count += 1
        if index // self._long == self._at:
            self._rows.setdefault(index, []).append(said)
            self._changed = True
            return
        self._loose.append((index, said))
        if len(self._loose) >= self._long:
            self._put_away()

    def get(self, index: int) -> Sequence[Said]:
        """Return what is said of a row, nothing of most."""
        return self._stretch(index // self._long).get(index, ())

    def replace(self, index: int, said: Sequence[Said]) -> None:
        """Say this of a row and nothing else."""
        rows = self._stretch(index // self._long)
        self._count += len(said) - len(rows.get(index, ()))
        self._changed = True
        if said:
            rows[index] = list(said)
        else:
            rows.pop(index, None)

    def rows(self) -> Iterator[tuple[int, Sequence[Said]]]:
        """Yield the rows that anything is said of, in order; what is said may change meanwhile."""
        for number in self._stretches():
            yield from sorted(self._stretch(number).items())

    def every(self) -> Iterator[Said]:
        """Yield all that is said, in the order of the rows."""
        for _, said in self.rows():
            yield from said

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByRow) and list(self.rows()) == list(other.rows())

    def _stretches(self) -> list[int]:
        """Return the numbers of the stretches that something may be said in."""
        return sorted({*self._packed, self._at, *(index // self._long for index, _ in self._loose)})

    def _stretch(self, number: int) -> dict[int, list[Said]]:
        if number != self._at:
            self._lay_down()
            self._put_away()
            self._at = number
            for piece in self._packed.get(number, ()):
                for index, parts in pickle.loads(zlib.decompress(piece)):  # noqa: S301 packed below
                    self._rows.setdefault(index, []).append(self._kind(*parts))
        return self._rows

    def _lay_down(self) -> None:
        """Pack the stretch at hand, if it was changed."""
        if self._changed:
            said = [(index, each) for index, listed in self._rows.items() for each in listed]
            self._packed[self._at] = [self._piece(said)]
        self._at, self._rows, self._changed = -1, {}, False

    def _put_away(self) -> None:
        """Pack what was added since, by stretch."""
        by_stretch: defaultdict[int, list[tuple[int, Said]]] = defaultdict(list)
        for index, said in self._loose:
            by_stretch[index // self._long].append((index, said))
        for number, added in by_stretch.items():
            self._packed[number].append(self._piece(added))
        self._loose = []

    def _piece(self, said: Sequence[tuple[int, Said]]) -> bytes:
        plain = [(index, self._parts(each)) for index, each in said]
        return zlib.compress(pickle.dumps(plain), _FAST)
