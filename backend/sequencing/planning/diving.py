"""Plans by diving: the relaxation says which runs it wants, and the surest of them are opened.

What is hard of a large queue is which runs to open: 384 libraries have some 80 that the relaxation
is in two minds about. It is asked, the surest are opened, and it is asked again, which takes it a
moment. When none is in doubt the libraries are shared out over the open runs by a small programme,
and a short search finds them lanes.
"""

from math import inf

import numpy as np

from backend.sequencing.planning.control import Effort
from backend.sequencing.planning.layout import Layout
from backend.sequencing.planning.loading import OUT, Placing
from backend.sequencing.planning.programme import build_programme
from backend.sequencing.planning.settling import mended, settled
from backend.storage.planning.control import Control
from backend.storage.planning.layout import FloatArray
from backend.storage.planning.solver import Limits, Relaxation, solve_rows

_NOISE = 1e-6
_HALF = 0.5
_SURE = 0.9
_PROMISING = 0.0025
"""Of the bound: pairs up to that reduced cost are dived with, and the few best of each library."""
_SHARING_SHARE = 0.05
"""Of all the time: the longest that libraries are shared out over the open runs of one dive."""
_MENDING_ROUNDS = 2_000
_NO_LIMIT_S = 1e9


class Dives:
    """Dives of one queue. The first follows the relaxation, later ones stray from it by chance."""

    def __init__(self, layout: Layout, control: Control, effort: Effort) -> None:
        self.bound = -inf
        """What no plan can be below, once the relaxation is solved."""
        self._layout = layout
        self._control = control
        self._effort = effort
        self._rng = np.random.default_rng(effort.seed)
        self._programme = build_programme(layout)
        self._promising: set[tuple[int, int]] = set()
        self._relaxation = Relaxation(self._programme.rows, control)

    def prepare(self) -> bool:
        """Solve the relaxation and leave only what is promising; say whether there was time."""
        whole = self._relaxation.solve()
        if not whole.optimal or whole.values is None or whole.reduced_costs is None:
            return False
        self.bound = whole.bound
        pairs, costs = self._programme.x, whole.reduced_costs
        self._promising = self._programme.promising(
            whole.values, costs, self._effort.promising_pairs
        )
        near = _PROMISING * abs(whole.bound)
        self._promising |= {pair for pair, at in pairs.items() if costs[at] <= near}
        self._relaxation.hold((pairs[each] for each in pairs.keys() - self._promising), 0.0)
        return True

    def dive(self, straying: float) -> Placing | None:
        """Return a plan, None when stopped before there is one.

        ``straying``, 0–1, is by how much chance may make a run look surer than it is.
        """
        columns = list(self._programme.z.values())
        self._relaxation.release(columns)
        opened: list[int] = []
        while not self._control.is_cancelled():
            solution = self._relaxation.solve()
            if solution.optimal and solution.values is not None:
                values = solution.values
                doubtful = [at for at in columns if _NOISE < values[at] < 1 - _NOISE]
                if not doubtful:
                    return self._placed(values)
                chances = straying * self._rng.random(len(doubtful))
                surest = doubtful[int(np.argmax(values[doubtful] + chances))]
                opened = [surest, *(at for at in columns if values[at] >= _SURE)]
                self._relaxation.hold(opened, 1.0)
            elif opened:
                # Too few fit a small run to light it: it stays closed, the others may think again.
                self._relaxation.release(opened)
                self._relaxation.hold(opened[:1], 0.0)
                opened = []
            else:
                return None
        return None

    def _placed(self, values: FloatArray) -> Placing:
        """Share libraries out over the runs that are open, and find them lanes."""
        layout = self._layout
        chosen = self._shared_out(values) or self._programme.chosen(values)
        pinned = tuple(layout.pinned.get(each, OUT) for each in range(len(layout.costs)))
        loading = settled(layout, chosen, pinned)
        return mended(loading, self._rng, _MENDING_ROUNDS, self._control.is_cancelled).placing

    def _shared_out(self, values: FloatArray) -> dict[int, int]:
        """Return the slot of each library in the best plan of the open runs that time allows."""
        layout, begun_s = self._layout, self._control.elapsed_s()
        opened = {at for at, column in self._programme.z.items() if values[column] > _HALF}
        pairs = {
            (library, slot)
            for library, slot in self._promising
            if (slot, layout.configuration_of[library]) in opened
        }
        programme = build_programme(layout, pairs)
        for at in opened:
            programme.rows.row([(programme.z[at], 1.0)], 1.0, 1.0)

        def is_over() -> bool:
            spent_s = self._control.elapsed_s() - begun_s
            return self._control.is_cancelled() or spent_s > _SHARING_SHARE * self._effort.limit_s

        solution = solve_rows(
            programme.rows,
            Control(elapsed_s=self._control.elapsed_s, is_cancelled=is_over),
            Limits(time_limit_s=_NO_LIMIT_S, max_nodes=self._effort.max_nodes),
        )
        return {} if solution.values is None else programme.chosen(solution.values)
