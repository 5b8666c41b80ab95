"""Index pairs as people paste them: a well, a name, i7 and i5, one pair on a line. No I/O."""

import re
from collections.abc import Sequence

from backend.sequencing.preparation import rules
from backend.sequencing.preparation.ids import PlateShape
from backend.sequencing.preparation.rules import IndexPair
from backend.sequencing.reference.content import IndexKitContent
from backend.sequencing.rules import is_index

MOST_PAIRS = 96
_MOST_NAMED = 3
_CUT = re.compile(r"[,;\t]|\s+")


def read_pairs(text: str) -> tuple[list[IndexPair], list[str]]:
    """Return the pairs of a pasted table and a sentence for each line that is none.

    A line is well, name, i7 and, but for single indexes, i5; parted by comma, semicolon or blanks.
    """
    pairs: list[IndexPair] = []
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        read = _pair([cell.strip() for cell in _CUT.split(line.strip()) if cell.strip()])
        if isinstance(read, IndexPair):
            pairs.append(read)
        else:
            faults.append(f"Line {number}: {read}")
    return pairs, [*faults, *_repeated(pairs)]


def pairs_of(kit: IndexKitContent) -> tuple[list[IndexPair], str]:
    """Return the pairs of a kit of the reference data, or none and why it cannot be used.

    A protocol's kit is a plate of 96: pairs are given column by column.
    """
    places = {each.name: rules.place_of(each.well or "", PlateShape.PLATE_96) for each in kit.wells}
    lost = [name for name, place in places.items() if place is None]
    if lost:
        more = len(lost) - _MOST_NAMED
        named = ", ".join(lost[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        return [], (
            f"{named}: no well on a plate of 96 is known. Give the kit its wells in the reference "
            "data, or paste the pairs that you use."
        )
    return [
        IndexPair(rules.well_of(place, PlateShape.PLATE_96).label, each.name, each.i7, each.i5)
        for each in kit.wells
        if (place := places[each.name]) is not None
    ], ""


def written(pairs: Sequence[IndexPair]) -> str:
    """Return pairs as `read_pairs` reads them."""
    return "\n".join(
        ", ".join(part for part in (each.well, each.name, each.i7, each.i5) if part)
        for each in pairs
    )


def _pair(cells: Sequence[str]) -> IndexPair | str:
    if not 3 <= len(cells) <= 4:  # noqa: PLR2004 well, name, i7 and perhaps i5
        return "Write well, name, i7 and i5, such as A1, UDP0001, GAACTGAGCG, TCGTGGAGCG."
    place = rules.place_of(cells[0], PlateShape.PLATE_96)
    if place is None:
        return f"“{cells[0]}” is no well of the kit's plate. Write A1 to H12."
    sequences = [cell.upper() for cell in cells[2:]]
    bad = next((each for each in sequences if not is_index(each)), None)
    if bad is not None:
        return f"“{bad}” is no index. Write 4 to 24 letters of A, C, G and T."
    well = rules.well_of(place, PlateShape.PLATE_96).label
    i5 = sequences[1] if len(sequences) > 1 else None
    return IndexPair(well, cells[1][:60], sequences[0], i5)


def _repeated(pairs: Sequence[IndexPair]) -> list[str]:
    wells = [pair.well for pair in pairs]
    twice = sorted({well for well in wells if wells.count(well) > 1})
    said = [f"{', '.join(twice)} stand twice in the kit. Keep one line of each."] if twice else []
    return said + rules.repeated_pairs({pair.well: (pair.i7, pair.i5) for pair in pairs})
