"""Where a pool may go: moves that end a collision, and lanes with room for one more. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.indexing.orientation import as_sequenced
from backend.sequencing.released.checks import barcodes
from backend.sequencing.rules import IndexedLibrary
from backend.sequencing.views import LaneLibrary


@dataclass(frozen=True, slots=True)
class LaneMove:
    """A pool from one lane to another; ``fill`` is the fuller of the two after it, 0–1."""

    pool_code: str
    from_lane: int
    to_lane: int
    fill: float


def ways_out(
    libraries: Sequence[LaneLibrary],
    orientation: I5Orientation,
    *,
    lanes: int,
    usable_millions: float,
    most: int = 2,
) -> list[LaneMove]:
    """Return moves that end the collisions of a lane: every single one was tried, the best first.

    A move counts when its pool leaves a lane that collides, nothing collides in the two lanes
    afterwards, and the other lane yields the reads. The best leaves the emptier lane.
    """
    held: dict[int, dict[str, list[LaneLibrary]]] = {}
    for each in libraries:
        held.setdefault(each.lane, {}).setdefault(each.pool_code, []).append(each)
    found = []
    for lane, pools in sorted(held.items()):
        if not clashes(_all(pools, orientation)):
            continue
        for code, moved in sorted(pools.items()):
            rest = {other: kept for other, kept in pools.items() if other != code}
            if clashes(_all(rest, orientation)):
                continue
            for to in range(1, lanes + 1):
                after = {**held.get(to, {}), code: moved}
                fill = _reads(after) / usable_millions
                if _takes(held.get(to, {}), code, after, fill, orientation):
                    found.append(LaneMove(code, lane, to, fill))
    found.sort(key=lambda each: (each.fill, each.from_lane, each.to_lane, each.pool_code))
    return found[:most]


def places_for(
    held: Sequence[LaneLibrary],
    coming: Sequence[tuple[Sequence[IndexedLibrary], float]],
    orientation: I5Orientation,
    *,
    lanes: int,
    usable_millions: float,
) -> list[int | None]:
    """Return a lane for each pool, one after the other, beside what was given a lane before it.

    ``coming`` are the libraries of pools with the reads of each, millions. A pool gets the emptiest
    lane that yields its reads and tells it apart, None where no lane does.
    """
    reads = dict.fromkeys(range(1, lanes + 1), 0.0)
    for each in held:
        reads[each.lane] += float(each.reads_millions)
    there = {
        lane: barcodes([each for each in held if each.lane == lane], orientation) for lane in reads
    }
    found: list[int | None] = []
    for libraries, wanted in coming:
        seen = [_seen(each, orientation) for each in libraries]
        fits = (
            lane
            for lane in sorted(reads, key=lambda lane: (reads[lane], lane))
            if reads[lane] + wanted <= usable_millions and not clashes([*there[lane], *seen])
        )
        place = next(fits, None)
        found.append(place)
        if place is not None:
            reads[place] += wanted
            there[place] += seen
    return found


def _seen(library: IndexedLibrary, orientation: I5Orientation) -> Barcode:
    return Barcode(
        name=library.name,
        i7=library.index_i7,
        i5=as_sequenced(library.index_i5 or "", orientation),
    )


def _takes(
    there: Mapping[str, Sequence[LaneLibrary]],
    code: str,
    after: Mapping[str, Sequence[LaneLibrary]],
    fill: float,
    orientation: I5Orientation,
) -> bool:
    """Say whether a lane has room for a pool that it does not hold, without a collision."""
    return code not in there and fill <= 1 and not clashes(_all(after, orientation))


def _all(pools: Mapping[str, Sequence[LaneLibrary]], orientation: I5Orientation) -> list[Barcode]:
    return barcodes([each for held in pools.values() for each in held], orientation)


def _reads(pools: Mapping[str, Sequence[LaneLibrary]]) -> float:
    return sum(float(each.reads_millions) for held in pools.values() for each in held)
