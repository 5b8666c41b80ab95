"""What an evacuation drill found, in sentences. Pure."""

from backend.storage.planning.drill import Drill, Effort
from backend.telemetry.thermal_views import UnitCrossing
from dashboard import format as fmt
from dashboard.pages.what_if.words import duration


def headline(label: str, drill: Drill) -> str:
    """Say how much finds a place."""
    if not drill.tubes:
        return f"{label} holds no tube: there is nothing to save."
    saved = drill.tubes - drill.without_place
    if not saved:
        return f"None of the {fmt.plural(drill.tubes, 'tube', 'tubes')} of {label} finds a place."
    ways = []
    if drill.whole_boxes:
        boxes = fmt.plural(drill.whole_boxes, "whole box", "whole boxes")
        ways.append(f"{fmt.count(drill.in_boxes)} in {boxes}")
    if drill.effort.single_tubes:
        ways.append(f"{fmt.count(drill.effort.single_tubes)} one by one")
    units = fmt.plural(len(drill.refuges), "unit", "units")
    found = f"{fmt.count(saved)} of {fmt.plural(drill.tubes, 'tube', 'tubes')} find a place"
    return f"{found} in {units}: {' and '.join(ways)}."


def against(drill: Drill, said: UnitCrossing | None) -> list[str]:
    """Set the handling beside the model's time until the limit, with its interval."""
    if not drill.refuges:
        return []
    takes = f"One person handles for about {duration(drill.effort.minutes)}"
    if said is None:
        return [f"{takes}. How long the unit stays cold is not known: it has no thermal model yet."]
    crossing = said.crossing
    limit = fmt.temperature(crossing.limit_c)
    if crossing.from_c >= crossing.limit_c:
        return [f"{takes}; the unit is not colder than {limit} now."]
    if crossing.low_min is None:
        return [f"{takes}; without cooling the unit stays below {limit} for 14 days or longer."]
    late = "over 14 days" if crossing.high_min is None else duration(crossing.high_min)
    between = fmt.between(duration(crossing.low_min), late)
    middle = "more than 14 days" if crossing.median_min is None else duration(crossing.median_min)
    return [
        f"{takes}; without cooling the unit crosses {limit} after {middle} ({between}, 80%).",
        _verdict(drill.effort.minutes, crossing.low_min, crossing.high_min),
    ]


def reckoned(effort: Effort) -> str:
    """Say what the handling is made of: the planner's own figures, not measured ones."""
    weights = effort.weights
    parts = (
        (effort.doors, "door", "doors", weights.door_s),
        (effort.racks, "rack", "racks", weights.rack_s),
        (effort.boxes, "box", "boxes", weights.new_box_s),
        (effort.single_tubes, "single tube", "single tubes", weights.split_s),
    )
    summed = ", ".join(
        f"{fmt.plural(number, one, many)} at {fmt.with_unit(each_s, 's')}"
        for number, one, many, each_s in parts
        if number
    )
    return (
        f"Handling is reckoned with the placement planner’s figures, not measured here: {summed}. "
        "Ways between units are not counted."
    )


def _verdict(minutes: float, low_min: float, high_min: float | None) -> str:
    if minutes <= low_min:
        return "The handling is done before the early end of that time."
    if high_min is None or minutes <= high_min:
        return "The handling may take longer than the unit stays cold: call a second person."
    return "The handling takes longer than the unit stays cold: one person cannot save everything."
