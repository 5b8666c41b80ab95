"""Index pairs of kits, as the unknown barcodes of a run would show them. No I/O."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from backend.sequencing.indexing.collisions import AFTER_I5_REVERSED, AFTER_I7, padded
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.run_folders.model import UnknownBarcode
from backend.sequencing.run_folders.unknown_barcodes import Kits, Pair

Wells = Sequence[tuple[str, str, str]]
"""Name, i7 and i5 of a kit's pairs; i5 is forward, "" where there is none."""
_LONGEST = 24
"""Cycles of an index read. Tables name what they like; longer is no index."""
_MOST_WIDTHS = 4
"""A lane has one length of its index reads; files with more are not worth the time."""


def kits_seen(kits: Mapping[str, Wells], unknown: Sequence[UnknownBarcode]) -> Kits:
    """Return the kits' pairs on the cycles that the unknown barcodes were read in.

    An index longer than its read is cut, a shorter one runs on into the adapter. i5 stands both
    forward and reversed, as demultiplexers list it either way. Of pairs that look alike on those
    cycles the first of the kit gives its name.
    """
    reads: Counter[tuple[int, int]] = Counter()
    for each in unknown:
        width = (len(each.index_i7), len(each.index_i5))
        if max(width) <= _LONGEST:
            reads[width] += each.reads
    widths = [width for width, _ in reads.most_common(_MOST_WIDTHS)]
    return {kit: _pairs(wells, widths) for kit, wells in kits.items()}


def _pairs(wells: Wells, widths: Iterable[tuple[int, int]]) -> dict[Pair, str]:
    found: dict[Pair, str] = {}
    turned: dict[Pair, str] = {}
    for width_i7, width_i5 in widths:
        for name, i7, i5 in wells:
            first = padded(i7, width_i7, AFTER_I7)
            if len(i5) >= width_i5:
                found.setdefault((first, i5[:width_i5]), name)
            if i5 and width_i5:
                second = padded(reverse_complement(i5), width_i5, AFTER_I5_REVERSED)
                turned.setdefault((first, second), f"{name}, i5 reversed,")
    return turned | found
