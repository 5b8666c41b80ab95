"""Words and looks of run plans."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from backend.sequencing.ids import RunState
from backend.sequencing.released.ids import CheckVerdict
from backend.sequencing.released.schemas import LaneMoveIn
from backend.sequencing.released.views import PlanLine, RunPlan
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone

PATH = "/sequencing/plans"
_BILLION = 1000

CHECK_LOOKS = {
    CheckVerdict.PASS: Look("Pass", "check-circle-fill", Tone.OK),
    CheckVerdict.WARNING: Look("Warning", "exclamation-triangle-fill", Tone.WARN),
    CheckVerdict.FAIL: Look("Fails", "x-octagon-fill", Tone.CRIT),
    CheckVerdict.UNKNOWN: Look("Not known", "question-circle", Tone.OFF),
}
_STATE_LOOKS = {
    RunState.PLANNED: Look("Planned", "calendar-plus", Tone.INFO),
    RunState.RUNNING: Look("Running", "play-circle", Tone.INFO),
    RunState.FINISHED: Look("Finished", "check-circle-fill", Tone.OK),
    RunState.FAILED: Look("Failed", "x-octagon-fill", Tone.CRIT),
    RunState.CANCELLED: Look("Cancelled", "slash-circle", Tone.OFF),
}
_RELEASED = Look("Released", "check-circle-fill", Tone.OK)
_BLOCKED = Look("Blocked", "exclamation-triangle-fill", Tone.WARN)


def state_look(plan: RunPlan) -> Look:
    """Return how a run stands: what blocks it, or that it is released, before its plain state."""
    if plan.state is RunState.PLANNED:
        if fails(plan):
            return _BLOCKED
        if plan.standing is not None:
            return _RELEASED
    return _STATE_LOOKS[plan.state]


def line_look(line: PlanLine) -> Look:
    """Return how a run of the list stands."""
    if line.state is RunState.PLANNED and line.release is not None:
        return _RELEASED
    return _STATE_LOOKS[line.state]


def fails(plan: RunPlan) -> int:
    """Return how many checks stand in the way of a release."""
    return sum(each.verdict is CheckVerdict.FAIL for each in plan.checks)


def reads(millions: float | Decimal) -> str:
    """Write reads: ``760 M``, ``1.18 B``."""
    value = float(millions)
    if value >= _BILLION:
        return f"{fmt.decimal(value / _BILLION, 2)}{fmt.NBSP}B"
    return fmt.with_unit(value, "M")


def lanes(numbers: list[int]) -> str:
    """Write lanes as the pools' list does: ``L1, L2``."""
    return ", ".join(f"L{number}" for number in sorted(numbers))


def written(moves: Iterable[LaneMoveIn]) -> str:
    """Write moves as an id carries them: ``<pool>:<from>:<to>`` with commas between."""
    return ",".join(f"{each.pool_id}:{each.from_lane or 0}:{each.to_lane}" for each in moves)


def read(text: str) -> list[LaneMoveIn]:
    """Return the moves that `written` wrote."""
    parts = [each.split(":") for each in text.split(",")]
    return [
        LaneMoveIn(pool_id=UUID(pool), from_lane=int(at) or None, to_lane=int(to))
        for pool, at, to in parts
    ]


def listed(parts: Sequence[str]) -> str:
    """Write ``a``, ``a and b``, ``a, b and c``."""
    *before, last = parts
    return f"{', '.join(before)} and {last}" if before else last
