"""How a caller watches the queue planner, limits it and stops it. It owns no clock itself."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What the planner is busy with."""

    GREEDY = "greedy"
    IMPROVE = "improve"
    SOLVE = "solve"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the planner is; ``cost`` is that of the best plan so far.

    ``bound`` is what no plan can cost less than; None where none is proven yet.
    """

    stage: Stage
    done_fraction: float
    left_out: int
    cost: float
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """A stop watch started by the caller, a stop flag and a listener."""

    elapsed_s: Callable[[], float]
    is_cancelled: Callable[[], bool] = lambda: False
    report: Callable[[Progress], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try. Only ``limit_s`` depends on the machine; the counts do not.

    ``limit_s`` is for everything. ``start_share`` of it, and of ``rounds``, finds a plan for the
    solver to begin from; ``polish_share`` is kept for what the solver's plan leaves to be bettered.
    """

    limit_s: float = 30.0
    start_share: float = 0.02
    polish_share: float = 0.05
    rounds: int = 20_000
    max_nodes: int = 5_000
    max_whole_pairs: int = 25_000
    """(library, slot) pairs up to which the whole programme is solved: above it its relaxation, for
    the bound, and the programme of the ``promising_pairs`` of each library for the plan."""
    promising_pairs: int = 10
    seed: int = 7
    with_proof: bool = True
    """Without it only the search runs, and no bound is proven."""
    cores: int = 1
    """With 2 the solver proves on one while dives and large steps better the plan on the other. The
    plan then hangs on how far each was when they met."""
    step_aside: Callable[[], None] = lambda: None
    """What the thread on the second core does before it begins, such as letting others go first."""
    dive_from: int = 150
    """Libraries from which plans are sought by dives: fewer are planned as well by the solver."""
