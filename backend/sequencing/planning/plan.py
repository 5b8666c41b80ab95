"""The finished plan: which library goes to which lane, what was left out, how good it is."""

from dataclasses import dataclass
from enum import StrEnum

from backend.sequencing.planning.layout import Layout
from backend.sequencing.planning.loading import OUT, Loading, Placing
from backend.sequencing.planning.reasons import LeftOut, explain
from backend.sequencing.planning.sizes import Size, sizes


class Ended(StrEnum):
    """Why the planner stopped."""

    OPTIMAL = "optimal"
    TIME = "time"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What a plan costs, in days that a library of weight 1 is late."""

    delay: float
    runs: float
    """Runs and their lanes."""
    balance: float
    left_out: float
    uneven: float = 0.0
    """Lanes of one run that are unequally full."""

    @property
    def total(self) -> float:
        """All of it."""
        return self.delay + self.runs + self.balance + self.left_out + self.uneven


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLane:
    """A lane with its libraries; lanes count from 1."""

    slot: str
    lane: int
    configuration: str
    libraries: tuple[str, ...]
    reads_millions: float
    usable_millions: float
    delay: float
    dark_cycles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``bound`` is what no plan can be below; None where none was proven."""

    lanes: tuple[PlannedLane, ...]
    left_out: tuple[LeftOut, ...]
    objective: Objective
    greedy: Objective
    bound: float | None
    ended: Ended
    sizes: tuple[Size, ...] = ()
    """What each run would be with another flow cell of its instrument."""

    @property
    def gap(self) -> float | None:
        """How far the plan may still be from the best one, 0–1."""
        if self.bound is None:
            return None
        total = self.objective.total
        return max(0.0, (total - self.bound) / total) if total > 0 else 0.0


def write_plan(
    layout: Layout, placing: Placing, *, greedy: Placing, bound: float | None, ended: Ended
) -> Plan:
    """Write a placing down in the caller's names."""
    loading = Loading(layout)
    loading.load(placing)
    return Plan(
        lanes=tuple(
            _lane(loading, lane) for lane in range(len(layout.lane_slots)) if loading.members[lane]
        ),
        left_out=tuple(
            explain(loading, library) for library, lane in enumerate(placing) if lane == OUT
        ),
        objective=_objective(layout, placing),
        greedy=_objective(layout, greedy),
        bound=bound,
        ended=ended,
        sizes=sizes(loading),
    )


def _lane(loading: Loading, lane: int) -> PlannedLane:
    layout = loading.layout
    at = layout.lane_slots[lane]
    slot, libraries = layout.problem.slots[at], loading.on_lane(lane)
    return PlannedLane(
        slot=slot.key,
        lane=lane - layout.first_lane[at] + 1,
        configuration=layout.configurations[loading.set_up[at]],
        libraries=tuple(layout.problem.libraries[each].key for each in libraries),
        reads_millions=loading.reads[lane],
        usable_millions=slot.lane_reads_millions,
        delay=sum(layout.costs[each][at] for each in libraries),
        dark_cycles=loading.darkness[lane],
    )


def _objective(layout: Layout, placing: Placing) -> Objective:
    slots = layout.problem.slots
    loading = Loading(layout)
    loading.load(placing)
    used = [lane for lane in range(len(layout.lane_slots)) if loading.members[lane]]
    return Objective(
        delay=sum(
            layout.costs[library][layout.lane_slots[lane]]
            for library, lane in enumerate(placing)
            if lane != OUT
        ),
        runs=sum(slots[slot].run_cost for slot in {layout.lane_slots[lane] for lane in used})
        + sum(slots[layout.lane_slots[lane]].lane_cost for lane in used),
        balance=sum(loading.balance[lane] for lane in used),
        left_out=layout.problem.weights.left_out * sum(lane == OUT for lane in placing),
        uneven=sum(loading.unevenness),
    )
