"""Which libraries of a lane the demultiplexer cannot tell apart.

The rule is BCL Convert's and bcl2fastq's, as DOMAIN 2c states it from three worked public examples
and eleven dual-index kits: mismatches are allowed per index read, never summed over both, and a
pair collides when *both* indexes are too close. With BCL Convert's IndependentIndexCollisionCheck
for a lane, one of the two is enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from backend.sequencing.indexing.orientation import reverse_complement

DEFAULT_MISMATCHES = 1
MOST_MISMATCHES = 2
_FEW = 16
"""Libraries that are compared one by one sooner than a table of them is made."""

AFTER_I7 = "ATCTCGTATGCCGTCTTCTGCTTG"
"""What a read runs into behind i7: the P7 end of every Illumina adapter."""
AFTER_I5_REVERSED = "GTGTAGATCTCGGTGGTCGCCGTATCATT"
"""What a reversed second index read runs into behind i5: the P5 end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barcode:
    """A library as the demultiplexer sees it, on the cycles that are used; "" is no index.

    ``mismatches_i7`` and ``mismatches_i5`` are how many wrong bases are forgiven, 0–2.
    """

    name: str
    i7: str
    i5: str = ""
    mismatches_i7: int = DEFAULT_MISMATCHES
    mismatches_i5: int = DEFAULT_MISMATCHES


@dataclass(frozen=True, slots=True)
class Closeness:
    """Cycles in which two indexes differ, of those that both have, and how many would do."""

    differing: int
    cycles: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two libraries of one lane whose reads may be given to the other.

    ``i7`` and ``i5`` are None where one of them has no such index. ``unequal`` says that lengths
    differ, so that the padding decides in the end.
    """

    first: str
    second: str
    i7: Closeness | None
    i5: Closeness | None
    unequal: bool = False

    @property
    def is_same(self) -> bool:
        """Whether the two have one index, over the cycles that both have."""
        return not any(each.differing for each in (self.i7, self.i5) if each)

    @property
    def sentence(self) -> str:
        """Say which two, in how many of the cycles they differ, and how many are needed."""
        names = f"{self.first} and {self.second}"
        read = [(name, each) for name, each in (("i7", self.i7), ("i5", self.i5)) if each]
        if not read:
            return f"{names} have no index in common to tell them apart"
        if self.is_same and not self.unequal:
            return f"{names} have the same index"
        (name, most), *more = read
        told = f"{name} differs in {most.differing} of {most.cycles} cycles"
        needed = f"{most.needed} are needed"
        for name, each in more:
            told += f" and {name} in {each.differing} of {each.cycles}"
            equal = each.needed == most.needed
            needed += " in one of them" if equal else f" in i7 or {each.needed} in {name}"
        return f"{names} cannot be told apart: {told}, {needed}"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Mismatch allowances under which a lane has no collision any more."""

    mismatches_i7: int
    mismatches_i5: int


def distance(first: str, second: str) -> int:
    """Return the number of differing bases over the shorter of the two."""
    return sum(a != b for a, b in zip(first, second, strict=False))


def padded(index: str, cycles: int, behind: str) -> str:
    """Return what ``cycles`` of an index read show of a shorter index: it runs on into ``behind``.

    Raises:
        ValueError: ``behind`` is too short for so many cycles.
    """
    if len(index) >= cycles:
        return index[:cycles]
    if cycles - len(index) > len(behind):
        raise ValueError(f"{cycles} cycles are more than {index} and {behind} together.")
    return index + behind[: cycles - len(index)]


def clash(first: Barcode, second: Barcode, *, independent: bool = False) -> Clash | None:
    """Return how two libraries of a lane collide, or None when they are told apart.

    An index that one of the two lacks does not count. ``independent`` is BCL Convert's
    IndependentIndexCollisionCheck for the lane.
    """
    i7 = distance(first.i7, second.i7) if first.i7 and second.i7 else None
    i5 = distance(first.i5, second.i5) if first.i5 and second.i5 else None
    needed_i7 = first.mismatches_i7 + second.mismatches_i7 + 1
    needed_i5 = first.mismatches_i5 + second.mismatches_i5 + 1
    close = [each < most for each, most in ((i7, needed_i7), (i5, needed_i5)) if each is not None]
    if not (any(close) if independent and close else all(close)):
        return None
    read_i7, read_i5 = (len(first.i7), len(second.i7)), (len(first.i5), len(second.i5))
    return Clash(
        first=first.name,
        second=second.name,
        i7=None if i7 is None else Closeness(i7, min(read_i7), needed_i7),
        i5=None if i5 is None else Closeness(i5, min(read_i5), needed_i5),
        unequal=any(
            apart is not None and len(set(read)) > 1
            for apart, read in ((i7, read_i7), (i5, read_i5))
        ),
    )


