"""Decisions about libraries at the bench: wells, volumes, index pairs and lots. No I/O.

Volumes are µL, masses ng, concentrations ng/µL.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from backend.sequencing.preparation.ids import PlateShape
from backend.storage.rules import BoxShape, Position, row_number

SHAPES: Mapping[PlateShape, BoxShape] = {
    PlateShape.PLATE_96: BoxShape(8, 12),
    PlateShape.STRIPS_24: BoxShape(4, 6),
}
_STEP = Decimal("0.001")
_WELL = re.compile(r"([A-Ha-h])0?([1-9]|1[0-2])\Z")


class InputFlag(StrEnum):
    """What is to be said of the amount that a well gets."""

    ON_TARGET = "on_target"
    UNDER_TARGET = "under_target"
    UNDER_MINIMUM = "under_minimum"
    OVER_TARGET = "over_target"
    OVER_MAXIMUM = "over_maximum"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputWish:
    """What a protocol wants in every well."""

    least_ng: Decimal
    target_ng: Decimal
    most_ng: Decimal
    volume_ul: Decimal
    """Sample and diluent together."""
    pipette_min_ul: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """What goes into a well, to 0.001 µL, and the mass that this is, to 0.001 ng."""

    volume_ul: Decimal
    diluent_ul: Decimal
    mass_ng: Decimal
    flag: InputFlag


@dataclass(frozen=True, slots=True)
class IndexPair:
    """A pair of indexes in a well of its kit's plate; ``i5`` is None for a single index."""

    well: str
    name: str
    i7: str
    i5: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """What decides whether a lot may be used."""

    kit: str
    lot: str
    expires_on: date
    reactions_left: int


def normalise(concentration_ng_per_ul: Decimal, wish: InputWish) -> Normalised:
    """Return the volumes that bring a well to the target mass (DOMAIN 2c, "Normalise to mass").

    What is too thin fills the well and stays under the target; what is too strong to be pipetted
    gets the least volume that can be, and goes over it.
    """
    wanted = wish.volume_ul
    if concentration_ng_per_ul > 0:
        exact = wish.target_ng / concentration_ng_per_ul
        wanted = min(max(exact, wish.pipette_min_ul), wish.volume_ul)
    volume = wanted.quantize(_STEP, ROUND_HALF_UP)
    mass = (wanted * concentration_ng_per_ul).quantize(_STEP, ROUND_HALF_UP)
    return Normalised(
        volume_ul=volume,
        diluent_ul=wish.volume_ul - volume,
        mass_ng=mass,
        flag=input_flag(mass, wish),
    )


def input_flag(mass_ng: Decimal, wish: InputWish) -> InputFlag:
    """Say how a mass stands to what the protocol wants."""
    if mass_ng < wish.least_ng:
        return InputFlag.UNDER_MINIMUM
    if mass_ng < wish.target_ng:
        return InputFlag.UNDER_TARGET
    if mass_ng > wish.most_ng:
        return InputFlag.OVER_MAXIMUM
    return InputFlag.OVER_TARGET if mass_ng > wish.target_ng else InputFlag.ON_TARGET


def well_of(place: int, shape: PlateShape) -> Position:
    """Return where the well of a number is; they are counted down the columns from 1."""
    column, row = divmod(place - 1, SHAPES[shape].rows)
    return Position(row + 1, column + 1)


def place_of(text: str, shape: PlateShape) -> int | None:
    """Return the number of a well that is written as A1, a1 or A01; None where there is none."""
    found = _WELL.match(text.strip())
    if found is None:
        return None
    at = Position(row_number(found[1]), int(found[2]))
    rows = SHAPES[shape]
    return (at.column - 1) * rows.rows + at.row if at in rows else None


def free_places(taken: Sequence[int], shape: PlateShape) -> list[int]:
    """Return the numbers of the wells that nothing is in, in the order of filling."""
    return [place for place in range(1, SHAPES[shape].capacity + 1) if place not in set(taken)]


def column_of(well: str) -> int:
    """Return the column of a well such as A1 or A01."""
    return int(well[1:])


def next_pairs(
    pairs: Sequence[IndexPair],
    uses: Mapping[str, int],
    needed: int,
    *,
    first_column: int | None = None,
) -> list[IndexPair]:
    """Return so many pairs of a kit, from the beginning of its next free column on.

    ``uses`` counts by well how often a pair was used. The next free column is the first of those
    used least: a plate is used up column by column, then a new one is begun. With fewer pairs
    in the kit than needed all of them come back.
    """
    columns = sorted({column_of(pair.well) for pair in pairs})
    if not columns or needed < 1:
        return []
    used = {
        column: max(uses.get(pair.well, 0) for pair in pairs if column_of(pair.well) == column)
        for column in columns
    }
    begin = first_column if first_column in used else min(columns, key=lambda at: (used[at], at))
    turned = [*(at for at in columns if at >= begin), *(at for at in columns if at < begin)]
    order = {column: rank for rank, column in enumerate(turned)}
    ranked = sorted(pairs, key=lambda pair: (order[column_of(pair.well)], pair.well))
    return ranked[:needed]


def least_used(pairs: Sequence[IndexPair], uses: Mapping[str, int], needed: int) -> list[IndexPair]:
    """Return the pairs of a kit that were used least: as few times as so many of them were.

    ``uses`` are by well, as of `next_pairs`. With fewer pairs in the kit than needed all of them
    come back.
    """
    found: list[IndexPair] = []
    for most in sorted({uses.get(pair.well, 0) for pair in pairs}):
        found = [pair for pair in pairs if uses.get(pair.well, 0) <= most]
        if len(found) >= needed:
            break
    return found


def repeated_pairs(placed: Mapping[str, tuple[str, str | None]]) -> list[str]:
    """Return a sentence for each pair of indexes that stands in several wells."""
    times = Counter(placed.values())
    return [
        f"{' and '.join(well for well, each in placed.items() if each == pair)} have one pair of "
        f"indexes, {pair[0]}{' and ' + pair[1] if pair[1] else ''}. Give each its own."
        for pair, count in times.items()
        if count > 1
    ]


def lot_refusal(lot: LotFacts, *, today: date, reactions: int) -> str | None:
    """Return why a lot cannot be used for so many reactions, None when it can."""
    name = f"Lot {lot.lot} of {lot.kit}"
    if lot.expires_on < today:
        return f"{name} expired on {lot.expires_on:%d %b %Y}. Choose another lot."
    if lot.reactions_left == 0:
        return f"{name} is used up. Choose another lot."
    if lot.reactions_left < reactions:
        left = "reaction is" if lot.reactions_left == 1 else "reactions are"
        return (
            f"{name}: {lot.reactions_left} {left} left and {reactions} are needed. "
            "Choose another lot, or correct what is left of it."
        )
    return None


def lacking_reagents(needed: Sequence[str], kits: Sequence[str]) -> list[str]:
    """Return the reagents of a protocol of which no lot was chosen."""
    there = {kit.casefold() for kit in kits}
    return [name for name in needed if name.casefold() not in there]
