"""Which boxes to free, as a whole-number programme, for HiGHS.

    x[b]    box b becomes free             y[s,b]  tubes of sort s that go into box b
    c[k,j]  rack k takes segregation class j

A box takes tubes only where it stays: y[s,b] summed over sorts <= free[b] * (1 - x[b]).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backend.storage.planning.control import Control
from backend.storage.planning.layout import FloatArray
from backend.storage.planning.model import Model, Rows, solution_counts
from backend.storage.planning.problem import Box
from backend.storage.planning.relocation import Conflicts, Sort
from backend.storage.planning.solver import Limits, solve

_MAX_NODES = 20_000
_NOISE = 1e-4
Held = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen from: ``held`` tubes by (sort, box), and the boxes that may become free."""

    boxes: Sequence[Box]
    sorts: Sequence[Sort]
    held: Held
    emptiable: Sequence[int]
    conflicts: Conflicts

    def fill_of(self, box: int) -> int:
        return sum(self.held.get((sort, box), 0) for sort in range(len(self.sorts)))


@dataclass(frozen=True, slots=True)
class Found:
    """Boxes to free and where their tubes go; empty where the solver found nothing in time.

    ``bound`` is proved: at most so many boxes, or at least so many moves.
    """

    freed: tuple[int, ...]
    counts: Mapping[tuple[int, int], int]
    bound: int


def best_count(choice: Choice, at_most: int, control: Control, time_limit_s: float) -> Found:
    """Free as many of the boxes as can be, up to a number."""
    model = _build(choice, dict.fromkeys(choice.emptiable, -1.0))
    model.rows.row([(model.u[0, box], 1.0) for box in choice.emptiable], 0, at_most)
    values, bound = _answer(model, control, time_limit_s)
    most = at_most if not np.isfinite(bound) else int(np.floor(-bound + _NOISE))
    return _found(model, values, min(at_most, most))


def best_moves(choice: Choice, count: int, control: Control, time_limit_s: float) -> Found:
    """Free exactly ``count`` of the boxes with the fewest moves."""
    model = _build(choice, {box: float(choice.fill_of(box)) for box in choice.emptiable})
    model.rows.row([(model.u[0, box], 1.0) for box in choice.emptiable], count, count)
    values, bound = _answer(model, control, time_limit_s)
    return _found(model, values, int(np.ceil(bound - _NOISE)) if np.isfinite(bound) else 0)


def _build(choice: Choice, costs: Mapping[int, float]) -> Model:
    rows = Rows()
    x = {box: rows.column(cost, 1) for box, cost in costs.items()}
    y = {
        (number, box): rows.column(0.0, choice.boxes[box].free)
        for number, sort in enumerate(choice.sorts)
        for box in sort.allowed
    }
    into: dict[int, list[int]] = {}
    for (_, box), column in y.items():
        into.setdefault(box, []).append(column)
    for box, columns in into.items():
        free = choice.boxes[box].free
        stays = [(x[box], float(free))] if box in x else []
        rows.row([*((column, 1.0) for column in columns), *stays], 0, free)
    for number, sort in enumerate(choice.sorts):
        placed = [(y[number, box], 1.0) for box in sort.allowed]
        leaving = [(x[box], -float(choice.held.get((number, box), 0))) for box in x]
        rows.row([*placed, *(term for term in leaving if term[1])], 0, 0)
    _keep_apart(choice, rows, y)
    return Model(rows=rows, offset=0.0, y=y, u={(0, box): column for box, column in x.items()})


def _keep_apart(choice: Choice, rows: Rows, y: Mapping[tuple[int, int], int]) -> None:
    """Of two classes that may not share a rack it takes one at most."""
    takes: dict[tuple[str, str], int] = {}
    classes = {sort.segregation for sort in choice.sorts}
    clashing = {name for pair in choice.conflicts if pair <= classes for name in pair}
    for (number, box), column in y.items():
        segregation = choice.sorts[number].segregation
        if segregation is None or segregation not in clashing:
            continue
        key = choice.boxes[box].rack, segregation
        if key not in takes:
            takes[key] = rows.column(0.0, 1)
        rows.at_most(column, takes[key], float(choice.boxes[box].free))
    for rack in {rack for rack, _ in takes}:
        for pair in choice.conflicts:
            both = [(takes[rack, name], 1.0) for name in pair if (rack, name) in takes]
            if len(both) == len(pair) > 1:
                rows.row(both, 0, 1)


def _answer(model: Model, control: Control, time_limit_s: float) -> tuple[FloatArray | None, float]:
    limits = Limits(time_limit_s=max(time_limit_s, 0.01), max_nodes=_MAX_NODES)
    solution = solve(model, control, limits)
    return solution.values, solution.bound


def _found(
    model: Model,
    values: FloatArray | None,
    bound: int,
) -> Found:
    if values is None:
        return Found((), {}, bound)
    freed = tuple(box for (_, box), column in model.u.items() if np.rint(values[column]) == 1)
    return Found(freed, solution_counts(model, values), bound)
