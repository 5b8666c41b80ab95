"""Large steps from plan to better plan: dives, then one part thrown open after the other.

It runs in a thread of its own beside the proof: the solver lets go of the interpreter while it
works, so the two keep two processors busy. What it finds is offered to the proof, which needs a
good plan to leave out what cannot be in a better one. It proves nothing itself.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import numpy as np

from backend.sequencing.planning.control import Effort
from backend.sequencing.planning.diving import Dives
from backend.sequencing.planning.layout import Layout
from backend.sequencing.planning.loading import Placing, loaded, may_stand, shifted
from backend.sequencing.planning.neighbourhoods import FEWEST, MOST, Neighbourhoods
from backend.sequencing.planning.programme import Programme, build_programme
from backend.sequencing.planning.settling import mended, settled
from backend.storage.planning.control import Control
from backend.storage.planning.solver import Limits, solve_rows

_NOISE = 1e-6
_FIRST_SIZE = 40
_GROWN, _SHRUNK = 1.12, 0.85
_STEP_SHARE = 0.03
"""Of all the time: the longest that one step may take."""
_QUICK = 0.3
"""Of a step's time: one that was done by then may be larger next time."""
_DIVES = 3
_STRAYING = 0.15
"""By how much each dive may stray more from the relaxation than the one before it."""
_MENDING_ROUNDS = 300
_NO_LIMIT_S = 1e9


class LargeSteps:
    """Steps until told to stop. ``found`` is replaced as a whole, so any thread may read it."""

    def __init__(self, layout: Layout, control: Control, effort: Effort, placing: Placing) -> None:
        self._layout = layout
        self._control = control
        self._effort = effort
        self._rng = np.random.default_rng(effort.seed)
        self._stop = Event()
        self._threads = ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="large-steps", initializer=effort.step_aside
        )
        self._walking: Future[None] | None = None
        moved = shifted(layout, placing)
        self.found: tuple[float, Placing] = (loaded(layout, moved).cost, moved)
        self.steps = 0

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._walking = self._threads.submit(self._walk)

    def finish(self) -> Placing:
        """Stop, wait for the end of the step, and return the best placing.

        Raises whatever the thread ended of.
        """
        self._stop.set()
        self._threads.shutdown(wait=True)
        if self._walking is not None:
            self._walking.result()
        return self.found[1]

    def _walk(self) -> None:
        self._dive()
        neighbourhoods = Neighbourhoods(self._layout, self._rng)
        size = float(_FIRST_SIZE)
        while not self._is_over():
            pairs = neighbourhoods.choose(self.found[1], int(size))
            begun_s = self._control.elapsed_s()
            self._step(build_programme(self._layout, pairs), begun_s)
            self.steps += 1
            share = (self._control.elapsed_s() - begun_s) / self._longest_s()
            size *= _GROWN if share < _QUICK else _SHRUNK if share >= 1 else 1.0
            size = min(max(size, FEWEST), MOST, len(self._layout.costs))

    def _dive(self) -> None:
        if len(self._layout.costs) < self._effort.dive_from:
            return
        dives = Dives(self._layout, self._control, self._effort)
        if not dives.prepare():
            return
        for number in range(_DIVES):
            placing = None if self._is_over() else dives.dive(number * _STRAYING)
            if placing is not None:
                self._offer(placing, self.found[0])

    def _step(self, programme: Programme, begun_s: float) -> None:
        cost, placing = self.found

        def is_over() -> bool:
            return self._is_over() or self._control.elapsed_s() - begun_s > self._longest_s()

        solution = solve_rows(
            programme.rows,
            Control(elapsed_s=self._control.elapsed_s, is_cancelled=is_over),
            Limits(time_limit_s=_NO_LIMIT_S, max_nodes=self._effort.max_nodes),
            point=programme.point(self._layout, placing),
        )
        if solution.values is None:
            return
        loading = settled(self._layout, programme.chosen(solution.values), placing)
        if may_stand(loading) and loading.cost <= cost + _NOISE:
            self._offer(loading.placing(), cost)
        else:
            best = mended(loading, self._rng, _MENDING_ROUNDS, self._is_over)
            self._offer(best.placing, cost)

    def _offer(self, placing: Placing, cost: float) -> None:
        """Take a placing that costs no more: from an equal one another way may lead on."""
        moved = shifted(self._layout, placing)
        found = loaded(self._layout, moved)
        if found.cost <= cost + _NOISE:
            self.found = (found.cost, moved)

    def _longest_s(self) -> float:
        return _STEP_SHARE * self._effort.limit_s

    def _is_over(self) -> bool:
        return self._stop.is_set() or self._control.is_cancelled()
