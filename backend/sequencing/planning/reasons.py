"""Why a library was left out: what each slot refuses it for, beside the finished plan."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from backend.sequencing.planning.layout import READS_SLACK, cuts_index, may_read
from backend.sequencing.planning.loading import Loading
from backend.sequencing.planning.mixing import Apart, why_apart
from backend.sequencing.planning.problem import Problem


class Refusal(StrEnum):
    """What keeps a library off a slot."""

    KEPT_OFF = "kept_off"
    TOO_MANY_READS = "too_many_reads"
    NOT_READY = "not_ready"
    TOO_LONG = "too_long"
    INDEX_CUT = "index_cut"
    OTHER_FLOW_CELL = "other_flow_cell"
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
    kept_apart: tuple[tuple[Apart, tuple[str, ...]], ...] = ()
    """For each mixing rule the libraries that it keeps off lanes that would otherwise take it."""


def explain(loading: Loading, library: int) -> LeftOut:
    """Count what each slot refuses the library for, the first reason that holds."""
    layout = loading.layout
    counts: dict[Refusal, int] = {}
    rivals: set[int] = set()
    strangers: set[int] = set()
    for slot in range(len(layout.problem.slots)):
        reason, clashing = _refusal(loading, library, slot)
        counts[reason] = counts.get(reason, 0) + 1
        if reason is Refusal.KEPT_APART:
            strangers |= clashing
        else:
            rivals |= clashing
    return LeftOut(
        library=layout.problem.libraries[library].key,
        refusals=tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0]))),
        clashes_with=tuple(layout.problem.libraries[each].key for each in sorted(rivals)),
        kept_apart=_by_rule(layout.problem, library, sorted(strangers)),
    )


def _by_rule(
    problem: Problem, library: int, strangers: list[int]
) -> tuple[tuple[Apart, tuple[str, ...]], ...]:
    found: dict[Apart, list[str]] = {}
    for each in strangers:
        other = problem.libraries[each]
        rule = why_apart(problem.libraries[library], other, problem.mixing)
        if rule is not None:
            found.setdefault(rule, []).append(other.key)
    return tuple((rule, tuple(keys)) for rule, keys in sorted(found.items()))


def _refusal(loading: Loading, library: int, slot: int) -> tuple[Refusal, set[int]]:
    found = _refused_by_slot(loading, library, slot)
    return (found, set()) if found else _refused_by_lanes(loading, library, slot)


def _refused_by_slot(loading: Loading, library: int, slot: int) -> Refusal | None:
    """Return what keeps a library off a slot whatever its lanes hold, the first reason."""
    layout = loading.layout
    wanted, place = layout.problem.libraries[library], layout.problem.slots[slot]
    other = layout.configuration_of[library]
    reasons = (
        (Refusal.KEPT_OFF, place.key in wanted.barred),
        (
            Refusal.TOO_MANY_READS,
            wanted.reads_millions > place.lane_reads_millions + READS_SLACK,
        ),
        (Refusal.NOT_READY, wanted.ready > place.start),
        (Refusal.TOO_LONG, not may_read(wanted, place)),
        (Refusal.INDEX_CUT, cuts_index(wanted, place.index_cycles)),
        (Refusal.OTHER_FLOW_CELL, loading.is_shut(slot)),
        (
            Refusal.OTHER_CONFIGURATION,
            loading.filled[slot] > 0 and loading.set_up[slot] != other,
        ),
    )
    return next((reason for reason, holds in reasons if holds), None)


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
    apart = {each for each in beside if layout.unshareable[library] >> each & 1}
    return (Refusal.KEPT_APART if apart else Refusal.LANES_FULL), apart
