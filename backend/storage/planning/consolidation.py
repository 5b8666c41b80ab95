"""Consolidation: free boxes with the fewest moves of tubes.

Only tubes of the boxes that become free move, each once, into positions that are free now; so the
moves may be done in any order and none needs a third place. Freeing boxes then costs exactly what
they hold. Without restrictions the least-filled boxes are the answer (closed form), and as no plan
can free as many with less, that sum bounds every restricted case, too. Where the rules keep the
least-filled boxes from being emptied, HiGHS decides (consolidation_model.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.storage.planning.consolidation_model import Choice, best_count, best_moves
from backend.storage.planning.control import Control, Progress, Stage
from backend.storage.planning.problem import NO_CONFLICTS, Box
from backend.storage.planning.relocation import (
    Conflicts,
    RackCompany,
    Sort,
    Tube,
    TubeMove,
    sort_tubes,
)

# How many tubes of a sort go into a box, by (sort, box); only counts above zero.
Counts = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Consolidation:
    """What is asked: free ``wanted`` of the candidates (None: as many as can be).

    ``boxes`` are in working order; ``tubes`` are those of the candidates. A box may be a candidate
    and a target: it is emptied or filled, never both.
    """

    boxes: tuple[Box, ...]
    tubes: tuple[Tube, ...]
    candidates: frozenset[str]
    targets: frozenset[str]
    wanted: int | None = None
    conflicts: Conflicts = NO_CONFLICTS


@dataclass(frozen=True, slots=True)
class ConsolidationPlan:
    """``moves_bound``: no plan frees as many boxes with fewer moves; ``boxes_bound``: nor more."""

    moves: tuple[TubeMove, ...]
    freed: tuple[str, ...]
    pinned_boxes: tuple[str, ...]
    """Candidates that cannot be emptied, because a tube in them may not be moved."""
    considered: tuple[Sort, ...]
    wanted: int
    moves_bound: int
    boxes_bound: int

    @property
    def is_proved(self) -> bool:
        return len(self.moves) == self.moves_bound and len(self.freed) == self.boxes_bound


def plan_consolidation(
    asked: Consolidation, control: Control, *, time_limit_s: float = 30.0
) -> ConsolidationPlan:
    """Return the plan that frees most boxes, up to the wanted number, with the fewest moves.

    Within the time limit that is exact; else the best found, with the bound that was proved.
    """
    run = _Run(asked, control, time_limit_s)
    control.report(Progress(Stage.GREEDY, 0.1, 0, 0.0))
    run.closed_form()
    if not run.is_proved():
        control.report(Progress(Stage.SOLVE, 0.4, 0, 0.0))
        run.solve()
    control.report(Progress(Stage.DONE, 1.0, 0, 0.0))
    return run.finish()


class _Run:
    """The freed boxes and counts found so far, and what is proved about them."""

    def __init__(self, asked: Consolidation, control: Control, time_limit_s: float) -> None:
        self.asked = asked
        self.control = control
        self.time_limit_s = time_limit_s
        self.sorts = sort_tubes(asked.tubes, asked.boxes, asked.targets, asked.conflicts)
        self.held = _held(asked, self.sorts)
        filled = {tube.box for tube in asked.tubes}
        pinned = {tube.box for tube in asked.tubes if tube.pinned}
        known = [box.key for box in asked.boxes]
        self.pinned = tuple(k for k in known if k in pinned & asked.candidates)
        self.emptiable = [
            index for index, key in enumerate(known) if key in (filled - pinned) & asked.candidates
        ]
        self.emptiable.sort(key=self.fill_of)  # stable: working order among equals
        self.choice = Choice(asked.boxes, self.sorts, self.held, self.emptiable, asked.conflicts)
        self.wanted = len(self.emptiable) if asked.wanted is None else asked.wanted
        self.boxes_bound = min(self.wanted, len(self.emptiable))
        self.freed: tuple[int, ...] = ()
        self.counts: Counts = {}
        self.moves_bound = 0

    def fill_of(self, box: int) -> int:
        return sum(self.held.get((sort, box), 0) for sort in range(len(self.sorts)))

    def closed_form(self) -> None:
        """Take the least-filled box that can still be emptied, again and again."""
        for box in self.emptiable:
            if len(self.freed) == self.boxes_bound:
                break
            trial = (*self.freed, box)
            counts = self.fit(trial)
            if counts is not None:
                self.freed, self.counts = trial, counts
        self.moves_bound = self._smallest(len(self.freed))

    def solve(self) -> None:
        """Ask HiGHS how many boxes can be freed, then with how few moves."""
        if len(self.freed) < self.boxes_bound:
            most = best_count(self.choice, self.boxes_bound, self.control, self.time_limit_s / 2)
            self.boxes_bound = max(min(self.boxes_bound, most.bound), len(self.freed))
            self._offer(most.freed, most.counts)
        self.moves_bound = self._smallest(len(self.freed))
        if self.is_proved() or not self.freed:
            return
        fewest = best_moves(self.choice, len(self.freed), self.control, self.time_limit_s / 2)
        self.moves_bound = max(self.moves_bound, fewest.bound)
        self._offer(fewest.freed, fewest.counts)

    def is_proved(self) -> bool:
        return len(self.freed) == self.boxes_bound and self.moves == self.moves_bound

    @property
    def moves(self) -> int:
        return sum(self.fill_of(box) for box in self.freed)

    def fit(self, freed: Sequence[int]) -> Counts | None:
        """Spread what the boxes hold over the targets that stay; None where this finds no way.

        The pickiest sort chooses first; the fullest box is filled first, so that few are opened.
        """
        boxes, gone = self.asked.boxes, set(freed)
        free = [box.free for box in boxes]
        company = RackCompany(self.asked.conflicts)
        counts: dict[tuple[int, int], int] = {}
        order = sorted(range(len(self.sorts)), key=lambda sort: len(self.sorts[sort].allowed))
        for number in order:
            sort = self.sorts[number]
            left = sum(self.held.get((number, box), 0) for box in freed)
            for box in sorted(sort.allowed, key=lambda index: (free[index], index)):
                if not left:
                    break
                rack = boxes[box].rack
                if box in gone or not free[box] or not company.admits(rack, sort.segregation):
                    continue
                count = min(left, free[box])
                counts[number, box] = count
                company.enter(rack, sort.segregation, count)
                free[box] -= count
                left -= count
            if left:
                return None
        return counts

    def finish(self) -> ConsolidationPlan:
        freed = tuple(sorted(self.freed))
        return ConsolidationPlan(
            moves=_lay_out(self.asked, self.sorts, freed, self.counts),
            freed=tuple(self.asked.boxes[box].key for box in freed),
            pinned_boxes=self.pinned,
            considered=tuple(self.sorts),
            wanted=self.wanted,
            moves_bound=self.moves_bound,
            boxes_bound=self.boxes_bound,
        )

    def _offer(self, freed: Sequence[int], counts: Counts) -> None:
        """Keep what the solver found where it is better; a tidier spread of it where there is."""
        found = len(freed), -sum(self.fill_of(box) for box in freed)
        if found > (len(self.freed), -self.moves):
            self.freed = tuple(freed)
            self.counts = self.fit(freed) or counts

    def _smallest(self, count: int) -> int:
        return sum(self.fill_of(box) for box in self.emptiable[:count])


def _held(asked: Consolidation, sorts: Sequence[Sort]) -> dict[tuple[int, int], int]:
    """Return how many tubes of a sort every box holds, by (sort, box)."""
    index_of = {box.key: index for index, box in enumerate(asked.boxes)}
    held: dict[tuple[int, int], int] = {}
    for number, sort in enumerate(sorts):
        for tube in sort.tubes:
            pair = number, index_of[asked.tubes[tube].box]
            held[pair] = held.get(pair, 0) + 1
    return held


def _lay_out(
    asked: Consolidation, sorts: Sequence[Sort], freed: Sequence[int], counts: Counts
) -> tuple[TubeMove, ...]:
    """Give every tube of the freed boxes a position; moves lie in the order of the boxes."""
    order = {asked.boxes[box].key: number for number, box in enumerate(freed)}
    filled: dict[int, int] = {}
    for (_, box), count in counts.items():
        filled[box] = filled.get(box, 0) + count
    next_free = dict.fromkeys(filled, 0)
    moves: list[TubeMove] = []
    for number, sort in enumerate(sorts):
        leaving = [asked.tubes[tube] for tube in sort.tubes if asked.tubes[tube].box in order]
        leaving.sort(key=lambda tube: (order[tube.box], tube.position))
        places = [box for box in sort.allowed for _ in range(counts.get((number, box), 0))]
        for tube, box in zip(leaving, places, strict=True):
            target = asked.boxes[box]
            fills = filled[box] == target.free
            moves.append(_move(tube, target, next_free[box], asked, fills=fills))
            next_free[box] += 1
    return tuple(sorted(moves, key=lambda move: (order[move.from_box], move.from_position)))


def _move(tube: Tube, target: Box, nth: int, asked: Consolidation, *, fills: bool) -> TubeMove:
    source = next(box for box in asked.boxes if box.key == tube.box)
    reasons = [f"frees {source.label}"]
    if target.rack == source.rack:
        reasons.append("same rack")
    elif target.unit == source.unit:
        reasons.append("same unit")
    if tube.project in target.projects:
        reasons.append("same project box")
    if fills:
        reasons.append("fills the box")
    return TubeMove(
        tube=tube.key,
        from_box=tube.box,
        from_position=tube.position,
        to_box=target.key,
        to_position=target.free_positions[nth],
        reasons=tuple(reasons),
    )
