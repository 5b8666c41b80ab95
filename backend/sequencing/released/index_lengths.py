"""Whether a run reads as many cycles of an index as its libraries need. No I/O.

A UMI that stands in an index read needs cycles of it, too. Where those are missing only the UMI is
lost, unless the sequencer reads it before the index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.sequencing.ids import I5Orientation
from backend.sequencing.released.ids import CheckVerdict
from backend.sequencing.sheets.layouts import NOTHING_KNOWN, LibraryLayout, UmiRead
from backend.sequencing.sheets.model import Cycles
from backend.sequencing.views import LaneLibrary

Judged = tuple[CheckVerdict, str, tuple[str, ...]]
"""Verdict, title and sentences."""

_NAMES = {UmiRead.INDEX_1: "i7", UmiRead.INDEX_2: "i5"}


@dataclass(frozen=True, slots=True)
class _Needs:
    """Bases of an index, cycles until it is read, and cycles with its UMI."""

    bases: int
    to_index: int
    all: int


def judged(
    libraries: Sequence[LaneLibrary],
    cycles: Cycles | None,
    orientation: I5Orientation,
    layouts: Mapping[UUID, LibraryLayout],
) -> Judged:
    """Return what is to be said of lengths; ``cycles`` are a recipe's, None follow from them."""
    needs = {
        read: [_needs(each, read, orientation, layouts) for each in libraries] for read in _NAMES
    }
    if cycles is not None and libraries:
        reads = {UmiRead.INDEX_1: cycles.index1 or 0, UmiRead.INDEX_2: cycles.index2 or 0}
        return _against_recipe(needs, reads)
    lengths = {read: sorted({each.all for each in found}) for read, found in needs.items()}
    if all(len(each) <= 1 for each in lengths.values()):
        words = " + ".join(str(each[0]) for each in lengths.values() if each and each[0])
        return CheckVerdict.PASS, f"Index length {words}".strip(), ()
    i7, i5 = (_bases(needs[read]) for read in _NAMES)
    said = (
        f"i7 has {i7} bases and i5 {i5}: the sheet masks the cycles that the shorter ones do not "
        "have."
    )
    return CheckVerdict.WARNING, "Index lengths differ", (said,)


def _needs(
    library: LaneLibrary,
    read: UmiRead,
    orientation: I5Orientation,
    layouts: Mapping[UUID, LibraryLayout],
) -> _Needs:
    index = library.index_i7 if read is UmiRead.INDEX_1 else library.index_i5 or ""
    umi = layouts.get(library.sample_id, NOTHING_KNOWN).umi(read)
    if umi is None:
        return _Needs(len(index), len(index), len(index))
    turned = read is UmiRead.INDEX_2 and orientation is I5Orientation.REVERSE_COMPLEMENT
    comes_first = umi.before_index != turned
    whole = len(index) + umi.cycles
    return _Needs(len(index), whole if comes_first and index else len(index), whole)


def _against_recipe(
    needs: Mapping[UmiRead, Sequence[_Needs]], reads: Mapping[UmiRead, int]
) -> Judged:
    words = " + ".join(str(count) for count in reads.values() if count) or "no index"
    cut = tuple(
        f"{_NAMES[read]} has {_bases(needs[read])} bases and the recipe reads {count} cycles: the "
        "sheet would ask for bases that are not read. Plan the run with another recipe."
        for read, count in reads.items()
        if max(each.to_index for each in needs[read]) > count
    )
    if cut:
        return CheckVerdict.FAIL, f"Index longer than {words} cycles", cut
    lost = tuple(
        f"{_NAMES[read]} with its UMI takes {_most(needs[read])} cycles and the recipe reads "
        f"{count}: the UMI is not read, or not all of it. Plan the run with another recipe."
        for read, count in reads.items()
        if _most(needs[read]) > count
    )
    if lost:
        return CheckVerdict.WARNING, f"UMI not read in {words} index cycles", lost
    spare = tuple(
        f"{_NAMES[read]} has {_bases(needs[read])} bases and the recipe reads {count} cycles: the "
        "sheet masks those that the shorter ones do not have."
        for read, count in reads.items()
        if min(each.all for each in needs[read]) < count
    )
    if spare:
        return CheckVerdict.WARNING, f"Index shorter than {words} cycles", spare
    return CheckVerdict.PASS, f"Index length {words}, as the recipe reads", ()


def _most(needs: Sequence[_Needs]) -> int:
    return max(each.all for each in needs)


def _bases(needs: Sequence[_Needs]) -> str:
    *before, last = sorted({each.bases for each in needs}) or [0]
    return f"{', '.join(map(str, before))} and {last}" if before else str(last)
