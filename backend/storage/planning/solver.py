"""The one place that talks to HiGHS."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import highspy
import numpy as np

from backend.storage.planning.control import Control
from backend.storage.planning.layout import FloatArray
from backend.storage.planning.model import Model, Rows
from backend.storage.planning.problem import Allocation

_PROOF_GAP = 1e-6
Offer = Callable[[], Mapping[int, float] | None]
"""Values of every column of a solution, None where there is nothing new."""
_FEASIBLE = 2  # HiGHS: primal_solution_status of a feasible point


@dataclass(frozen=True, slots=True)
class Solution:
    """``bound`` is proven for the programme passed; ``values`` is None without a feasible point.

    ``reduced_costs`` are those of the columns of a linear programme solved to its optimum.
    """

    values: FloatArray | None
    bound: float
    optimal: bool
    reduced_costs: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the solver has to stop; the node count does not depend on the machine."""

    time_limit_s: float
    max_nodes: int


def solve(
    model: Model,
    control: Control,
    limits: Limits,
    *,
    relaxed: bool = False,
    start: Allocation | None = None,
) -> Solution:
    """Solve within the limits, on one thread so that equal input gives an equal answer.

    ``relaxed`` drops the whole-number demand and gives the bound of the linear programme.
    ``start`` is an allocation over (lot, slot) to begin from.
    """
    point = None
    if start is not None:
        point = {column: float(start.get(pair, 0)) for pair, column in model.y.items()}
        point |= {column: float(pair in start) for pair, column in model.u.items()}
    return solve_rows(model.rows, control, limits, model.offset, relaxed=relaxed, point=point)


def solve_rows(
    rows: Rows,
    control: Control,
    limits: Limits,
    offset: float = 0.0,
    *,
    relaxed: bool = False,
    point: Mapping[int, float] | None = None,
    offer: Offer | None = None,
    heard: Callable[[float], None] | None = None,
) -> Solution:
    """Solve any programme within the limits, like ``solve``.

    ``point`` gives values of a known solution by column; HiGHS works out the columns that follow.
    ``offer`` is asked now and then while it works for every column of a better one, and ``heard``
    is told the bound that is proven by then, of a programme in whole numbers.
    """
    highs = _quiet()
    highs.setOptionValue("time_limit", limits.time_limit_s)
    highs.setOptionValue("mip_max_nodes", limits.max_nodes)
    highs.setOptionValue("mip_rel_gap", _PROOF_GAP)
    highs.passModel(_as_lp(rows, offset, relaxed=relaxed))
    if point:
        columns = np.array(list(point), dtype=np.int32)
        highs.setSolution(len(point), columns, np.array(list(point.values())))
    _stop_on_cancel(highs, control)
    if offer is not None:
        _take_offers(highs, offer)
    if heard is not None:
        highs.cbMipInterrupt.subscribe(lambda event: heard(event.data_out.mip_dual_bound))
    highs.run()
    return _read(highs, relaxed=relaxed)


class Relaxation:
    """The linear relaxation of a programme, solved again and again while columns are held.

    Each solving goes on from where the last one ended: it takes a moment where the first took
    seconds.
    """

    def __init__(self, rows: Rows, control: Control) -> None:
        self._uppers = list(rows.uppers)
        self._highs = _quiet()
        self._highs.passModel(_as_lp(rows, 0.0, relaxed=True))
        _stop_on_cancel(self._highs, control)

    def hold(self, columns: Iterable[int], value: float) -> None:
        """Let columns have one value only."""
        for column in columns:
            self._highs.changeColBounds(column, value, value)

    def release(self, columns: Iterable[int]) -> None:
        """Let columns have any value again that the programme gives them."""
        for column in columns:
            self._highs.changeColBounds(column, 0.0, self._uppers[column])

    def solve(self) -> Solution:
        """Solve it with the columns held; not optimal where they leave no way, or when stopped."""
        self._highs.run()
        return _read(self._highs, relaxed=True)


def _quiet() -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy's own
    highs.silent()
    highs.setOptionValue("threads", 1)
    return highs


def _as_lp(rows: Rows, offset: float, *, relaxed: bool) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_ = len(rows.costs)
    lp.num_row_ = len(rows.row_lowers)
    lp.offset_ = offset
    lp.col_cost_ = np.array(rows.costs)
    lp.col_lower_ = np.zeros(len(rows.costs))
    lp.col_upper_ = np.array(rows.uppers, dtype=np.float64)
    lp.row_lower_ = np.array(rows.row_lowers)
    lp.row_upper_ = np.array(rows.row_uppers)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(rows.starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(rows.columns, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(rows.values)
    if not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in rows.integer]
    return lp


def _stop_on_cancel(highs: highspy.Highs, control: Control) -> None:
    def ask(event: highspy.HighsCallbackEvent) -> None:
        if control.is_cancelled():
            event.interrupt()

    highs.cbMipInterrupt.subscribe(ask)
    highs.cbSimplexInterrupt.subscribe(ask)


def _take_offers(highs: highspy.Highs, offer: Offer) -> None:
    def ask(event: highspy.HighsCallbackEvent) -> None:
        values = offer()
        if values is not None and event.data_in is not None:
            event.data_in.setSolution(np.array([values[column] for column in range(len(values))]))

    highs.cbMipUserSolution.subscribe(ask)


def _read(highs: highspy.Highs, *, relaxed: bool) -> Solution:
    info = highs.getInfo()
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    feasible = info.primal_solution_status == _FEASIBLE
    values = np.array(highs.getSolution().col_value) if feasible else None
    if relaxed:
        bound = info.objective_function_value if optimal else float("-inf")
        reduced = np.array(highs.getSolution().col_dual) if optimal else None
    else:
        bound, reduced = info.mip_dual_bound, None
    return Solution(values=values, bound=float(bound), optimal=optimal, reduced_costs=reduced)
