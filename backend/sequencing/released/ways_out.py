"""Ways out of a collision: moves of pools, other indexes; and lanes with room. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.indexing.mending import UNKNOWN_LIGHT, mending
from backend.sequencing.indexing.orientation import as_sequenced
from backend.sequencing.indexing.picking import KitIndex, Light
from backend.sequencing.released.checks import barcodes
from backend.sequencing.views import OnLane

_MOST_SAID = 8
_NO_WAY = (
    "No single move of a pool to another lane ends it, and no kit has a free pair that does: put "
    "them on different runs, or prepare one with an index of another kit."
)


@dataclass(frozen=True, slots=True)
class LaneMove:
    """A pool from one lane to another; ``fill`` is the fuller of the two after it, 0–1."""

    pool_code: str
    from_lane: int
    to_lane: int
    fill: float


def ways_out(
    libraries: Sequence[OnLane],
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
    held: dict[int, dict[str, list[OnLane]]] = {}
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
    held: Sequence[OnLane],
    coming: Sequence[tuple[Sequence[Barcode], float]],
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


def index_changes(
    libraries: Sequence[Barcode],
    kits: Mapping[str, Sequence[KitIndex]],
    *,
    light: Light = UNKNOWN_LIGHT,
) -> list[str]:
    """Return the smallest change of indexes after which libraries are told apart, in words.

    Pairs of their kit that none of them has are tried; empty where nothing is wrong or none helps.
    """
    if len({each.name for each in libraries}) < len(libraries):
        return []
    found = mending(libraries, kits, light=light)
    return [found.sentences[0]] if found is not None and found.swaps is not None else []


def collision_sentences(
    libraries: Sequence[OnLane],
    orientation: I5Orientation,
    kits: Mapping[str, Sequence[KitIndex]],
    *,
    lanes: int,
    usable_millions: float,
    light: Light = UNKNOWN_LIGHT,
) -> list[str]:
    """Return every pair that collides in a lane with what to do: which pool where, which index."""
    by_lane: dict[int, list[Barcode]] = {}
    for each in libraries:
        held = by_lane.setdefault(each.lane, [])
        held.append(Barcode(name=each.barcode, i7=each.index_i7, i5=each.index_i5 or ""))
    moves = ways_out(
        libraries, orientation, lanes=lanes, usable_millions=usable_millions, most=len(libraries)
    )
    said = []
    for lane, held in sorted(by_lane.items()):
        found = clashes(held)
        if not found:
            continue
        said += [f"Lane {lane}: {each.sentence}." for each in found[:_MOST_SAID]]
        if len(found) > _MOST_SAID:
            said.append(f"Lane {lane}: and {len(found) - _MOST_SAID} more pairs.")
        ways = [
            f"Put {each.pool_code} on lane {each.to_lane} instead."
            for each in moves
            if each.from_lane == lane
        ][:1] + index_changes(held, kits, light=light)
        said.append(" Or: ".join(ways) or _NO_WAY)
    return said


def _seen(library: Barcode, orientation: I5Orientation) -> Barcode:
    return replace(library, i5=as_sequenced(library.i5, orientation))


def _takes(
    there: Mapping[str, Sequence[OnLane]],
    code: str,
    after: Mapping[str, Sequence[OnLane]],
    fill: float,
    orientation: I5Orientation,
) -> bool:
    """Say whether a lane has room for a pool that it does not hold, without a collision."""
    return code not in there and fill <= 1 and not clashes(_all(after, orientation))


def _all(pools: Mapping[str, Sequence[OnLane]], orientation: I5Orientation) -> list[Barcode]:
    return barcodes([each for held in pools.values() for each in held], orientation)


def _reads(pools: Mapping[str, Sequence[OnLane]]) -> float:
    return sum(float(each.reads_millions) for held in pools.values() for each in held)
