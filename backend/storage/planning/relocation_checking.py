"""Whether a consolidation or evacuation obeys the hard rules, worked out from its moves alone.

It shares no code with the planners, so that a fault there shows here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from backend.storage.planning.consolidation import Consolidation, ConsolidationPlan
from backend.storage.planning.evacuation import BoxMove, Evacuation, EvacuationPlan, Rack
from backend.storage.planning.problem import Box
from backend.storage.planning.relocation import Conflicts, Tube, TubeMove


def consolidation_violations(asked: Consolidation, plan: ConsolidationPlan) -> list[str]:
    """Return every broken rule in words, none for a plan that may be carried out."""
    moved = {move.tube for move in plan.moves}
    freed = set(plan.freed)
    found = _moves(asked.boxes, asked.tubes, plan.moves)
    found += [f"{key} is no candidate" for key in freed - asked.candidates]
    found += [f"{m.to_box} is no target" for m in plan.moves if m.to_box not in asked.targets]
    found += [f"{m.to_box} is filled and freed" for m in plan.moves if m.to_box in freed]
    found += [
        f"{tube.key} stays in {tube.box}"
        for tube in asked.tubes
        if tube.box in freed and tube.key not in moved
    ]
    found += [f"{m.tube} moves for nothing" for m in plan.moves if m.from_box not in freed]
    if asked.wanted is not None and len(freed) > asked.wanted:
        found.append("more boxes than wanted")
    if len(plan.moves) < plan.moves_bound or len(freed) > plan.boxes_bound:
        found.append("better than its own bound")
    return found + _clashes(asked.boxes, asked.tubes, plan.moves, (), asked.conflicts)


def evacuation_violations(asked: Evacuation, plan: EvacuationPlan) -> list[str]:
    """Return every broken rule in words, none for a plan that may be carried out."""
    units = {box.key: box.unit for box in asked.boxes}
    found = _moves(asked.boxes, asked.tubes, plan.tube_moves)
    found += [f"{m.tube} stays" for m in plan.tube_moves if units[m.to_box] == asked.unit]
    found += _box_moves(asked, plan.box_moves)
    gone = {move.box for move in plan.box_moves}
    found += [f"{m.to_box} is on its way" for m in plan.tube_moves if m.to_box in gone]
    accounted = Counter(
        [key for move in plan.box_moves for key in move.tubes]
        + [move.tube for move in plan.tube_moves]
        + [key for left in plan.no_place for key in left.tubes]
    )
    if accounted != Counter(tube.key for tube in asked.tubes):
        found.append("tubes lost or made up")
    return found + _clashes(
        asked.boxes, asked.tubes, plan.tube_moves, plan.box_moves, asked.conflicts
    )


def _moves(boxes: Sequence[Box], tubes: Sequence[Tube], moves: Sequence[TubeMove]) -> list[str]:
    by_box, by_tube = {box.key: box for box in boxes}, {tube.key: tube for tube in tubes}
    found = [
        f"{move.tube}: {broken}"
        for move in moves
        for broken in _broken(move, by_tube[move.tube], by_box[move.to_box])
    ]
    places = Counter((move.to_box, move.to_position) for move in moves)
    once = Counter(move.tube for move in moves)
    return found + [f"{what} twice" for what, n in (*places.items(), *once.items()) if n > 1]


def _broken(move: TubeMove, tube: Tube, box: Box) -> list[str]:
    rules = {
        "promised": bool(tube.pinned),
        "stands elsewhere": (tube.box, tube.position) != (move.from_box, move.from_position),
        "position is not free": move.to_position not in box.free_positions,
        "reserved box": box.reserved_for is not None and box.reserved_for != tube.project,
    }
    rules |= _unit_rules(tube, box)
    return [sentence for sentence, is_broken in rules.items() if is_broken]


def _unit_rules(tube: Tube, place: Box | Rack) -> dict[str, bool]:
    return {
        "wrong temperature": place.temperature_class != tube.temperature_class,
        "biosafety level": place.biosafety_level < tube.biosafety_level,
        "other samples only": bool(place.allowed_types)
        and tube.sample_type not in place.allowed_types,
        "unit is closed": not place.unit_active,
        "unit in alarm": place.unit_in_alarm,
    }


def _box_moves(asked: Evacuation, moves: Sequence[BoxMove]) -> list[str]:
    racks = {rack.key: rack for rack in asked.racks}
    inside: dict[str, set[str]] = defaultdict(set)
    for tube in asked.tubes:
        inside[tube.box].add(tube.key)
    tubes = {tube.key: tube for tube in asked.tubes}
    names = {rack.key: Counter(rack.box_labels) for rack in asked.racks}
    found = [f"{box} twice" for box, n in Counter(move.box for move in moves).items() if n > 1]
    for rack_key, count in Counter(move.to_rack for move in moves).items():
        slots = racks[rack_key].free_slots
        if slots is None or count > slots:
            found.append(f"{rack_key} is overfilled")
    for move in moves:
        rack = racks[move.to_rack]
        names[rack.key][asked.box_names.get(move.box, move.box)] += 1
        if rack.unit == asked.unit:
            found.append(f"{move.box} stays")
        if set(move.tubes) != inside[move.box]:
            found.append(f"{move.box} is not what it holds")
        for tube in (tubes[key] for key in move.tubes):
            rules = _unit_rules(tube, rack) | {
                "promised": bool(tube.pinned),
                "reserved unit": rack.reserved_for not in (None, tube.project),
            }
            found += [f"{tube.key}: {words}" for words, is_broken in rules.items() if is_broken]
    doubled = (
        f"{name} twice in a rack" for one in names.values() for name, n in one.items() if n > 1
    )
    return found + list(doubled)


def _clashes(
    boxes: Sequence[Box],
    tubes: Iterable[Tube],
    moves: Iterable[TubeMove],
    box_moves: Iterable[BoxMove],
    conflicts: Conflicts,
) -> list[str]:
    """Racks in which the plan brings a class beside one that it may not stand beside."""
    racks = {box.key: box.rack for box in boxes}
    classes = {tube.key: tube.segregation for tube in tubes}
    before: dict[str, set[str]] = defaultdict(set)
    for box in boxes:
        before[box.rack] |= box.segregations
    brought: dict[str, set[str]] = defaultdict(set)
    arrivals = [(racks[move.to_box], move.tube) for move in moves]
    arrivals += [(move.to_rack, tube) for move in box_moves for tube in move.tubes]
    for rack, tube in arrivals:
        if (segregation := classes[tube]) is not None:
            brought[rack].add(segregation)
    return [
        f"{rack}: {one} beside {other}"
        for rack, added in brought.items()
        for one in added
        for other in added | before[rack]
        if frozenset((one, other)) in conflicts
    ]
