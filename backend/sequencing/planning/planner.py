"""Plan the queue: which library goes to which lane of which run, and how good that is.

Earliest due date first is the yardstick; ruin and recreate finds a plan; HiGHS begins from it, and
bounds it. The rows on light and on shifts are what makes the bound good: with them the programme
of 384 libraries is within 5 % of its own bound after two minutes of one processor, where a search
beside a programme of promising pairs stood at 14 %. Only far larger queues are cut down to
promising pairs, with the relaxation as their bound. Search and solver take turns: the solver asks
now and then whether to go on, and a search that holds the interpreter lets it wait for the answer.
"""

from math import inf, isfinite

import numpy as np

from backend.sequencing.planning.control import Control, Effort, Progress, Stage
from backend.sequencing.planning.improve import Best, improve, keep
from backend.sequencing.planning.layout import build_layout
from backend.sequencing.planning.loading import (
    OUT,
    Loading,
    Placing,
    by_due_date,
    insert,
    made_to_stand,
    may_stand,
    pin,
)
from backend.sequencing.planning.plan import Ended, Plan, write_plan
from backend.sequencing.planning.problem import Problem
from backend.sequencing.planning.programme import Programme, build_programme
from backend.storage.planning.control import Control as SolverControl
from backend.storage.planning.solver import Limits, Solution, solve_rows

DEFAULT_EFFORT = Effort()
_NOISE = 1e-4
_HOT = 6.0
"""Temperatures of the searches, in cost: a worse step of this much is taken now and then."""
_WARM = 0.6
_GREEDY_SHARE = 0.02
_NO_LIMIT_S = 1e9


def plan_queue(problem: Problem, control: Control, effort: Effort = DEFAULT_EFFORT) -> Plan:
    """Return a plan that obeys every hard rule and is never worse than earliest due date first.

    Cancelling keeps the best plan so far, which is complete.
    """
    run = _Run(problem, control, effort)
    run.begin()
    if effort.with_proof and problem.libraries and not control.is_cancelled():
        run.solve()
    run.polish()
    return run.finish()


