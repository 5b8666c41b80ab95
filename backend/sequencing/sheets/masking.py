"""Which cycles of a run a sample's index and UMI take, as OverrideCycles writes it (DOMAIN 2d).

BCL Convert applies masks to i5 as the sheet has it, which is forward: read reversed, its spare
cycles, which run into the adapter, stand in front (Illumina Knowledge 5671).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from backend.sequencing.ids import I5Orientation
from backend.sequencing.sheets.layouts import NOTHING_KNOWN, LibraryLayout, Umi, UmiRead
from backend.sequencing.sheets.model import Cycles, SheetSample

OVERRIDE = "OverrideCycles"
_Parts = list[tuple[str, int]]


def whole_mask(cycles: Cycles) -> str:
    """Return the mask that takes every cycle for what its read is: what holds without any."""
    return ";".join(
        f"{'I' if name.startswith('I') else 'Y'}{count}" for name, count in cycles.in_order
    )


def masks_of(
    samples: Sequence[SheetSample],
    cycles: Cycles,
    orientation: I5Orientation,
    layouts: Sequence[LibraryLayout] = (),
) -> list[str]:
    """Return each sample's mask; ``layouts`` are theirs in the same order, none are not known.

    A UMI that the run has no cycles for is left out, as far as they go.
    """
    known = layouts or [NOTHING_KNOWN] * len(samples)
    return [
        _mask(sample, cycles, orientation, layout)
        for sample, layout in zip(samples, known, strict=True)
    ]


def with_own(samples: Sequence[SheetSample], key: str, values: Sequence[str]) -> list[SheetSample]:
    """Return the samples with a cell each under a heading; empty ones stay without."""
    return [
        replace(each, extra=tuple(sorted({**dict(each.extra), key: value}.items())))
        if value
        else each
        for each, value in zip(samples, values, strict=True)
    ]


def index_segments(umi: Umi | None, index_length: int) -> _Parts:
    """Return index and UMI in the direction in which the kit lists both."""
    index = [("I", index_length)] if index_length else []
    if umi is None:
        return index
    return [*umi.segments, *index] if umi.before_index else [*index, *umi.segments]


def _mask(
    sample: SheetSample, cycles: Cycles, orientation: I5Orientation, layout: LibraryLayout
) -> str:
    reads = {each.name_in_masks: each for each in UmiRead}
    fields = []
    for name, count in cycles.in_order:
        read = reads[name]
        umi = layout.umi(read)
        if not read.is_index:
            fields.append(_written(_cut([*umi.segments] if umi else [], count, rest="Y")))
            continue
        indexes = sample.index1 if read is UmiRead.INDEX_1 else sample.index2
        parts = index_segments(umi, len(indexes[0]) if indexes else 0)
        if read is UmiRead.INDEX_2 and orientation is I5Orientation.REVERSE_COMPLEMENT:
            parts = _cut(parts[::-1], count, rest="N")[::-1]
        else:
            parts = _cut(parts, count, rest="N")
        fields.append(_written(parts))
    return ";".join(fields)


def _cut(parts: _Parts, count: int, *, rest: str) -> _Parts:
    """Return as much of the parts as ``count`` cycles hold, filled up with ``rest``."""
    found, left = [], count
    for kind, length in parts:
        if taken := min(length, left):
            found.append((kind, taken))
            left -= taken
    return [*found, (rest, left)] if left else found


def _written(parts: _Parts) -> str:
    joined = groupby(parts, key=lambda each: each[0])
    return "".join(f"{kind}{sum(count for _, count in alike)}" for kind, alike in joined)
