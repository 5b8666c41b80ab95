"""Queue plans in words: how good one is, and why a library was left out."""

from collections.abc import Mapping, Sequence

from backend.sequencing.planning.mixing import Apart
from backend.sequencing.planning.reasons import LeftOut, Refusal
from backend.sequencing.planning.sizes import Size

_NOTHING = 1e-6
_LEAST_DAYS = 0.005
"""Half of the last digit that is shown."""

_WHY: Mapping[Refusal, str] = {
    Refusal.KEPT_OFF: "pinned to or away from other runs",
    Refusal.TOO_MANY_READS: "it needs more reads than a lane yields",
    Refusal.NOT_READY: "it is not ready by then",
    Refusal.TOO_LONG: "no reagents of the flow cell read so many cycles",
    Refusal.INDEX_CUT: "its index, UMI included, takes more cycles than the run reads",
    Refusal.OTHER_FLOW_CELL: "the instrument runs then with another flow cell",
    Refusal.OTHER_CONFIGURATION: "the run is set up for another read length",
    Refusal.INDEX_CLASH: "its indexes cannot be told apart from those on the lanes with room",
    Refusal.KEPT_APART: "what is on the lanes with room may not share a lane with it",
    Refusal.LANES_FULL: "the lanes are full",
    Refusal.TOO_DEAR: "it would cost more than it gains",
}

_APART: Mapping[Apart, str] = {
    Apart.ASSAY: "one of them is of an assay that shares a lane with no other",
    Apart.LIBRARY_TYPE: "one of them shares a lane only with its own library type",
    Apart.PROJECT: "one of their projects shares a lane with no other",
    Apart.SECOND_INDEX: "libraries of one index do not lie beside those of two",
    Apart.INDEX_LENGTH: "indexes of different lengths do not lie in one lane",
}


def proven(objective: float, bound: float | None) -> str:
    """Return how far a plan may be from the best there can be."""
    if bound is None:
        return "no bound was proven"
    above = objective - bound
    if above <= _NOTHING:
        return "proven to be the best there can be"
    if bound > _NOTHING:
        return f"at most {_percent(100 * above / bound)} above the best there can be"
    return f"at most {max(above, 0.01):.2f} days above the best there can be"


def against_greedy(objective: float, greedy: float) -> str:
    """Return what the plan saves against earliest due date first."""
    saved = greedy - objective
    if saved <= _NOTHING:
        return "the same as earliest due date first"
    return f"{_percent(100 * saved / greedy)} less than earliest due date first"


def why_left_out(left: LeftOut, names: Mapping[str, str]) -> list[str]:
    """Return a sentence for each reason, the commonest first; ``names`` are of libraries."""
    if not left.refusals:
        return ["No instrument has a free slot in the time planned."]
    said = []
    for refusal, slots in left.refusals:
        runs = "1 possible run" if slots == 1 else f"{slots} possible runs"
        said.append(f"{runs}: {_WHY[refusal]}.")
    if known := _named(left.clashes_with, names):
        said.append(f"Its indexes clash with {known}.")
    for rule, keys in left.kept_apart:
        beside = _named(keys, names) or "what is there"
        said.append(f"A mixing rule keeps it from {beside}: {_APART[rule]}.")
    return said


def why_size(found: Sequence[Size], libraries: int, names: Mapping[str, str]) -> list[str]:
    """Return what each other flow cell would bring a run of so many libraries.

    ``names`` are of the slots' flow cells, by slot.
    """
    said = []
    for each in found:
        name = names[each.instead]
        if each.left_out:
            said.append(f"{name}: {each.left_out} of {libraries} libraries would find no lane.")
        elif each.dearer > _LEAST_DAYS:
            said.append(f"{name}: it would cost {each.dearer:.2f} days more.")
        else:
            said.append(f"{name}: it would cost the same.")
    return said


def apart(rule: Apart) -> str:
    """Return why two libraries may not share a lane."""
    return _APART[rule]


def _named(keys: Sequence[str], names: Mapping[str, str]) -> str:
    return several(sorted({names[key] for key in keys if key in names}))


def several(known: Sequence[str]) -> str:
    """Return names as a list that is cut where it would grow long."""
    more = "" if len(known) <= _SHOWN else f" and {len(known) - _SHOWN} more"
    return f"{', '.join(known[:_SHOWN])}{more}"


_SHOWN = 4


def _percent(value: float) -> str:
    if value >= 10:  # noqa: PLR2004  # a tenth of a percent says nothing any more
        return f"{value:,.0f} %"
    return f"{max(value, 0.1):.1f} %"  # the last digit
