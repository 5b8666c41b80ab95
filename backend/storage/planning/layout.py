"""The problem as arrays, computed once: what the heuristics and the solver read in every step."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from backend.storage.planning.feasibility import box_kinds, refusal
from backend.storage.planning.positions import fewest_breaks, runs_of
from backend.storage.planning.problem import Box, Group, Lot, Problem

_K = TypeVar("_K", bound=Hashable)
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Sort = tuple[str, int, str | None, str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Index arrays of a problem with L lots, B boxes, P projects, U units and S classes.

    ``allowed`` has one row per sort of lot, shape (sorts, B); ``sort_of_lot`` points into it.
    ``breaks`` are those that a number of tubes cannot avoid in a box where none of their group
    stands, shape (B, most tubes + 1). ``runs`` are the lengths of free runs, the longest first.
    ``at_home`` and ``stored_units`` hold only groups that something is known about.
    """

    problem: Problem
    size: IntArray
    sort_of_lot: IntArray
    allowed: BoolArray
    free: IntArray
    runs: list[list[int]]
    breaks: IntArray
    unit_of_box: IntArray
    rack_of_box: IntArray
    empty: BoolArray
    access_s: FloatArray
    project_of_lot: IntArray
    held_projects: BoolArray
    class_of_lot: IntArray
    class_conflicts: BoolArray
    class_alone: BoolArray
    at_home: dict[Group, IntArray]
    stored_units: dict[Group, IntArray]
    lots_of_group: dict[Group, IntArray]
    n_units: int
    n_racks: int

    def candidates(self, lot: int) -> IntArray:
        """Boxes that the hard rules allow for a lot, as they stood before the plan."""
        return np.flatnonzero(self.allowed[self.sort_of_lot[lot]])


def build_layout(problem: Problem) -> Layout:
    """Index the problem; O(sorts x boxes), not O(lots x boxes)."""
    units = _numbered(box.unit for box in problem.boxes)
    racks = _numbered(box.rack for box in problem.boxes)
    projects = _numbered(lot.project for lot in problem.lots)
    classes = _numbered(lot.segregation for lot in problem.lots if lot.segregation is not None)
    sorts = _numbered(_sort(lot) for lot in problem.lots)
    unit_of_box = np.array([units[box.unit] for box in problem.boxes], dtype=np.int64)
    at_home, stored_units = _whereabouts(problem, unit_of_box)
    runs = [_run_lengths(box) for box in problem.boxes]
    return Layout(
        problem=problem,
        size=np.array([lot.size for lot in problem.lots], dtype=np.int64),
        sort_of_lot=np.array([sorts[_sort(lot)] for lot in problem.lots], dtype=np.int64),
        allowed=_allowed(problem, sorts),
        free=np.array([box.free for box in problem.boxes], dtype=np.int64),
        runs=runs,
        breaks=_breaks(runs),
        unit_of_box=unit_of_box,
        rack_of_box=np.array([racks[box.rack] for box in problem.boxes], dtype=np.int64),
        empty=np.array([box.used == 0 for box in problem.boxes], dtype=np.bool_),
        access_s=np.array([box.access_s for box in problem.boxes], dtype=np.float64),
        project_of_lot=np.array([projects[lot.project] for lot in problem.lots], dtype=np.int64),
        held_projects=_held_projects(problem, projects),
        class_of_lot=np.array(
            [-1 if lot.segregation is None else classes[lot.segregation] for lot in problem.lots],
            dtype=np.int64,
        ),
        class_conflicts=_class_conflicts(problem, classes),
        class_alone=np.array([name in problem.alone for name in classes], dtype=np.bool_),
        at_home=at_home,
        stored_units=stored_units,
        lots_of_group=_lots_of_group(problem),
        n_units=len(units),
        n_racks=len(racks),
    )


def _numbered(keys: Iterable[_K]) -> dict[_K, int]:
    """Number keys in the order of their first appearance."""
    numbers: dict[_K, int] = {}
    for key in keys:
        numbers.setdefault(key, len(numbers))
    return numbers


def _sort(lot: Lot) -> Sort:
    """What the hard rules look at; lots that agree here may go into the same boxes."""
    return (
        lot.temperature_class,
        lot.biosafety_level,
        lot.segregation,
        lot.project,
        lot.sample_type,
    )


def _allowed(problem: Problem, sorts: dict[Sort, int]) -> BoolArray:
    kinds = box_kinds(problem)
    allowed = np.zeros((len(sorts), len(problem.boxes)), dtype=np.bool_)
    representatives = {sorts[_sort(lot)]: lot for lot in problem.lots}
    for row, lot in representatives.items():
        for kind in kinds:
            if refusal(problem, lot, kind.example, kind.in_rack) is None:
                allowed[row, list(kind.boxes)] = True
    return allowed


def _run_lengths(box: Box) -> list[int]:
    """Lengths of the free runs of a box, the longest first."""
    return sorted(map(len, runs_of(box.free_positions, box.columns)), reverse=True)


def _breaks(runs: list[list[int]]) -> IntArray:
    most = max(map(sum, runs), default=0)
    rows = [fewest_breaks(lengths, most) for lengths in runs]
    return np.array(rows, dtype=np.int64).reshape(len(runs), most + 1)


def _held_projects(problem: Problem, projects: dict[str, int]) -> BoolArray:
    held = np.zeros((len(projects), len(problem.boxes)), dtype=np.bool_)
    for column, box in enumerate(problem.boxes):
        for project in box.projects & projects.keys():
            held[projects[project], column] = True
    return held


def _class_conflicts(problem: Problem, classes: dict[str, int]) -> BoolArray:
    matrix = np.zeros((len(classes), len(classes)), dtype=np.bool_)
    for first, one in classes.items():
        for second, other in classes.items():
            matrix[one, other] = frozenset((first, second)) in problem.conflicts
    return matrix


def _whereabouts(
    problem: Problem, unit_of_box: IntArray
) -> tuple[dict[Group, IntArray], dict[Group, IntArray]]:
    """Boxes and units in which groups of the problem, or their counterparts, are stored already."""
    wanted = {lot.group for lot in problem.lots} | {lot.group.counterpart for lot in problem.lots}
    boxes: dict[Group, list[int]] = {}
    for column, box in enumerate(problem.boxes):
        for group in box.groups & wanted:
            boxes.setdefault(group, []).append(column)
    at_home = {group: np.array(columns, dtype=np.int64) for group, columns in boxes.items()}
    return at_home, {group: np.unique(unit_of_box[columns]) for group, columns in at_home.items()}


def _lots_of_group(problem: Problem) -> dict[Group, IntArray]:
    lots: dict[Group, list[int]] = {}
    for index, lot in enumerate(problem.lots):
        lots.setdefault(lot.group, []).append(index)
    return {group: np.array(indices, dtype=np.int64) for group, indices in lots.items()}
