"""From stays in columns to turnaround. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend.core.shares import Interval, wilson
from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround import estimates, outlooks
from backend.sequencing.turnaround.estimates import Case, Step
from backend.sequencing.turnaround.outlooks import Outlooks
from backend.sequencing.turnaround.trails import History, Stay
from backend.sequencing.turnaround.views import AssayTime, AtRisk, StageTime
from backend.sequencing.turnaround.working_days import WorkingClock

_AGES = (5, 10, 21)
QUEUES = frozenset(
    {
        RequestState.WAITING,
        RequestState.POOLED,
        RequestState.PLANNED,
        RequestState.DEMULTIPLEXED,
    }
)
"""Columns in which a request waits for its turn; in the others something is done (DOMAIN 2j)."""
_BEFORE_RESULTS = frozenset(
    {RequestState.WAITING, RequestState.POOLED, RequestState.PLANNED, RequestState.RUNNING}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """By what an end is expected, the first that has something to say of a request.

    ``outlooks``: how requests went on that had stood as long in that column. ``curve``: half of the
    requests of the same age. ``targets``: what they leave of this column and of those behind it.
    """

    targets: dict[RequestState, float]
    curve: Sequence[Step] | None = None
    outlooks: Outlooks | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An assay by name, and the working days that it promises; None is nothing."""

    name: str
    days: float | None = None


def case_of(history: History, clock: WorkingClock, now: datetime) -> Case:
    """Return how long a request took, or has taken so far; 0 before its clock has begun."""
    end = history.ended_at or history.given_up_at or now
    if history.started_at is None:
        return Case(0.0, done=history.ended_at is not None)
    start = clock.starts_counting(history.started_at)
    return Case(clock.days(start, end, history.pauses), done=history.ended_at is not None)


def median_of_done(cases: Sequence[Case]) -> float | None:
    """Return the median of finished cases alone, which flatters.

    Read off like the median of all, the first day by which half are finished, so that it is never
    the longer one: the mean of the two middle cases may be.
    """
    return estimates.quantile(estimates.open_curve([case for case in cases if case.done]), 0.5)


def stage_times(
    histories: Sequence[History],
    clock: WorkingClock,
    now: datetime,
    targets: dict[RequestState, float],
) -> list[StageTime]:
    """Return the time in each column of ``targets``, stays that last counted as so long."""
    by_state: dict[RequestState, list[Case]] = {state: [] for state in targets}
    for history in histories:
        for stay in history.stays:
            if stay.state in by_state:
                by_state[stay.state].append(_stay_case(stay, history, clock, now))
    whole = sum(case.days for cases in by_state.values() for case in cases)
    return [_stage(state, cases, whole, targets[state]) for state, cases in by_state.items()]


def waiting_share(stages: Sequence[StageTime]) -> float | None:
    """Return what of all counted time was spent waiting, 0 to 1; None before any was counted."""
    if any(each.share is None for each in stages):
        return None
    return sum(each.share or 0.0 for each in stages if each.is_queue)


def rework(histories: Sequence[History]) -> Interval | None:
    """Return the share of requests whose run has ended that went back to be done again."""
    ended = [each for each in histories if _steps(each, RequestState.DEMULTIPLEXED)]
    repeated = sum(_went_back(each) for each in ended)
    return wilson(repeated, len(ended))


def assay_times(
    histories: Sequence[History],
    clock: WorkingClock,
    now: datetime,
    *,
    promised: Mapping[str, Promise],
    target_days: float,
) -> list[AssayTime]:
    """Return how long requests of each assay take, the one with the most requests first.

    Each is held to what its assay promises, else to ``target_days``.
    """
    of_assay: dict[str, list[History]] = {}
    for history in histories:
        if history.assay:
            of_assay.setdefault(history.assay, []).append(history)
    found = [
        _assay(promised.get(key, Promise(key)), each, clock, now, target_days)
        for key, each in of_assay.items()
    ]
    return sorted(found, key=lambda each: (-each.done - each.open, each.name))


