"""Why a library was left out: what each slot refuses it for, beside the finished plan."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from backend.sequencing.planning.layout import READS_SLACK
from backend.sequencing.planning.loading import Loading


class Refusal(StrEnum):
    """What keeps a library off a slot."""

    KEPT_OFF = "kept_off"
    TOO_MANY_READS = "too_many_reads"
    NOT_READY = "not_ready"
    OTHER_CONFIGURATION = "other_configuration"
    INDEX_CLASH = "index_clash"
    KEPT_APART = "kept_apart"
    LANES_FULL = "lanes_full"
    TOO_DEAR = "too_dear"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A library that no lane took, with the number of slots that each reason took away."""

    library: str
    refusals: tuple[tuple[Refusal, int], ...]
    clashes_with: tuple[str, ...]
    """Libraries whose indexes keep it off lanes that would otherwise take it."""


def explain(loading: Loading, library: int) -> LeftOut:
    """Count what each slot refuses the library for, the first reason that holds."""
    layout = loading.layout
    counts: dict[Refusal, int] = {}
    rivals: set[int] = set()
    for slot in range(len(layout.problem.slots)):
        reason, clashing = _refusal(loading, library, slot)
        counts[reason] = counts.get(reason, 0) + 1
        rivals |= clashing
    return LeftOut(
        library=layout.problem.libraries[library].key,
        refusals=tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0]))),
        clashes_with=tuple(layout.problem.libraries[each].key for each in sorted(rivals)),
    )


def _refusal(loading: Loading, library: int, slot: int) -> tuple[Refusal, set[int]]:
    layout = loading.layout
    wanted, place = layout.problem.libraries[library], layout.problem.slots[slot]
    if place.key in wanted.barred:
        return Refusal.KEPT_OFF, set()
    if wanted.reads_millions > place.lane_reads_millions + READS_SLACK:
        return Refusal.TOO_MANY_READS, set()
    if wanted.ready > place.start:
        return Refusal.NOT_READY, set()
    if loading.filled[slot] and loading.set_up[slot] != layout.configuration_of[library]:
        return Refusal.OTHER_CONFIGURATION, set()
    return _refused_by_lanes(loading, library, slot)


def _refused_by_lanes(loading: Loading, library: int, slot: int) -> tuple[Refusal, set[int]]:
    layout, first = loading.layout, loading.layout.first_lane[slot]
    place = layout.problem.slots[slot]
    lanes = range(first, first + place.lanes)
    if any(loading.price(library, lane) < inf for lane in lanes):
        return Refusal.TOO_DEAR, set()
    room = (
        place.lane_reads_millions + READS_SLACK - layout.problem.libraries[library].reads_millions
    )
    beside = [
        each for lane in lanes if loading.reads[lane] <= room for each in loading.on_lane(lane)
    ]
    clashing = {each for each in beside if layout.clashing[library] >> each & 1}
    if clashing:
        return Refusal.INDEX_CLASH, clashing
    is_apart = any(layout.unshareable[library] >> each & 1 for each in beside)
    return (Refusal.KEPT_APART if is_apart else Refusal.LANES_FULL), set()
