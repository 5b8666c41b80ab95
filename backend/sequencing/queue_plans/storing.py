"""Keeping what the planner found, for a person to answer. Exported by service.py."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.models import Sample
from backend.sequencing import queue_booked, queue_machines
from backend.sequencing.models import SequencingRequest, SequencingRun
from backend.sequencing.planning.plan import Plan
from backend.sequencing.planning.problem import Library, Slot
from backend.sequencing.queue_plans import asking, words
from backend.sequencing.queue_plans.events import QueuePlanReady
from backend.sequencing.queue_plans.ids import QueuePlanId, QueuePlanState
from backend.sequencing.queue_plans.loading import NotPlanned, Queue, kept_terms, keys_of
from backend.sequencing.queue_plans.models import QueuePlan, QueuePlanLibrary, QueuePlanRun

_NOISE = timedelta(milliseconds=1)
_ON_TIME = 1e-6


def store_plan(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: QueuePlanId,
    queue: Queue,
    plan: Plan,
    seconds: float,
) -> None:
    """Keep a plan that the checker has passed.

    Raises:
        QueuePlanNotFound, QueuePlanNotOpen: not visible, dismissed meanwhile, or stored already.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    row = asking.lock(session, principal, plan_id, QueuePlanState.ASKED)
    begins_at = kept_terms(row.terms).begins_at
    slots = {each.key: each for each in queue.problem.slots}
    known = {each.key: each for each in queue.problem.libraries}
    used = {
        lane.slot for lane in plan.lanes if not all(known[key].is_aboard for key in lane.libraries)
    }
    aboard = _aboard(plan, known)
    runs = {
        key: _run(session, row, slots[key], begins_at, aboard.get(key, {})) for key in sorted(used)
    }
    for key, run in runs.items():
        _loaded(run, slots[key], queue, plan)
    session.add_all(runs.values())
    session.flush()
    due = _due_dates(session, queue)
    rows = [
        _library(row, known[key], due, queue, plan_run=runs[lane.slot], lane=lane.lane)
        for lane in plan.lanes
        for key in lane.libraries
        if not known[key].is_aboard
    ]
    for each in rows:
        end = next(run.end_at for run in runs.values() if run.id == each.plan_run_id)
        days = (end - begins_at) / timedelta(days=1) - known[_key(each)].due
        each.late_days = days if days > _ON_TIME else 0.0
    session.add_all(rows)
    names = _barcodes(session, queue)
    session.add_all(
        _library(row, known[each.library], due, queue, left_out=words.why_left_out(each, names))
        for each in plan.left_out
    )
    session.add_all(_not_planned(row, each) for each in queue.not_planned)
    _figures(row, queue, plan, seconds)
    session.flush()
    ready = QueuePlanReady(
        aggregate_id=row.id,
        requested_by=row.asked_by,
        runs=len(runs),
        libraries=len(rows),
        late=sum(each.late_days > 0 for each in rows),
        left_out=len(plan.left_out) + len(queue.not_planned),
    )
    events_service.record(session, principal, ready)


def _figures(row: QueuePlan, queue: Queue, plan: Plan, seconds: float) -> None:
    found = plan.objective
    row.state, row.made_at, row.seconds = QueuePlanState.READY, clock.utc_now(), round(seconds, 3)
    row.problem_digest = queue.digest
    row.objective, row.greedy_objective = found.total, plan.greedy.total
    row.bound, row.gap = plan.bound, plan.gap
    row.parts = {
        "delay": found.delay,
        "runs": found.runs,
        "balance": found.balance,
        "uneven": found.uneven,
        "left_out": found.left_out,
    }
    row.settings = queue.settings
    row.unkept = [{"library": each.library, "why": each.why} for each in queue.unkept]


