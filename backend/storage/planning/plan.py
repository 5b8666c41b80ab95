"""The finished plan: which sample goes to which position, why, and how good that is."""

from dataclasses import dataclass
from enum import StrEnum

from backend.storage.planning.cost import Cost
from backend.storage.planning.feasibility import BoxKind, FilterCount, box_kinds, count_refusals
from backend.storage.planning.positions import Places
from backend.storage.planning.problem import Allocation, Lot, Problem, Weights
from backend.storage.planning.reasons import Reason, explain
from backend.storage.rules import Position


class Ended(StrEnum):
    """Why the planner stopped. ``TIME`` is the only end that another machine might not repeat."""

    OPTIMAL = "optimal"
    EXHAUSTED = "exhausted"
    TIME = "time"
    CANCELLED = "cancelled"


class BoundKind(StrEnum):
    """Where a proof comes from; both range over every box that the rules allow."""

    WHOLE_PROGRAMME = "whole_programme"
    RELAXATION = "relaxation"


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan that leaves as many samples over can need fewer handling seconds than this."""

    handling_s: float
    kind: BoundKind

    def gap_fraction(self, cost: Cost) -> float:
        """How far the plan may still be from the best one, 0–1."""
        if cost.handling_s <= 0:
            return 0.0
        return max(0.0, (cost.handling_s - self.handling_s) / cost.handling_s)


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """One sample into one position."""

    sample: str
    lot: str
    box: str
    position: Position
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Samples of a lot for which no position was found, and what each rule took away."""

    lot: str
    samples: tuple[str, ...]
    refusals: tuple[FilterCount, ...]
    sample_type: str
    temperature_class: str
    boxes_allowed: int
    """Boxes that no rule refuses: where there are any, other samples of the plan filled them."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What the hard rules left for one sort of sample: how a person can check the filter."""

    sample_type: str
    temperature_class: str
    samples: int
    boxes_allowed: int
    positions_allowed: int
    refusals: tuple[FilterCount, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Moves in the order of units, racks and boxes as the problem lists them."""

    moves: tuple[PlannedMove, ...]
    left_over: tuple[LeftOver, ...]
    considered: tuple[Considered, ...]
    cost: Cost
    first_fit: Cost
    weights: Weights
    bound: Bound | None
    ended: Ended
    elapsed_s: float


def lay_out(
    problem: Problem, allocation: Allocation, places: Places
) -> tuple[tuple[PlannedMove, ...], tuple[LeftOver, ...]]:
    """Write the places as moves of single samples, box by box and row by row."""
    why = explain(problem, allocation, places)
    kinds = box_kinds(problem)
    taken = [0] * len(problem.lots)
    moves: list[PlannedMove] = []
    spots = sorted((box, at, lot) for (lot, box), own in places.items() for at in own)
    for box, position, lot in spots:
        sample = problem.lots[lot].samples[taken[lot]]
        taken[lot] += 1
        keys = problem.lots[lot].key, problem.boxes[box].key
        moves.append(PlannedMove(sample, *keys, position, why[lot, box]))
    left_over = tuple(
        _left_over(problem, kinds, lot, done)
        for lot, done in zip(problem.lots, taken, strict=True)
        if done < lot.size
    )
    return tuple(moves), left_over


def _left_over(problem: Problem, kinds: tuple[BoxKind, ...], lot: Lot, done: int) -> LeftOver:
    counts = count_refusals(problem, kinds, lot)
    return LeftOver(
        lot=lot.key,
        samples=lot.samples[done:],
        refusals=counts,
        sample_type=lot.sample_type,
        temperature_class=lot.temperature_class,
        boxes_allowed=len(problem.boxes) - sum(count.boxes for count in counts),
    )


def consider(problem: Problem) -> tuple[Considered, ...]:
    """Count for every sort of sample what the hard rules took away and what they left."""
    sorts: dict[tuple[object, ...], list[int]] = {}
    for index, lot in enumerate(problem.lots):
        needs = (lot.temperature_class, lot.biosafety_level, lot.segregation)
        sorts.setdefault((*needs, lot.project, lot.sample_type), []).append(index)
    kinds = box_kinds(problem)
    return tuple(_considered(problem, kinds, indices) for indices in sorts.values())


def _considered(problem: Problem, kinds: tuple[BoxKind, ...], indices: list[int]) -> Considered:
    lot = problem.lots[indices[0]]
    counts = count_refusals(problem, kinds, lot)
    return Considered(
        sample_type=lot.sample_type,
        temperature_class=lot.temperature_class,
        samples=sum(problem.lots[index].size for index in indices),
        boxes_allowed=len(problem.boxes) - sum(count.boxes for count in counts),
        positions_allowed=sum(box.free for box in problem.boxes)
        - sum(count.positions for count in counts),
        refusals=counts,
    )
