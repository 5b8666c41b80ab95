"""Plan the queue: which library goes to which lane of which run, and how good that is.

Earliest due date first is the yardstick; ruin and recreate finds a plan; HiGHS begins from it, and
bounds it. The rows on light and on shifts are what makes the bound good: with them the programme
of 384 libraries is within 5 % of its own bound after two minutes of one processor, where a search
beside a programme of promising pairs stood at 14 %. Only far larger queues are cut down to
promising pairs, with the relaxation as their bound. Of a large queue the solver finds the bound
long before a plan that is near it, so a dive into the relaxation finds it one to begin from. With a
second core, more dives and large steps better the plan while the proof goes on, and the proof is
told what they find. The search takes turns with both: the solver asks now and then whether to go
on, and what holds the interpreter lets it wait.
"""

from math import inf, isfinite

import numpy as np

from backend.sequencing.planning.control import Control, Effort, Progress, Stage
from backend.sequencing.planning.diving import Dives
from backend.sequencing.planning.evenness import even_out
from backend.sequencing.planning.improve import Best, improve, keep
from backend.sequencing.planning.large_steps import LargeSteps
from backend.sequencing.planning.layout import build_layout
from backend.sequencing.planning.loading import (
    OUT,
    Loading,
    by_due_date,
    insert,
    loaded,
    made_to_stand,
    may_stand,
    pin,
    shifted,
)
from backend.sequencing.planning.neighbourhoods import FEWEST
from backend.sequencing.planning.plan import Ended, Plan, write_plan
from backend.sequencing.planning.problem import Problem
from backend.sequencing.planning.programme import Programme, build_programme
from backend.sequencing.planning.settling import settled
from backend.sequencing.planning.sizes import resize
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
        loading = loaded(self.layout, self.best.placing)
        insert(loading, by_due_date(self.layout))
        if not may_stand(loading):
            loading = made_to_stand(loading)
        self.greedy = loading.placing()
        keep(self.best, loading)
        self._improve(loading, 0.0, self.effort.start_share, _HOT)

    def solve(self) -> None:
        """Bound the problem and better the plan: one after the other, or each on a core."""
        self._report(Stage.SOLVE, self.effort.start_share)
        steps = None
        if self.effort.cores > 1 and len(self.problem.libraries) >= FEWEST:
            steps = LargeSteps(self.layout, self._solving(), self.effort, self.best.placing)
            steps.start()
        else:
            self._dive()
        try:
            self._prove(steps)
        finally:
            found = steps.finish() if steps else None
        if found is not None:
            keep(self.best, loaded(self.layout, found))

    def _dive(self) -> None:
        """Look for a plan by one dive, where the queue is large enough for it to pay."""
        if len(self.problem.libraries) < self.effort.dive_from:
            return
        dives = Dives(self.layout, self._solving(), self.effort)
        if not dives.prepare():
            return
        self.bound = dives.bound
        placing = dives.dive(0.0)
        if placing is not None:
            keep(self.best, loaded(self.layout, placing))
        self._report(Stage.SOLVE, self.control.elapsed_s() / self.effort.limit_s)

    def _prove(self, steps: LargeSteps | None) -> None:
        """Solve the programme from the best plan so far; take over its bound, and a better plan."""
        programme = build_programme(self.layout)
        if len(programme.x) > self.effort.max_whole_pairs:
            relaxed = self._solved(programme, relaxed=True)
            if relaxed.values is None or relaxed.reduced_costs is None:
                return
            self.bound = max(self.bound, relaxed.bound)
            each = self.effort.promising_pairs
            kept = programme.promising(relaxed.values, relaxed.reduced_costs, each)
            moved = shifted(self.layout, self.best.placing)
            kept |= {
                (library, self.layout.lane_slots[lane])
                for library, lane in enumerate(moved)
                if lane != OUT
            }
            programme = build_programme(self.layout, kept)
            solution = self._solved(programme)
        else:
            solution = self._solved(programme, proves=True, steps=steps)
            self.bound = max(self.bound, solution.bound)
        if solution.values is not None:
            chosen = programme.chosen(solution.values)
            keep(self.best, settled(self.layout, chosen, self.best.placing))

    def _solved(
        self,
        programme: Programme,
        *,
        relaxed: bool = False,
        proves: bool = False,
        steps: LargeSteps | None = None,
    ) -> Solution:
        placing = shifted(self.layout, self.best.placing)
        given = loaded(self.layout, placing).cost

        def offer() -> dict[int, float] | None:
            nonlocal given
            if steps is None or steps.found[0] >= given - _NOISE:
                return None
            given, better = steps.found
            return programme.point(self.layout, better)

        def hear(bound: float) -> None:
            """The gap narrows while the solver works: tell what holds by now."""
            self.bound = max(self.bound, bound)
            if steps is not None and steps.found[0] < self.best.cost - _NOISE:
                keep(self.best, loaded(self.layout, steps.found[1]))
            share = self.control.elapsed_s() / self.effort.limit_s
            self._report(Stage.SOLVE, max(share, self.effort.start_share))

        # By the caller's watch, which may count the processor's seconds and not the clock's.
        return solve_rows(
            programme.rows,
            self._solving(),
            Limits(time_limit_s=_NO_LIMIT_S, max_nodes=self.effort.max_nodes),
            relaxed=relaxed,
            point=None if relaxed else programme.point(self.layout, placing),
            offer=None if steps is None else offer,
            heard=hear if proves else None,
        )

    def _solving(self) -> SolverControl:
        """Watch as the caller does, and leave the time that polishing takes."""
        until_s = (1 - self.effort.polish_share) * self.effort.limit_s

        def is_over() -> bool:
            return self.control.is_cancelled() or self.control.elapsed_s() > until_s

        return SolverControl(elapsed_s=self.control.elapsed_s, is_cancelled=is_over)

    def polish(self) -> None:
        """Search on from the best plan so far, gently, where it is not yet proved."""
        effort = self.effort
        begun = 1 - effort.polish_share if effort.with_proof else effort.start_share
        if not self._is_proved():
            self._improve(loaded(self.layout, self.best.placing), begun, 1.0, _WARM)

    def finish(self) -> Plan:
        """Look at sizes and even lanes, write the plan down, and say how good it is."""
        loading = loaded(self.layout, self.best.placing)
        resize(loading)
        even_out(loading)
        keep(self.best, loading)
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

    def _report(self, stage: Stage, done_fraction: float) -> None:
        out = sum(lane == OUT for lane in self.best.placing)
        bound = self.bound if isfinite(self.bound) else None
        self.control.report(Progress(stage, min(done_fraction, 1.0), out, self.best.cost, bound))
