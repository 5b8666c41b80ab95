"""The best places for one tube, at once, while somebody has it in hand.

No solver and no arrays: every box that the hard rules allow has its price by the planner's own
objective, and the cheapest come first.
"""

from collections.abc import Collection
from dataclasses import dataclass

from backend.storage.planning.cost import Cost, evaluate
from backend.storage.planning.feasibility import rack_segregations, refusal
from backend.storage.planning.plan import Considered, consider
from backend.storage.planning.positions import has_room_beside, side_by_side
from backend.storage.planning.problem import Box, Lot, Problem
from backend.storage.planning.reasons import Reason, explain
from backend.storage.rules import Position


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A box for the tube, what putting it there costs, and what speaks for it and against it."""

    box: str
    position: Position | None
    """Beside its family where it stands there; None where only a number of places was read."""
    cost: Cost
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """The cheapest boxes first, and what the hard rules left and took away."""

    places: tuple[Suggestion, ...]
    considered: Considered


def suggest(problem: Problem, *, most: int, without: Collection[str] = ()) -> Suggested:
    """Return the ``most`` cheapest boxes for the one lot of a problem, a lot of one sample.

    Boxes in ``without`` are not suggested. Of boxes that cost the same the fullest comes first, as
    it leaves the others whole; then their working order decides.
    """
    (lot,) = problem.lots
    in_racks = rack_segregations(problem)
    prices = _Prices(problem, lot)
    allowed = [
        (round(prices.of(box), 6), box.free, index)
        for index, box in enumerate(problem.boxes)
        if box.key not in without and refusal(problem, lot, box, in_racks[box.rack]) is None
    ]
    return Suggested(
        places=tuple(_suggestion(problem, index) for _, _, index in sorted(allowed)[:most]),
        considered=consider(problem)[0],
    )


def _suggestion(problem: Problem, index: int) -> Suggestion:
    alone = {(0, index): 1}
    places = side_by_side(problem, alone)
    return Suggestion(
        box=problem.boxes[index].key,
        position=next(iter(places[0, index]), None),
        cost=evaluate(problem, alone, places),
        reasons=explain(problem, alone, places)[0, index],
    )


class _Prices:
    """The seconds that `evaluate` counts for one sample in one box, without counting all boxes."""

    def __init__(self, problem: Problem, lot: Lot) -> None:
        self._weights = problem.weights
        self._lot = lot
        self._has_home = any(lot.group in box.groups for box in problem.boxes)
        self._risky = {box.unit for box in problem.boxes if lot.group.counterpart in box.groups}

    def of(self, box: Box) -> float:
        """Return what putting the sample into the box costs, doors and retrieval included."""
        weights, lot = self._weights, self._lot
        seconds = weights.door_s + weights.rack_s
        if box.used == 0:
            seconds += weights.new_box_s
        elif lot.project not in box.projects:
            seconds += weights.mix_s
        if self._has_home and lot.group not in box.groups:
            seconds += weights.apart_s
        if box.standing.get(lot.group) and not has_room_beside(box, lot.group):
            seconds += weights.break_s
        if box.unit in self._risky:
            seconds += weights.shared_risk_s
        return seconds + lot.retrievals_per_sample * box.access_s
