"""How a caller watches a planner, limits it and stops it. The planner itself owns no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What the planner is busy with."""

    BASELINE = "baseline"
    GREEDY = "greedy"
    IMPROVE = "improve"
    SOLVE = "solve"
    BOUND = "bound"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the planner is; ``handling_s`` is the effort of the best plan so far."""

    stage: Stage
    done_fraction: float
    unplaced: int
    handling_s: float


@dataclass(frozen=True, slots=True)
class Control:
    """A stop watch started by the caller, a stop flag and a listener."""

    elapsed_s: Callable[[], float]
    is_cancelled: Callable[[], bool] = lambda: False
    report: Callable[[Progress], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try. Only the two time limits depend on the machine; the counts do not.

    ``search_limit_s`` is for finding the plan, ``proof_limit_s`` for bounding it afterwards. The
    number of (lot, box) pairs decides what HiGHS is asked: up to ``max_whole_pairs`` the whole
    programme, up to ``max_bound_pairs`` relaxations of it for the bound, above that nothing.
    """

    search_limit_s: float = 8.0
    proof_limit_s: float = 15.0
    rounds: int = 3_000
    max_whole_pairs: int = 6_000
    max_bound_pairs: int = 60_000
    max_nodes: int = 2_000
    seed: int = 7
