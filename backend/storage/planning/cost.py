"""What an allocation costs in its positions, counted from scratch: every planner answers to it."""

from collections import Counter
from dataclasses import dataclass

from backend.storage.planning.positions import Places, breaks
from backend.storage.planning.problem import Allocation, Box, Lot, Problem, Weights


@dataclass(frozen=True, slots=True)
class Cost:
    """The terms of the objective in seconds; ``shared_risk_s`` and ``unplaced_s`` are penalties."""

    doors_s: float
    racks_s: float
    new_boxes_s: float
    splits_s: float
    breaks_s: float
    project_mix_s: float
    family_apart_s: float
    shared_risk_s: float
    retrieval_s: float
    unplaced_s: float
    unplaced: int

    @property
    def handling_s(self) -> float:
        """Everything but the penalty for samples left over: what plans are compared by."""
        return self.total_s - self.unplaced_s

    @property
    def total_s(self) -> float:
        return (
            self.doors_s
            + self.racks_s
            + self.new_boxes_s
            + self.splits_s
            + self.breaks_s
            + self.project_mix_s
            + self.family_apart_s
            + self.shared_risk_s
            + self.retrieval_s
            + self.unplaced_s
        )

    def by_term(self, weights: Weights) -> dict[str, float]:
        """Return the seconds of every term that is weighed, and of fetching."""
        return {term: getattr(self, f"{term}_s") for term in (*weights.by_term, "retrieval")}

    @property
    def rank(self) -> tuple[int, float]:
        """Smaller is better: first everything placed, then the effort (rounded against noise)."""
        return self.unplaced, round(self.handling_s, 6)


def evaluate(problem: Problem, allocation: Allocation, places: Places) -> Cost:
    """Count the cost of an allocation, which need not obey the hard rules.

    ``places`` are the positions of the same allocation; where none were read no break is counted.
    """
    weights = problem.weights
    pairs = [(problem.lots[lot], problem.boxes[box]) for lot, box in allocation]
    boxes_per_lot = Counter(lot for lot, _ in allocation)
    opened = {box for _, box in allocation if problem.boxes[box].used == 0}
    unplaced = sum(lot.size for lot in problem.lots) - sum(allocation.values())
    return Cost(
        doors_s=weights.door_s * len({box.unit for _, box in pairs}),
        racks_s=weights.rack_s * len({box.rack for _, box in pairs}),
        new_boxes_s=weights.new_box_s * len(opened),
        splits_s=weights.split_s * sum(count - 1 for count in boxes_per_lot.values()),
        breaks_s=weights.break_s * sum(breaks(problem, places).values()),
        project_mix_s=weights.mix_s * _mixes(pairs, len(opened)),
        family_apart_s=weights.apart_s * _apart(problem, pairs),
        shared_risk_s=weights.shared_risk_s * _shared_risks(problem, pairs),
        retrieval_s=_retrieval_s(problem, allocation),
        unplaced_s=weights.unplaced_s * unplaced,
        unplaced=unplaced,
    )


def _mixes(pairs: list[tuple[Lot, Box]], opened: int) -> int:
    """Projects new to a box; the first one in an empty box mixes with nobody."""
    new = {(box.key, lot.project) for lot, box in pairs if lot.project not in box.projects}
    return len(new) - opened


def _apart(problem: Problem, pairs: list[tuple[Lot, Box]]) -> int:
    """Lots put where none of their group is, although some of it is stored already."""
    stored = {group for box in problem.boxes for group in box.groups}
    return sum(lot.group in stored and lot.group not in box.groups for lot, box in pairs)


def _shared_risks(problem: Problem, pairs: list[tuple[Lot, Box]]) -> int:
    """Lots in one unit with the stored counterpart of their group, and pairs of lots likewise."""
    stored = {(group, box.unit) for box in problem.boxes for group in box.groups}
    entered = {(lot.key, lot.group, box.unit) for lot, box in pairs}
    planned = Counter((group, unit) for _, group, unit in entered)
    with_stored = sum((group.counterpart, unit) in stored for _, group, unit in entered)
    with_planned = sum(
        count * planned[group.counterpart, unit]
        for (group, unit), count in planned.items()
        if group.is_backup
    )
    return with_stored + with_planned


def _retrieval_s(problem: Problem, allocation: Allocation) -> float:
    return sum(
        problem.lots[lot].retrievals_per_sample * problem.boxes[box].access_s * count
        for (lot, box), count in allocation.items()
    )
