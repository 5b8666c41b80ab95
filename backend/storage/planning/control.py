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
    """How hard to try. Only ``time_limit_s`` depends on the machine; the counts give the same plan anywhere.

    ``max_pairs`` bounds the (lot, box) pairs handed to the solver at once.
    """

    time_limit_s: float = 10.0
    rounds: int = 3_000
    max_pairs: int = 12_000
    max_nodes: int = 2_000
    seed: int = 7
