"""A placement plan in words: how good it is, and why something found no place. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.rules import MATERIAL_NAME
from backend.storage.ids import PlanState
from backend.storage.views import (
    ConsideredView,
    FilterView,
    LeftOverView,
    PlannedPlacementView,
    PlanSummary,
    PlanView,
)
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone
from dashboard.zone_names import ZONE_NAMES

MINUTE_S = 60.0

LOOKS: Mapping[PlanState, Look] = {
    PlanState.REQUESTED: Look("In the making", "hourglass", Tone.INFO),
    PlanState.READY: Look("Waits for an answer", "clipboard-check", Tone.PRED),
    PlanState.ACCEPTING: Look("Being carried out", "hourglass-split", Tone.INFO),
    PlanState.TAKING_BACK: Look("Being taken back", "hourglass-split", Tone.INFO),
    PlanState.ACCEPTED: Look("Accepted", "check-circle-fill", Tone.OK),
    PlanState.DISMISSED: Look("Discarded", "slash-circle", Tone.OFF),
    PlanState.FAILED: Look("Failed", "x-octagon-fill", Tone.CRIT),
    PlanState.CANCELLED: Look("Stopped", "slash-circle", Tone.OFF),
}
TERMS: Mapping[str, str] = {
    "doors": "Opening doors",
    "racks": "Pulling racks",
    "new_boxes": "Starting new boxes",
    "splits": "Families split over boxes",
    "breaks": "Families in several runs of a box",
    "project_mix": "Projects mixed in boxes",
    "family_apart": "Families away from their stored tubes",
    "shared_risk": "Backups beside their originals",
    "retrieval": "Fetching later",
}
WEIGHED: Mapping[str, str] = {
    "doors": "each door",
    "racks": "each rack",
    "new_boxes": "each box",
    "splits": "each further box",
    "breaks": "each further run of places",
    "project_mix": "each project that joins a box",
    "family_apart": "each family",
    "shared_risk": "each pair in one unit",
    "retrieval": "as often as they are used, as deep as they stand",
}
OUTCOMES: Mapping[str, str] = {
    "placed": "Placed",
    "declined": "Not chosen",
    "taken back": "Taken back",
}
_RULES: Mapping[str, tuple[str, str]] = {
    "temperature": ("is at another temperature", "are at another temperature"),
    "unit_closed": ("is in a unit that takes no samples", "are in units that take no samples"),
    "unit_alarm": ("is in a unit in alarm", "are in units in alarm"),
    "biosafety": (
        "is in a unit not cleared for the biosafety level",
        "are in units not cleared for the biosafety level",
    ),
    "reserved": ("is reserved for another project", "are reserved for other projects"),
    "restricted": ("takes only other sample types", "take only other sample types"),
    "segregation": (
        "shares a rack with material of another containment class",
        "share racks with material of another containment class",
    ),
    "full": ("is full", "are full"),
}
_PROOFS = {
    "whole_programme": "proven over the whole problem",
    "relaxation": "proven by a relaxation of the problem",
}


def is_refused(line: PlannedPlacementView) -> bool:
    """Say whether a line had become impossible; its outcome is the sentence that says why."""
    return line.outcome is not None and line.outcome not in OUTCOMES


def of_acceptance(*, placed: int, refused: int) -> tuple[str, Tone]:
    """Return what became of an accepted plan, and how that is to be taken."""
    samples = fmt.plural(placed, "sample", "samples")
    if not refused:
        return f"{samples} placed as planned", Tone.OK
    lines = fmt.plural(refused, "line", "lines")
    return f"{samples} placed. {lines} had become impossible; each says why.", Tone.WARN


def of_taking_back(*, taken_back: int, kept: int) -> tuple[str, Tone]:
    """Return what became of the samples of a plan that was taken back."""
    waiting = fmt.plural(taken_back, "sample waits", "samples wait")
    if not kept:
        return f"{waiting} for a place again", Tone.OK
    stay = fmt.plural(kept, "sample has moved on and stays", "samples have moved on and stay")
    return f"{waiting} for a place again; {stay}.", Tone.WARN


def minutes(duration_s: float | None) -> str:
    """Write handling time: ``34.2 min``; nothing for what is not known."""
    return "" if duration_s is None else fmt.with_unit(duration_s / MINUTE_S, "min", 1)


def by_cause(summary: PlanSummary) -> list[tuple[str, str, tuple[str, str]]]:
    """Return each cause, its weight, and what it costs in this plan and in first-fit."""
    return [
        (words, _weight(term, summary.weights_s), (_spent(plan_s), _spent(first_s)))
        for term, words in TERMS.items()
        for plan_s, first_s in [
            (summary.terms_s.get(term, 0.0), summary.first_fit_terms_s.get(term, 0.0))
        ]
    ]


def _weight(term: str, weights_s: Mapping[str, float]) -> str:
    """Say what one of it counts: ``60 s each door``."""
    if term not in weights_s:
        return WEIGHED[term] if term == "retrieval" else ""
    return f"{fmt.with_unit(weights_s[term], 's', 0)} {WEIGHED[term]}"


def _spent(duration_s: float) -> str:
    return minutes(duration_s) if duration_s else "none"


def against_first_fit(plan: PlanView) -> str:
    """Say how much the plan saves against the simple plan that fills the first boxes that fit."""
    if plan.objective_s is None or plan.first_fit_s is None:
        return ""
    saved_s = plan.first_fit_s - plan.objective_s
    if plan.first_fit_s <= 0 or round(saved_s) == 0:
        return "the same as first-fit"
    share = fmt.percent(abs(saved_s) / plan.first_fit_s, 0)
    return f"{share} {'less' if saved_s > 0 else 'more'} than first-fit"


def proof(plan: PlanView) -> str:
    """Say what is proven of the plan, or that nothing is."""
    gap = plan.gap_fraction
    if plan.bound_s is None or gap is None or plan.summary is None:
        return "No bound was proven in the time there was, so a better plan may exist."
    source = _PROOFS.get(plan.summary.bound_kind or "", "proven")
    if round(gap, 4) == 0:
        return f"No plan needs less: {source}."
    return (
        f"No plan can need less than {minutes(plan.bound_s)} ({source}). "
        f"This one is at most {fmt.percent(gap)} above the best."
    )


def why_left_over(left: LeftOverView) -> str:
    """Say why samples got no place, rule by rule."""
    taken = ", ".join(rule_words(left.filters))
    if left.boxes_allowed:
        boxes = fmt.plural(left.boxes_allowed, "box", "boxes")
        rest = f" Of the others, {taken}." if taken else ""
        return f"The {boxes} that would take them are filled by other samples of this plan.{rest}"
    if not taken:
        return "There is no box at all."
    return f"No box is left: {taken}."


def rule_words(filters: Sequence[FilterView]) -> list[str]:
    """Say what each rule took away: ``12 boxes with 40 free positions are in units in alarm``."""
    said = []
    for count in filters:
        one, many = _RULES.get(count.rule, (count.rule, count.rule))
        boxes = fmt.plural(count.boxes, "box", "boxes")
        free = fmt.plural(count.positions, "free position", "free positions")
        places = f"{boxes} with {free}" if count.positions else boxes
        said.append(f"{places} {one if count.boxes == 1 else many}")
    return said


def alike(considered: Sequence[ConsideredView]) -> list[ConsideredView]:
    """Gather sorts that read the same: projects and safety levels that lost the same places."""
    samples: dict[ConsideredView, int] = {}
    for sort in considered:
        read = replace(sort, samples=0)
        samples[read] = samples.get(read, 0) + sort.samples
    return [replace(read, samples=count) for read, count in samples.items()]


def sort_name(material_type: str, temperature_class: str) -> str:
    """Name a sort of sample: ``gDNA, −80 °C``."""
    material = MATERIAL_NAME[MaterialType(material_type)]
    return f"{material}, {ZONE_NAMES[TemperatureClass(temperature_class)]}"
