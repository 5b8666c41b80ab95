"""Whether a plan obeys the hard rules and counts its breaks, worked out from its moves alone.

It shares no code with the planner, so that a fault there shows here.
"""

from collections import Counter, defaultdict

from backend.storage.planning.plan import Plan, PlannedMove
from backend.storage.planning.problem import Box, Group, Lot, Problem
from backend.storage.rules import Position


def violations(problem: Problem, plan: Plan) -> list[str]:
    """Return every broken hard rule in words, none for a plan that may be carried out.

    A plan that says another cost of contiguity than its moves come to is one, too.
    """
    lots = {lot.key: lot for lot in problem.lots}
    boxes = {box.key: box for box in problem.boxes}
    found = [
        f"{move.sample}: {broken}"
        for move in plan.moves
        for broken in _broken(move, lots[move.lot], boxes[move.box])
    ]
    found += _doubles(plan)
    found += _clashes(problem, plan)
    found += _company(problem, plan)
    found += _breaks(problem, plan)
    return found + _lost(problem, plan)


def _broken(move: PlannedMove, lot: Lot, box: Box) -> list[str]:
    rules = {
        "wrong temperature": lot.temperature_class != box.temperature_class,
        "unit is closed": not box.unit_active or box.unit_in_alarm,
        "biosafety level": box.biosafety_level < lot.biosafety_level,
        "reserved box": box.reserved_for is not None and box.reserved_for != lot.project,
        "box takes other samples": bool(box.allowed_types)
        and lot.sample_type not in box.allowed_types,
        "position is not free": move.position not in box.free_positions,
    }
    return [sentence for sentence, is_broken in rules.items() if is_broken]


def _doubles(plan: Plan) -> list[str]:
    places: Counter[tuple[str, Position]] = Counter((m.box, m.position) for m in plan.moves)
    samples = Counter(move.sample for move in plan.moves)
    return [f"{what} twice" for what, count in (*places.items(), *samples.items()) if count > 1]


def _clashes(problem: Problem, plan: Plan) -> list[str]:
    lots = {lot.key: lot for lot in problem.lots}
    racks = {box.key: box.rack for box in problem.boxes}
    before: dict[str, set[str]] = defaultdict(set)
    after: dict[str, set[str]] = defaultdict(set)
    for box in problem.boxes:
        before[box.rack] |= box.segregations
    for move in plan.moves:
        if (segregation := lots[move.lot].segregation) is not None:
            after[racks[move.box]].add(segregation)
    return [
        f"{rack}: {one} beside {other}"
        for rack, added in after.items()
        for one in added
        for other in added | before[rack]
        if frozenset((one, other)) in problem.conflicts
    ]


def _company(problem: Problem, plan: Plan) -> list[str]:
    """Boxes that the plan fills and in which a class that stays among its own is not."""
    lots = {lot.key: lot for lot in problem.lots}
    boxes = {box.key: box for box in problem.boxes}
    inside: dict[str, set[str | None]] = {}
    for move in plan.moves:
        box = boxes[move.box]
        there: set[str | None] = set(box.segregations) or ({None} if box.used else set())
        inside.setdefault(box.key, there).add(lots[move.lot].segregation)
    return [
        f"{key}: {one} is not alone"
        for key, classes in inside.items()
        for one in classes & problem.alone
        if len(classes) > 1
    ]


def _breaks(problem: Problem, plan: Plan) -> list[str]:
    """Walk through every family of every box, place after place, and count its beginnings."""
    groups = {lot.key: lot.group for lot in problem.lots}
    new: dict[tuple[str, Group], set[tuple[int, int]]] = defaultdict(set)
    for move in plan.moves:
        new[move.box, groups[move.lot]].add((move.position.row, move.position.column))
    boxes = {box.key: box for box in problem.boxes}
    breaks = 0
    for (key, group), places in new.items():
        old = {(at.row, at.column) for at in boxes[key].standing.get(group, ())}
        breaks += _beginnings(places, old, boxes[key].columns) - (not old)
    counted_s = breaks * plan.weights.break_s
    if round(counted_s - plan.cost.breaks_s, 3) == 0:
        return []
    return [f"breaks cost {plan.cost.breaks_s:g} s, its moves make {counted_s:g} s"]


def _beginnings(new: set[tuple[int, int]], old: set[tuple[int, int]], columns: int) -> int:
    """Count chains of neighbours in which nothing stood before."""
    found = 0
    for row, column in new:
        if ((row, column - 1) if column > 1 else (row - 1, columns)) in new | old:
            continue
        while (row, column) in new:
            row, column = (row, column + 1) if column < columns else (row + 1, 1)  # noqa: PLW2901
        found += (row, column) not in old
    return found


def _lost(problem: Problem, plan: Plan) -> list[str]:
    wanted = sorted(sample for lot in problem.lots for sample in lot.samples)
    placed = [move.sample for move in plan.moves]
    over = [sample for left in plan.left_over for sample in left.samples]
    return [] if sorted(placed + over) == wanted else ["samples lost or made up"]
