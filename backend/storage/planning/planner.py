"""Plan placements.

First-fit is the yardstick, greedy with ruin and recreate finds the plan, HiGHS bounds it.
Measured on the storage-synth instances: from a few thousand (lot, box) pairs on, ruin and
recreate beats the mixed-integer solver in equal time, while the relaxation over all boxes stays
within two per cent. So HiGHS improves the plan where the whole programme is small, and only bounds
it where it is not. The relaxation is solved beside the search, in a thread: HiGHS lets go of the
interpreter while it works. Positions inside the boxes come afterwards (positions.py); plans are
compared by what they cost with them.
"""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event

import numpy as np

from backend.storage.planning.control import Control, Effort, Progress, Stage
from backend.storage.planning.cost import Cost, evaluate
from backend.storage.planning.fill import Fill
from backend.storage.planning.heuristics import first_fit, greedy
from backend.storage.planning.improve import improve
from backend.storage.planning.layout import build_layout
from backend.storage.planning.model import build_model, solution_counts
from backend.storage.planning.plan import Bound, BoundKind, Ended, Plan, consider, lay_out
from backend.storage.planning.positions import Places, in_turn, side_by_side
from backend.storage.planning.problem import Allocation, Problem
from backend.storage.planning.slots import Slots, coarse_slots, single_slots
from backend.storage.planning.solver import Limits, solve

DEFAULT_EFFORT = Effort()
_NOISE_S = 1e-3
_ASK_EVERY_S = 0.2


def plan_placement(problem: Problem, control: Control, effort: Effort = DEFAULT_EFFORT) -> Plan:
    """Return a plan that is never worse than first-fit and obeys every hard rule.

    Cancelling keeps the best plan so far (``ended`` says so); it is complete, only less polished.
    """
    run = _Run(problem, control, effort)
    with ThreadPoolExecutor(max_workers=1) as beside:
        relaxation = beside.submit(run.relax)
        try:
            run.search()
            run.prove(relaxation)
        finally:
            run.is_over.set()
    return run.finish()


