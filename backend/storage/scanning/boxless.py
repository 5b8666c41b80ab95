"""What a scan says by itself, where nobody says of which box it is. No I/O.

Nothing is expected of such a rack, so nothing is missing in it and nothing would be done; which
codes are known, read twice, unread or outside the rack is told all the same.
"""

from collections.abc import Mapping
from dataclasses import replace

from backend.storage.rules import BoxShape, parse_position
from backend.storage.scanning.reading import RackFile
from backend.storage.scanning.verdicts import Expected, KnownTube, ScanLine, Step, judge

RACK = "The rack"
"""How sentences call a rack without a name."""

# Footprint racks as rack scanners read them (ANSI SLAS 4-2004: 96 and 384 wells).
_FORMATS = (BoxShape(8, 12), BoxShape(16, 24))


def shape_of(file: RackFile) -> BoxShape:
    """Return the smallest usual rack that has most positions of a file; the largest if none has.

    Most and not all: a position outside the rack is a verdict, no reason for a larger rack.
    """
    for shape in _FORMATS:
        inside = sum(parse_position(read.position, shape) is not None for read in file.reads)
        if 2 * inside > len(file.reads):
            return shape
    return _FORMATS[-1]


def judge_alone(
    file: RackFile, shape: BoxShape, known: Mapping[str, KnownTube]
) -> tuple[ScanLine, ...]:
    """Return one line for each position of the rack in fill order, then those outside it.

    Raises:
        ScanRefused: the file names a position twice.
    """
    codes = frozenset() if file.rack is None else frozenset({file.rack})
    nothing = Expected(path=RACK, codes=codes, shape=shape, standing={}, blocked={})
    return tuple(replace(line, step=Step.NONE) for line in judge(file, nothing, known))