class _Run:
    """One planning run: the best placing so far, the bound so far, why it ended."""

    def __init__(self, problem: Problem, control: Control, effort: Effort) -> None:
        self.problem = problem
        self.control = control
        self.effort = effort
        self.layout = build_layout(problem)
        self.rng = np.random.default_rng(effort.seed)
        loading = Loading(self.layout)
        pin(loading)
        self.pinned = loading.placing()
        self.best = Best(self.pinned, loading.cost)
        self.greedy = self.pinned
        self.bound = -inf

    def begin(self) -> None:
        """Earliest due date first, and a short search from there."""
        self._report(Stage.GREEDY, _GREEDY_SHARE)
        loading = self._load(self.best.placing)
        insert(loading, by_due_date(self.layout))
        if not may_stand(loading):
            loading = made_to_stand(loading)
        self.greedy = loading.placing()
        keep(self.best, loading)
        self._improve(loading, 0.0, self.effort.start_share, _HOT)

    def solve(self) -> None:
        """Solve the programme from the best plan so far; take over its bound, and a better plan."""
        self._report(Stage.SOLVE, self.effort.start_share)
        programme = build_programme(self.layout)
        if len(programme.x) > self.effort.max_whole_pairs:
            relaxed = self._solved(programme, relaxed=True)
            if relaxed.values is None or relaxed.reduced_costs is None:
                return
            self.bound = relaxed.bound
            each = self.effort.promising_pairs
            kept = programme.promising(relaxed.values, relaxed.reduced_costs, each)
            shifted = self._shifted(self.best.placing)
            kept |= {
                (library, self.layout.lane_slots[lane])
                for library, lane in enumerate(shifted)
                if lane != OUT
            }
            programme = build_programme(self.layout, kept)
            solution = self._solved(programme)
        else:
            solution = self._solved(programme)
            self.bound = max(self.bound, solution.bound)
        if solution.values is not None:
            self._take(programme.chosen(solution.values))

    def _solved(self, programme: Programme, *, relaxed: bool = False) -> Solution:
        point = programme.point(self.layout, self._shifted(self.best.placing))
        until_s = (1 - self.effort.polish_share) * self.effort.limit_s

        def is_over() -> bool:
            return self.control.is_cancelled() or self.control.elapsed_s() > until_s

        # By the caller's watch, which may count the processor's seconds and not the clock's.
        return solve_rows(
            programme.rows,
            SolverControl(elapsed_s=self.control.elapsed_s, is_cancelled=is_over),
            Limits(time_limit_s=_NO_LIMIT_S, max_nodes=self.effort.max_nodes),
            relaxed=relaxed,
            point=None if relaxed else point,
        )

    def polish(self) -> None:
        """Search on from the best plan so far, gently, where it is not yet proved."""
        effort = self.effort
        begun = 1 - effort.polish_share if effort.with_proof else effort.start_share
        if not self._is_proved():
            self._improve(self._load(self.best.placing), begun, 1.0, _WARM)

    def _take(self, chosen: dict[int, int]) -> None:
        """Offer the plan of a solution, with the lanes of each run told apart."""
        loading = self._load(self.pinned)
        everywhere = frozenset(range(len(self.problem.slots)))
        reads = self.problem.libraries
        for library in sorted(chosen, key=lambda each: -reads[each].reads_millions):
            if loading.lane_of[library] == OUT:
                insert(loading, [library], everywhere - {chosen[library]})
        keep(self.best, loading)
        insert(loading, [each for each in by_due_date(self.layout) if loading.lane_of[each] == OUT])
        keep(self.best, loading)

    def finish(self) -> Plan:
        """Write the plan down, and say how good it is."""
        bound = min(self.bound, self.best.cost) if isfinite(self.bound) else None
        ended = Ended.OPTIMAL if self._is_proved() else Ended.TIME
        if not self._is_proved() and self.control.is_cancelled():
            ended = Ended.CANCELLED
        self._report(Stage.DONE, 1.0)
        return write_plan(
            self.layout, self.best.placing, greedy=self.greedy, bound=bound, ended=ended
        )

    def _improve(self, loading: Loading, begun: float, until: float, hot: float) -> None:
        rounds = max((until - begun) * self.effort.rounds, 1)

        def fraction(done: int) -> float:
            if self.control.is_cancelled():
                return 1.0
            at = self.control.elapsed_s() / self.effort.limit_s
            share = max((at - begun) / (until - begun), done / rounds)
            self._report(Stage.IMPROVE, begun + min(share, 1.0) * (until - begun))
            return share

        improve(loading, self.best, self.rng, fraction, hot=hot)

    def _is_proved(self) -> bool:
        return self.best.cost - self.bound <= _NOISE

    def _load(self, placing: Placing) -> Loading:
        loading = Loading(self.layout)
        loading.load(placing)
        return loading

    def _shifted(self, placing: Placing) -> Placing:
        """Return the placing with runs moved to earlier free slots, as the programme wants it."""
        moved = list(placing)
        shifts, changed = self.layout.shifts(), True
        while changed:
            changed = False
            used = {self.layout.lane_slots[lane] for lane in moved if lane != OUT}
            for early, late in shifts:
                if late in used and early not in used:
                    step = self.layout.first_lane[early] - self.layout.first_lane[late]
                    moved = [
                        lane + step
                        if lane != OUT and self.layout.lane_slots[lane] == late
                        else lane
                        for lane in moved
                    ]
                    changed = True
                    break
        return tuple(moved)

    def _report(self, stage: Stage, done_fraction: float) -> None:
        out = sum(lane == OUT for lane in self.best.placing)
        self.control.report(Progress(stage, min(done_fraction, 1.0), out, self.best.cost))
