"""Whether a queue plan obeys the hard rules and costs what it says, from its lanes alone.

It shares no code with the planner, the index engine or the colour tables, so that a fault there
shows here.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from backend.sequencing.planning.plan import Plan, PlannedLane
from backend.sequencing.planning.problem import Library, Mixing, Problem, Slot

_TOO_CLOSE = 3
_NOISE = 1e-3
_LIT = {
    "four_channel": {"A": "r", "C": "r", "G": "g", "T": "g"},
    "two_channel_red_green": {"A": "rg", "C": "r", "G": "", "T": "g"},
    "two_channel_blue_green": {"A": "bg", "C": "b", "G": "", "T": "g"},
    "xleap": {"A": "b", "C": "bg", "G": "", "T": "g"},
    "one_channel": {"A": "1", "C": "2", "G": "", "T": "12"},
}
"""Letters that a base lights, DOMAIN 2c; both are lit always where a chemistry is not listed.

Colours that a laboratory keeps are the problem's, not the planner's: they are read there.
"""


def violations(problem: Problem, plan: Plan) -> list[str]:
    """Return every broken hard rule in words, none for a plan that may be carried out."""
    libraries = {each.key: each for each in problem.libraries}
    slots = {each.key: each for each in problem.slots}
    found: list[str] = []
    for lane in plan.lanes:
        inside = [libraries[key] for key in lane.libraries]
        found += _broken(lane, slots[lane.slot], inside)
        found += [
            f"{lane.slot} lane {lane.lane}: {pair}" for pair in _apart(inside, problem.mixing)
        ]
        if problem.weights.dark_cycle is None and _unlit(problem, lane)[1]:
            found.append(f"{lane.slot} lane {lane.lane}: dark cycles")
    found += _mixed(plan, libraries)
    found += _overlapping(plan, slots)
    found += _unpinned(problem, plan)
    counted = Counter(key for lane in plan.lanes for key in lane.libraries)
    counted.update(left.library for left in plan.left_out)
    if counted != Counter(libraries.keys()):
        found.append("libraries lost, made up or planned twice")
    if abs(cost(problem, plan) - plan.objective.total) > _NOISE:
        found.append(f"costs {cost(problem, plan):g}, not {plan.objective.total:g} as it says")
    if plan.bound is not None and plan.bound > plan.objective.total + _NOISE:
        found.append("bound above the plan's own cost")
    return found


def cost(problem: Problem, plan: Plan) -> float:
    """Return what a plan costs, added up from its lanes."""
    libraries = {each.key: each for each in problem.libraries}
    slots = {each.key: each for each in problem.slots}
    total = problem.weights.left_out * len(plan.left_out)
    total += sum(slots[key].run_cost for key in {lane.slot for lane in plan.lanes})
    for lane in plan.lanes:
        slot = slots[lane.slot]
        total += slot.lane_cost
        for key in lane.libraries:
            late = slot.end - libraries[key].due
            total += libraries[key].weight * late if late > 0 else 0.0
        unlit, dark = _unlit(problem, lane)
        total += problem.weights.missing_channel * unlit
        total += (problem.weights.dark_cycle or 0.0) * dark
    return total + (_uneven(problem, plan) if problem.weights.uneven else 0.0)


def colliding(libraries: Sequence[Library]) -> list[str]:
    """Return pairs whose i7 and i5 both differ in fewer than three bases.

    Where one of the two has no i5, their i7 alone has to tell them apart.
    """
    return [
        f"{one.key} and {other.key} collide"
        for one, other in combinations(libraries, 2)
        if _differ(one.i7, other.i7) < _TOO_CLOSE
        and (not one.i5 or not other.i5 or _differ(one.i5, other.i5) < _TOO_CLOSE)
    ]


def _apart(libraries: Sequence[Library], rules: Mixing) -> list[str]:
    """Return pairs that share a lane although a rule says that they may not."""
    found = []
    for one, other in combinations(libraries, 2):
        lonely = [each for each in (one, other) if each.mixing.value == "alone"]
        choosy = [each for each in (one, other) if each.mixing.value == "same_type"]
        kept = [each for each in (one, other) if each.project in rules.projects_apart]
        is_wrong = (
            (lonely and one.assay != other.assay)
            or (choosy and one.library_type != other.library_type)
            or (kept and one.project != other.project)
            or (not rules.single_with_dual and (one.i5 == "") != (other.i5 == ""))
            or (not rules.unequal_indexes and _unequal(one, other))
        )
        if is_wrong:
            found.append(f"{one.key} and {other.key} may not share it")
    return found


def _unequal(one: Library, other: Library) -> bool:
    return len(one.i7) != len(other.i7) or (
        one.i5 != "" and other.i5 != "" and len(one.i5) != len(other.i5)
    )


def _uneven(problem: Problem, plan: Plan) -> float:
    """Return what lanes cost for being less full than the fullest of their run."""
    amount = {each.key: each.reads_millions for each in problem.libraries}
    total = 0.0
    for slot in problem.slots:
        loads = [
            sum(amount[key] for key in lane.libraries)
            for lane in plan.lanes
            if lane.slot == slot.key
        ]
        for load in loads:
            total += (max(loads) - load) / slot.lane_reads_millions
    return problem.weights.uneven * total


def _differ(one: str, other: str) -> int:
    count = 0
    for place in range(min(len(one), len(other))):
        if one[place] != other[place]:
            count += 1
    return count


def _broken(lane: PlannedLane, slot: Slot, libraries: Sequence[Library]) -> list[str]:
    where = f"{lane.slot} lane {lane.lane}"
    found = [f"{where}: {pair}" for pair in colliding(libraries)]
    if not 1 <= lane.lane <= slot.lanes:
        found.append(f"{where}: no such lane")
    if sum(each.reads_millions for each in libraries) > slot.lane_reads_millions + _NOISE:
        found.append(f"{where}: more reads than it yields")
    found += [
        f"{where}: {each.key} needs a flow cell that reads {each.configuration}"
        for each in libraries
        if slot.configurations is not None and each.configuration not in slot.configurations
    ]
    if slot.index_cycles is not None:
        found += [
            f"{where}: {each.key} needs {needed} cycles of {name}, UMI included"
            for each in libraries
            for name, index, umi, read in (
                ("i7", each.i7, each.umi_cycles[0], slot.index_cycles[0]),
                ("i5", each.i5, each.umi_cycles[1], slot.index_cycles[1]),
            )
            if (needed := len(index) + umi) > read
        ]
    found += [f"{where}: {each.key} kept off" for each in libraries if slot.key in each.barred]
    found += [f"{where}: {each.key} not ready" for each in libraries if each.ready > slot.start]
    return found


def _mixed(plan: Plan, libraries: dict[str, Library]) -> list[str]:
    found: list[str] = []
    for slot in {lane.slot for lane in plan.lanes}:
        lanes = [lane for lane in plan.lanes if lane.slot == slot]
        if len({lane.lane for lane in lanes}) < len(lanes):
            found.append(f"{slot}: a lane twice")
        if len({libraries[key].configuration for lane in lanes for key in lane.libraries}) > 1:
            found.append(f"{slot}: two configurations in one run")
    return found


def _overlapping(plan: Plan, slots: dict[str, Slot]) -> list[str]:
    used = [slots[key] for key in sorted({lane.slot for lane in plan.lanes})]
    return [
        f"{one.key} and {other.key} overlap"
        for one, other in combinations(used, 2)
        if one.instrument == other.instrument and one.start < other.end and other.start < one.end
    ]


def _unpinned(problem: Problem, plan: Plan) -> list[str]:
    at = {key: (lane.slot, lane.lane) for lane in plan.lanes for key in lane.libraries}
    return [
        f"{pin.library} is not where it was pinned"
        for pin in problem.pins
        if at.get(pin.library) != (pin.slot, pin.lane)
    ]


def _unlit(problem: Problem, lane: PlannedLane) -> tuple[int, int]:
    """Return channels unlit over all cycles of both indexes, and cycles that are dark."""
    (slot,) = [each for each in problem.slots if each.key == lane.slot]
    lit = _lit(slot)
    if lit is None:
        return 0, 0
    inside = {each for each in problem.libraries if each.key in lane.libraries}
    channels = set("".join(lit.values()))
    unlit = dark = 0
    for indexes in (
        [(each.i7, each in inside) for each in problem.libraries],
        [(_as_read(each.i5, slot), each in inside) for each in problem.libraries],
    ):
        for cycle in range(max((len(index) for index, _ in indexes), default=0)):
            seen: set[str] = set()
            for index, is_there in indexes:
                if is_there:
                    seen |= set(lit[index[cycle]]) if cycle < len(index) else channels
            unlit += 2 - len(seen)
            dark += not seen
    return unlit, dark


def _lit(slot: Slot) -> dict[str, str] | None:
    sight = slot.chemistry
    if isinstance(sight, str):
        return _LIT.get(sight)
    letter = {channel.name: str(number) for number, channel in enumerate(sight.channels)}
    seen = {base: "".join(letter[name] for name in sight.lit(base)) for base in "ACGT"}
    return seen if letter else None


def _as_read(i5: str, slot: Slot) -> str:
    if not slot.i5_reversed:
        return i5
    return "".join({"A": "T", "C": "G", "G": "C", "T": "A"}[base] for base in reversed(i5))
