"""What the index engine says of a plate's pairs, should its libraries share a lane. No I/O.

A plate is no lane: what is told here stands in nobody's way, and holds when the libraries are
pooled. Which rule collides, and why GG is dark, are DOMAIN 2c.
"""

from collections.abc import Callable, Sequence

from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.indexing.mending import MOST_MENDED, UNKNOWN_LIGHT
from backend.sequencing.indexing.picking import KitIndex, smallest_repair
from backend.sequencing.preparation.rules import IndexPair

MOST_SAID = 8
_DARK, _DARK_REVERSED = "GG", "CC"
_STARTS: Sequence[tuple[str, Callable[[Barcode], bool]]] = (
    ("i7 starts with GG", lambda each: each.i7.startswith(_DARK)),
    ("i5 starts with GG", lambda each: each.i5.startswith(_DARK)),
    (
        "i5 ends with CC, which starts with GG where it is read reversed",
        lambda each: each.i5.endswith(_DARK_REVERSED),
    ),
)


def plate_findings(wells: Sequence[Barcode]) -> list[str]:
    """Return what is to be known of pairs by their wells; i5 is forward.

    Equal pairs are left out: they are an obstacle, not a finding (`rules.repeated_pairs`).
    """
    close = [f"{each.sentence}." for each in clashes(wells) if each.unequal or not each.is_same]
    said = close[:MOST_SAID]
    if len(close) > MOST_SAID:
        said.append(f"And {len(close) - MOST_SAID} more pairs are too close.")
    for what, is_dark in _STARTS:
        named = [each.name for each in wells if is_dark(each)]
        if named:
            said.append(
                f"{_listed(named)}: {what}, two cycles without light on sequencers of one or two "
                "colours. Pool with libraries that start otherwise."
            )
    return said


def plate_change(wells: Sequence[Barcode], kit: Sequence[IndexPair]) -> list[str]:
    """Return the smallest change of pairs after which all wells are told apart, equal ones too."""
    if len(wells) > MOST_MENDED:
        return []
    indexes = [KitIndex(each.name, each.i7, each.i5 or "") for each in kit]
    found = smallest_repair(wells, indexes, light=UNKNOWN_LIGHT)
    return [f"Smallest change: {found.sentence}"] if found is not None and found.swaps else []


def _listed(names: Sequence[str]) -> str:
    if len(names) > MOST_SAID:
        return f"{', '.join(names[:MOST_SAID])} and {len(names) - MOST_SAID} more"
    return ", ".join(names)
