"""Recognising the kit of a library from outside by its index pair. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.sequencing.kit_naming.views import Carrying
from backend.sequencing.reference.views import IndexKit

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kits that each library may be of, all of one layout; and why others are of none."""

    kits: Mapping[UUID, Sequence[IndexKit]]
    unknown: Mapping[UUID, str]
    notes: tuple[str, ...]


def recognised(libraries: Sequence[Carrying], kits: Sequence[IndexKit]) -> Recognised:
    """Return the kits of libraries by their pairs.

    A pair that several kits have counts where they record the same; otherwise nobody can say.
    """
    by_pair: dict[tuple[str, str | None], list[IndexKit]] = {}
    for kit in kits:
        for well in kit.content.wells:
            by_pair.setdefault((well.i7, well.i5), []).append(kit)
    found: dict[UUID, Sequence[IndexKit]] = {}
    why: dict[UUID, str] = {}
    unclear: list[str] = []
    unknown: list[str] = []
    for each in {one.sample_id: one for one in libraries}.values():
        having = by_pair.get((each.index_i7, each.index_i5), [])
        if len({kit.content.layout for kit in having}) == 1:
            found[each.sample_id] = having
        elif having:
            names = some([kit.name for kit in having])
            why[each.sample_id] = f"{names} have its pair and record different adapters or UMIs."
            unclear.append(each.barcode)
        else:
            why[each.sample_id] = "No kit of the reference data has its pair."
            unknown.append(each.barcode)
    return Recognised(found, why, tuple(_notes(unclear, unknown)))


def some(words: Sequence[str]) -> str:
    """Write the first of several things and how many more there are."""
    more = len(words) - _MOST_NAMED
    return ", ".join(words[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _notes(unclear: Sequence[str], unknown: Sequence[str]) -> list[str]:
    notes = []
    if unclear:
        notes.append(
            f"{some(unclear)}: several kits have the index pair and record different adapters or "
            "UMIs, so the sheet has none of them. Name their kit by hand."
        )
    if unknown:
        notes.append(
            f"{some(unknown)}: no index kit of the reference data has the index pair, so the "
            "sheet has neither adapters nor UMIs of theirs."
        )
    return notes