class _Run:
    """One planning run: the best allocation so far, the bound so far, why it ended."""

    def __init__(self, problem: Problem, control: Control, effort: Effort) -> None:
        self.problem = problem
        self.control = control
        self.effort = effort
        self.layout = build_layout(problem)
        self.baseline = first_fit(self.layout)
        self.best: Allocation = dict(self.baseline.allocation)
        self.first_fit = evaluate(problem, self.best, in_turn(problem, self.best))
        # The same boxes with families side by side: never dearer, and where a plan begins.
        self.places: Places = side_by_side(problem, self.best)
        self.cost: Cost = evaluate(problem, self.best, self.places)
        self.total_bound_s = float("-inf")
        self.proof_until_s = 0.0
        self.kind = BoundKind.RELAXATION
        self.ended = Ended.EXHAUSTED
        self.pairs = single_slots(self.layout).pair_count(self.layout)
        self.is_small = self.pairs <= effort.max_whole_pairs
        self.is_over = Event()
        """Tells the relaxation to stop; only the planner's own thread asks the caller."""

    def search(self) -> None:
        """Heuristics: greedy, then ruin and recreate from the better of the two starts."""
        self._report(Stage.GREEDY, 0.05)
        fill = greedy(self.layout)
        self._offer(fill.allocation)
        start = fill if fill.cost_s < self.baseline.cost_s else self.baseline
        self._report(Stage.IMPROVE, 0.1)
        finished = self._improve(start)
        self._offer(start.allocation)
        if not finished:
            self.ended = Ended.CANCELLED if self.control.is_cancelled() else Ended.TIME

    def relax(self) -> float:
        """Return the bound of the linear programme over every allowed box; minus infinity for none.

        Reads what the search never changes, so that it may run beside it.
        """
        if not self.problem.lots or self.pairs > self.effort.max_bound_pairs:
            return float("-inf")
        model = build_model(self.layout, single_slots(self.layout), with_breaks=self.is_small)
        whole_time_s = self.effort.search_limit_s + self.effort.proof_limit_s
        limits = Limits(time_limit_s=whole_time_s, max_nodes=self.effort.max_nodes)
        stop = Control(elapsed_s=lambda: 0.0, is_cancelled=self.is_over.is_set)
        return solve(model, stop, limits, relaxed=True).bound

    def prove(self, relaxation: Future[float]) -> None:
        """Bound the plan over every allowed box; improve it where the whole programme is small."""
        self.proof_until_s = self.control.elapsed_s() + self.effort.proof_limit_s
        if self.problem.lots and self.pairs <= self.effort.max_bound_pairs:
            self._report(Stage.BOUND, 0.6)
            self._raise_bound(self._awaited(relaxation), BoundKind.RELAXATION)
            self._bound_by(coarse_slots(self.layout), share=0.5)
        if self.is_small and not self._is_over():
            self._report(Stage.SOLVE, 0.75)
            self._solve_whole()
        if self._is_proved():
            self.ended = Ended.OPTIMAL
        elif self.control.is_cancelled():
            self.ended = Ended.CANCELLED

    def finish(self) -> Plan:
        """Lay the samples out and state how good the plan is."""
        moves, left_over = lay_out(self.problem, self.best, self.places)
        self._report(Stage.DONE, 1.0)
        return Plan(
            moves=moves,
            left_over=left_over,
            considered=consider(self.problem),
            cost=self.cost,
            weights=self.problem.weights,
            first_fit=self.first_fit,
            bound=self._bound(),
            ended=self.ended,
            elapsed_s=self.control.elapsed_s(),
        )

    def _improve(self, fill: Fill) -> bool:
        def listen(done_fraction: float) -> None:
            self._offer(fill.allocation)
            self._report(Stage.IMPROVE, 0.1 + 0.5 * done_fraction)

        return improve(fill, self.effort, self.control, listen)

    def _awaited(self, relaxation: Future[float]) -> float:
        """Return the relaxation's bound once it is there; a caller who cancels gets none."""
        while not self.control.is_cancelled():
            if wait([relaxation], timeout=_ASK_EVERY_S).done:
                return relaxation.result()
        return float("-inf")

    def _bound_by(self, slots: Slots, *, share: float) -> None:
        if not self._is_over():
            model = build_model(self.layout, slots, with_breaks=self.is_small)
            solution = solve(model, self.control, self._limits(share))
            self._raise_bound(solution.bound, BoundKind.RELAXATION)

    def _solve_whole(self) -> None:
        model = build_model(self.layout, single_slots(self.layout))
        solution = solve(model, self.control, self._limits(1.0), start=self.best)
        self._raise_bound(solution.bound, BoundKind.WHOLE_PROGRAMME)
        if solution.values is not None:
            self._offer(solution_counts(model, solution.values))
        if not solution.optimal and self.ended is Ended.EXHAUSTED:
            self.ended = Ended.TIME

    def _is_over(self) -> bool:
        return self._is_proved() or self.control.is_cancelled()

    def _limits(self, share: float) -> Limits:
        left_s = self.proof_until_s - self.control.elapsed_s()
        return Limits(time_limit_s=max(share * left_s, 0.01), max_nodes=self.effort.max_nodes)

    def _offer(self, allocation: Allocation) -> None:
        places = side_by_side(self.problem, allocation)
        cost = evaluate(self.problem, allocation, places)
        if cost.rank < self.cost.rank:
            self.best, self.places, self.cost = dict(allocation), places, cost

    def _raise_bound(self, total_s: float, kind: BoundKind) -> None:
        if np.isfinite(total_s) and total_s > self.total_bound_s:
            self.total_bound_s, self.kind = total_s, kind

    def _is_proved(self) -> bool:
        return self.cost.total_s - self.total_bound_s <= _NOISE_S

    def _bound(self) -> Bound | None:
        if not np.isfinite(self.total_bound_s):
            return None
        proven_s = min(self.total_bound_s, self.cost.total_s) - self.cost.unplaced_s
        return Bound(handling_s=max(0.0, proven_s), kind=self.kind)

    def _report(self, stage: Stage, done_fraction: float) -> None:
        cost = self.cost
        self.control.report(Progress(stage, done_fraction, cost.unplaced, cost.handling_s))