def _aboard(plan: Plan, known: Mapping[str, Library]) -> dict[str, dict[str, float]]:
    """Return the reads of what is on booked runs already, millions, by slot and lane."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for lane in plan.lanes:
        reads = sum(known[key].reads_millions for key in lane.libraries if known[key].is_aboard)
        if reads:
            found[lane.slot][str(lane.lane)] = round(reads, 3)
    return found


def _run(
    session: WriteSession,
    row: QueuePlan,
    slot: Slot,
    begins_at: datetime,
    aboard: dict[str, float],
) -> QueuePlanRun:
    run_id = queue_booked.run_of(slot.key)
    if run_id is not None:
        booked = session.get_one(SequencingRun, run_id)
        return QueuePlanRun(
            plan_id=row.id,
            instrument_id=booked.instrument_id,
            start_at=booked.planned_start_at,
            end_at=booked.planned_end_at,
            usable_reads_millions=slot.lane_reads_millions,
            aboard=dict(aboard),
            run_id=run_id,
        )
    return QueuePlanRun(
        plan_id=row.id,
        instrument_id=UUID(slot.instrument),
        start_at=_whole_second(begins_at + timedelta(days=slot.start), later=True),
        end_at=_whole_second(begins_at + timedelta(days=slot.end), later=False),
        usable_reads_millions=slot.lane_reads_millions,
    )


def _loaded(run: QueuePlanRun, slot: Slot, queue: Queue, plan: Plan) -> None:
    """Write down what a run is loaded with, by which recipe, and why with no other size."""
    lanes = [lane for lane in plan.lanes if lane.slot == slot.key]
    names = {
        each.key: queue.flow_cells.get(each.flow_cell, each.flow_cell)
        for each in queue.problem.slots
    }
    run.flow_cell = slot.flow_cell
    known = {each.key: each for each in queue.problem.libraries}
    recipe = queue_machines.recipe_for(
        queue.recipes.get((slot.flow_cell, lanes[0].configuration), ()),
        [known[key] for lane in lanes for key in lane.libraries],
    )
    run.recipe = recipe.key if recipe else ""
    run.sizes = words.why_size(
        [each for each in plan.sizes if each.slot == slot.key],
        sum(len(lane.libraries) for lane in lanes),
        names,
    )


def _whole_second(moment: datetime, *, later: bool) -> datetime:
    """Days as fractions end beside a second, never by a millisecond: no booking is to overlap."""
    at = (moment + timedelta(seconds=0.5)).replace(microsecond=0)
    if abs(at - moment) < _NOISE:
        return at
    floor = moment.replace(microsecond=0)
    return floor + timedelta(seconds=1) if later else floor


def _library(
    row: QueuePlan,
    library: Library,
    due: Mapping[UUID, date],
    queue: Queue,
    *,
    plan_run: QueuePlanRun | None = None,
    lane: int | None = None,
    left_out: list[str] | None = None,
) -> QueuePlanLibrary:
    request_id, sample_id = keys_of(library.key)
    return QueuePlanLibrary(
        plan_id=row.id,
        request_id=request_id,
        sample_id=sample_id,
        read_length=int(library.configuration),
        reads_millions=Decimal(str(library.reads_millions)),
        index_i7=library.i7,
        index_i5=library.i5,
        due_on=due[request_id],
        plan_run_id=plan_run.id if plan_run else None,
        lane=lane,
        is_pinned=library.key in queue.wished,
        left_out=left_out,
    )


def _not_planned(row: QueuePlan, left: NotPlanned) -> QueuePlanLibrary:
    return QueuePlanLibrary(
        plan_id=row.id,
        request_id=left.request_id,
        sample_id=left.sample_id,
        read_length=left.read_length,
        reads_millions=left.reads_millions,
        index_i7=left.index_i7,
        index_i5=left.index_i5,
        due_on=left.due_on,
        left_out=list(left.why),
    )


def _key(row: QueuePlanLibrary) -> str:
    return f"{row.request_id}/{row.sample_id}"


def _due_dates(session: WriteSession, queue: Queue) -> dict[UUID, date]:
    keys = {keys_of(each.key)[0] for each in queue.problem.libraries}
    wanted = select(SequencingRequest.id, SequencingRequest.due_on)
    rows = session.execute(wanted.where(SequencingRequest.id.in_(keys)))
    return {key: due_on for key, due_on in rows}  # noqa: C416 rows, not pairs


def _barcodes(session: WriteSession, queue: Queue) -> dict[str, str]:
    samples = {keys_of(each.key)[1] for each in queue.problem.libraries}
    rows = session.execute(select(Sample.id, Sample.barcode).where(Sample.id.in_(samples)))
    barcodes = {key: barcode for key, barcode in rows}  # noqa: C416 rows, not pairs
    return {each.key: barcodes[keys_of(each.key)[1]] for each in queue.problem.libraries}
