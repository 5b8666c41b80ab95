"""Dives into the relaxation: whole plans of what it wants, and what the solver keeps between."""

from dataclasses import replace
from itertools import count

import pytest

from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control, Effort
from backend.sequencing.planning.diving import Dives
from backend.sequencing.planning.instances import generate
from backend.sequencing.planning.layout import Layout, build_layout
from backend.sequencing.planning.loading import (
    OUT,
    Placing,
    by_due_date,
    insert,
    loaded,
    made_to_stand,
)
from backend.sequencing.planning.plan import Ended, write_plan
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.planning.planted import plant
from backend.sequencing.planning.problem import Pin, Weights
from backend.storage.planning.control import Control as SolverControl
from backend.storage.planning.model import Rows
from backend.storage.planning.solver import Relaxation
from backend.storage.solver_output import silence_solver

NO_WATCH = SolverControl(elapsed_s=lambda: 0.0)


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


def _dived(layout: Layout, straying: float = 0.0) -> tuple[Dives, Placing]:
    dives = Dives(layout, NO_WATCH, Effort(max_nodes=200))
    assert dives.prepare()
    placing = dives.dive(straying)
    assert placing is not None
    return dives, placing


@pytest.mark.slow
@pytest.mark.parametrize("straying", [0.0, 0.3])
def test_a_dive_is_cheaper_than_by_due_date_and_never_below_its_bound(straying: float) -> None:
    problem = generate(24, seed=2)
    layout = build_layout(problem)
    by_hand = loaded(layout, (OUT,) * len(problem.libraries))
    insert(by_hand, by_due_date(layout))
    by_hand = made_to_stand(by_hand)

    dives, placing = _dived(layout, straying)

    plan = write_plan(layout, placing, greedy=placing, bound=dives.bound, ended=Ended.TIME)
    assert violations(problem, plan) == []
    assert dives.bound <= plan.objective.total < by_hand.cost


@pytest.mark.slow
def test_a_second_dive_begins_anew() -> None:
    problem, best = plant(runs=3, seed=4)
    layout = build_layout(problem)
    dives, first = _dived(layout)

    second = dives.dive(0.0)

    assert second is not None
    assert min(loaded(layout, each).cost for each in (first, second)) == pytest.approx(best)


@pytest.mark.slow
def test_a_dive_leaves_what_is_pinned() -> None:
    problem, _ = plant(runs=3, seed=4)
    problem = replace(
        problem,
        pins=(Pin(library=problem.libraries[0].key, slot="day 5", lane=1),),
        weights=Weights(missing_channel=0.0, dark_cycle=0.0),
    )
    layout = build_layout(problem)

    _, placing = _dived(layout)

    assert placing[0] == layout.pinned[0]


def test_a_dive_that_is_stopped_gives_no_plan() -> None:
    problem, _ = plant(runs=2, seed=4)
    layout = build_layout(problem)
    asked = count()
    stopped = SolverControl(elapsed_s=lambda: 0.0, is_cancelled=lambda: next(asked) >= 0)

    dives = Dives(layout, stopped, Effort())

    assert dives.dive(0.0) is None


@pytest.mark.slow
@pytest.mark.parametrize("cores", [1, 2])
def test_a_queue_large_enough_is_dived_into(cores: int) -> None:
    problem, best = plant(runs=4, seed=6)
    effort = Effort(rounds=1, max_nodes=500, cores=cores, dive_from=0)

    plan = plan_queue(problem, Control(elapsed_s=lambda: 0.0), effort)

    assert violations(problem, plan) == []
    assert plan.objective.total == pytest.approx(best)
    assert plan.ended is Ended.OPTIMAL


def test_columns_held_cost_what_they_must_and_are_free_again_when_released() -> None:
    rows = Rows()
    cheap, dear = rows.column(1.0, 1.0), rows.column(3.0, 1.0)
    rows.row([(cheap, 1.0), (dear, 1.0)], 1.0, 1.0)
    relaxation = Relaxation(rows, NO_WATCH)

    free = relaxation.solve().bound
    relaxation.hold([cheap], 0.0)
    held = relaxation.solve().bound
    relaxation.hold([dear], 0.0)
    nothing = relaxation.solve()
    relaxation.release([cheap, dear])

    assert (free, held) == pytest.approx((1.0, 3.0))
    assert not nothing.optimal
    assert relaxation.solve().bound == pytest.approx(1.0)
