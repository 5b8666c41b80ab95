"""Recognising the kit of a library from outside by its index pair. No I/O."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from backend.sequencing.reference.views import IndexKit
from backend.sequencing.sheets.layouts import LibraryLayout
from backend.sequencing.views import LaneLibrary

_MOST_NAMED = 3


def recognised(
    libraries: Sequence[LaneLibrary], kits: Sequence[IndexKit]
) -> tuple[dict[UUID, LibraryLayout], tuple[str, ...]]:
    """Return layouts by library, and what to say of how each was known or not.

    A pair that several kits have counts where they record the same; otherwise nobody can say.
    """
    by_pair: dict[tuple[str, str | None], list[IndexKit]] = {}
    for kit in kits:
        for well in kit.content.wells:
            by_pair.setdefault((well.i7, well.i5), []).append(kit)
    layouts: dict[UUID, LibraryLayout] = {}
    of_kit: Counter[str] = Counter()
    unclear: list[str] = []
    unknown: list[str] = []
    for each in {one.sample_id: one for one in libraries}.values():
        having = by_pair.get((each.index_i7, each.index_i5), [])
        told = {kit.content.layout for kit in having}
        if len(told) == 1:
            layouts[each.sample_id] = told.pop()
            of_kit[having[0].name] += 1
        else:
            (unclear if told else unknown).append(each.barcode)
    notes = [
        f"{count} {'library was' if count == 1 else 'libraries were'} recognised as of "
        f"{name} by index pairs: adapters and UMIs are those of this kit."
        for name, count in of_kit.items()
    ]
    if unclear:
        notes.append(
            f"{_some(unclear)}: several kits have the index pair and record different adapters or "
            "UMIs, so the sheet has none of them."
        )
    if unknown:
        notes.append(
            f"{_some(unknown)}: no index kit of the reference data has the index pair, so the "
            "sheet has neither adapters nor UMIs of theirs."
        )
    return {key: each for key, each in layouts.items() if each.says_anything}, tuple(notes)


def _some(codes: Sequence[str]) -> str:
    more = len(codes) - _MOST_NAMED
    return ", ".join(codes[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