def at_risk(
    histories: Sequence[History], clock: WorkingClock, now: datetime, *, basis: Basis
) -> list[AtRisk]:
    """Return open requests that are late or expected to be, the earliest due first.

    One that is predicted is expected to be late where one in five like it would be.
    """
    today = now.astimezone(clock.zone).date()
    found = []
    for history in histories:
        if not history.is_open or not history.stays:
            continue
        each = _outlook_of(history, clock, now, basis)
        soonest_late = each.likely_by or each.expected_on
        late = history.due_on < today
        if late or (soonest_late is not None and soonest_late > history.due_on):
            found.append(replace(each, is_late=late))
    return sorted(found, key=lambda each: (each.due_on, each.code))


def by_age(open_days: Sequence[float]) -> list[tuple[str, int]]:
    """Return how many open requests are how old."""
    bounds = [0, *_AGES]
    named = [
        f"up to {high}" if not low else f"{low} to {high}"
        for low, high in zip(bounds, _AGES, strict=False)
    ]
    counts = [
        sum(low <= days < high for days in open_days)
        for low, high in zip(bounds, _AGES, strict=False)
    ]
    over = sum(days >= _AGES[-1] for days in open_days)
    return [*zip(named, counts, strict=True), (f"over {_AGES[-1]}", over)]


def _steps(history: History, state: RequestState) -> list[int]:
    return [place for place, stay in enumerate(history.stays) if stay.state is state]


def _went_back(history: History) -> bool:
    """Say whether a request stood in an earlier column after its run had ended."""
    first = _steps(history, RequestState.DEMULTIPLEXED)[0]
    return any(stay.state in _BEFORE_RESULTS for stay in history.stays[first:])


def _outlook_of(history: History, clock: WorkingClock, now: datetime, basis: Basis) -> AtRisk:
    age = case_of(history, clock, now).days
    in_stage = _stay_case(history.stays[-1], history, clock, now).days
    left = None
    if basis.outlooks is not None:
        left = outlooks.remaining(basis.outlooks, history.state, in_stage)
    if left is not None:
        middle: float | None = left.p50
    elif basis.curve is not None:
        middle = estimates.median_left(basis.curve, age)
    else:
        middle = _left_by_targets(history.state, in_stage, basis.targets)
    return AtRisk(
        code=history.code,
        project_code=history.project_code,
        state=history.state,
        age_days=age,
        stage_days=in_stage,
        due_on=history.due_on,
        expected_on=None if middle is None else clock.after(now, middle),
        is_late=False,
        between=None if left is None else (clock.after(now, left.p10), clock.after(now, left.p90)),
        likely_by=None if left is None else clock.after(now, left.p80),
    )


def _stay_case(stay: Stay, history: History, clock: WorkingClock, now: datetime) -> Case:
    """Return how long a request stood in a column, from the beginning of its clock on."""
    left = stay.left_at or now
    begun = max(stay.entered_at, history.started_at or left)
    return Case(clock.days(begun, left, history.pauses), done=stay.left_at is not None)


def _stage(state: RequestState, cases: Sequence[Case], whole: float, target: float) -> StageTime:
    curve = estimates.open_curve(cases)
    return StageTime(
        state=state,
        passed=sum(case.done for case in cases),
        open=sum(not case.done for case in cases),
        median_days=estimates.quantile(curve, 0.5),
        p75_days=estimates.quantile(curve, 0.75),
        share=sum(case.days for case in cases) / whole if whole else None,
        target_days=target,
        is_queue=state in QUEUES,
    )


def _assay(
    promise: Promise,
    histories: Sequence[History],
    clock: WorkingClock,
    now: datetime,
    target_days: float,
) -> AssayTime:
    cases = [case_of(each, clock, now) for each in histories]
    curve = estimates.open_curve(cases)
    target = target_days if promise.days is None else promise.days
    kept, decided = estimates.within(cases, target)
    return AssayTime(
        name=promise.name,
        done=sum(case.done for case in cases),
        open=sum(history.is_open for history in histories),
        median_days=estimates.quantile(curve, 0.5),
        p90_days=estimates.quantile(curve, 0.9),
        target_days=target,
        is_promised=promise.days is not None,
        within=kept,
        decided=decided,
    )


def _left_by_targets(
    state: RequestState, in_stage: float, targets: dict[RequestState, float]
) -> float | None:
    order = list(targets)
    if state not in targets:
        return None
    behind = order[order.index(state) + 1 :]
    return max(0.0, targets[state] - in_stage) + sum(targets[each] for each in behind)