def clashes(barcodes: Sequence[Barcode], *, independent: bool = False) -> list[Clash]:
    """Return every colliding pair of one lane, in the order of its libraries."""
    pairs = near(
        [each.i7 for each in barcodes], [each.i5 for each in barcodes], independent=independent
    )
    return [
        found
        for one, other in pairs
        if (found := clash(barcodes[one], barcodes[other], independent=independent)) is not None
    ]


def near(i7: Sequence[str], i5: Sequence[str], *, independent: bool) -> Iterable[tuple[int, int]]:
    """Return the places of pairs that may collide, whatever is forgiven: the close ones.

    Those of indexes of one length are found at once; of others every pair is returned. Comparing
    2,000 libraries one by one takes seconds.
    """
    lengths_i7, lengths_i5 = {len(each) for each in i7}, {len(each) for each in i5}
    if len(i7) < _FEW or max(len(lengths_i7), len(lengths_i5)) > 1 or lengths_i7 == {0}:
        return combinations(range(len(i7)), 2)
    close = distances(i7) <= 2 * MOST_MISMATCHES
    if lengths_i5 != {0}:
        close_i5 = distances(i5) <= 2 * MOST_MISMATCHES
        close = (close | close_i5) if independent else (close & close_i5)
    return ((int(one), int(other)) for one, other in np.argwhere(np.triu(close, 1)))


def distances(indexes: Sequence[str]) -> np.ndarray:
    """Return bases by which indexes of one length differ, shape (n, n), symmetric, int64.

    Raises:
        ValueError: lengths differ.
    """
    if len({len(index) for index in indexes}) > 1:
        raise ValueError("Indexes of one length only can be compared as a table.")
    letters = np.array([list(index.encode("ascii")) for index in indexes], dtype=np.uint8)
    return np.asarray((letters[:, None, :] != letters[None, :, :]).sum(axis=2))


def relaxed(barcodes: Sequence[Barcode], *, independent: bool = False) -> Relaxation | None:
    """Return the least strict allowances for a lane under which nothing collides, or None.

    Every mismatch given up costs reads with a sequencing error, so the sum is kept as large as it
    can be, and i7 before i5. None where even exact matches collide.
    """
    most_i7 = min((each.mismatches_i7 for each in barcodes), default=DEFAULT_MISMATCHES)
    most_i5 = min((each.mismatches_i5 for each in barcodes), default=DEFAULT_MISMATCHES)
    choices = [(i7, i5) for i7 in range(most_i7, -1, -1) for i5 in range(most_i5, -1, -1)]
    for i7, i5 in sorted(choices, key=lambda each: (-sum(each), -each[0])):
        tried = [replace(each, mismatches_i7=i7, mismatches_i5=i5) for each in barcodes]
        if not clashes(tried, independent=independent):
            return Relaxation(i7, i5)
    return None


def reversed_mates(barcodes: Sequence[Barcode]) -> list[tuple[str, str]]:
    """Return pairs of a lane where one i5 is the other's reverse complement: a trap of orientation.

    Should the sheet be turned the wrong way round, such a pair swaps its reads unseen.
    """
    return [
        (one.name, other.name)
        for one, other in combinations(barcodes, 2)
        if one.i5 and one.i5 != other.i5 and one.i5 == reverse_complement(other.i5)
    ]


def reused_i7(barcodes: Sequence[Barcode]) -> dict[str, list[str]]:
    """Return names by i7 that several libraries of a lane carry with another i5 each.

    On patterned flow cells index hopping then moves reads between them (DOMAIN 2c).
    """
    names: dict[str, list[str]] = {}
    for each in barcodes:
        if each.i7 and each.i5:
            names.setdefault(each.i7, []).append(each.name)
    return {i7: found for i7, found in names.items() if len(found) > 1}
