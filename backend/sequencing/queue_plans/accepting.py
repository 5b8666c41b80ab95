"""Accepting a plan of the queue, or runs of it. Exported by service.py.

The plan's row is locked first, so of two people who accept at once one is told that it is
accepted already; then the requests, in the order of their keys. Everything is asked again by the
rules that a run booked by hand obeys. All chosen runs are booked, or nothing is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples.models import Sample
from backend.sequencing import following, pool_forming, queue_problem, run_plans
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.codes import request_code, run_code
from backend.sequencing.errors import RequestRefused
from backend.sequencing.ids import RequestState, RunState
from backend.sequencing.models import Instrument, SequencingRequest, SequencingRun
from backend.sequencing.planning.problem import Library
from backend.sequencing.queue_plans import asking
from backend.sequencing.queue_plans.errors import QueueChanged, QueuePlanRefused
from backend.sequencing.queue_plans.events import QueuePlanAccepted
from backend.sequencing.queue_plans.ids import QueuePlanId, QueuePlanState
from backend.sequencing.queue_plans.lane_changes import lane_changes
from backend.sequencing.queue_plans.models import QueuePlan, QueuePlanLibrary, QueuePlanRun
from backend.sequencing.queue_plans.views import QueuePlanAcceptance
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.released.loading import add_pools
from backend.sequencing.released.schemas import LaneMoveIn
from backend.sequencing.schemas import LaneIn, RunPlanIn

_TOLD = 12
"""Changes named in a refusal; more than that says only how many."""


def accept_plan(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: QueuePlanId,
    run_ids: Collection[UUID] | None = None,
) -> QueuePlanAcceptance:
    """Make the pools of a plan and book its runs: all, or the chosen ones; the rest is declined.

    Raises:
        QueuePlanNotFound, QueuePlanNotOpen: not visible, or not waiting for an answer.
        QueuePlanRefused: no run chosen, or one that is not of the plan.
        QueueChanged: libraries, flow cells or recipes are not as they were when the plan was made,
            or a start has passed.
        LaneRefused, InstrumentBooked, InstrumentNotFound: as `run_plans.plan_run` raises them.
        PlanNotFound, LaneChangeRefused: as `add_pools` raises them, for runs booked before.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    plan = asking.lock(session, principal, plan_id, QueuePlanState.READY)
    runs = _runs(session, plan)
    chosen = _chosen(runs, run_ids)
    rows = _libraries(session, chosen)
    requests = {
        each.id: each for each in following.lock_requests(session, {row.request_id for row in rows})
    }
    changes = [*_passed(session, chosen), *_changes(session, principal, chosen, rows, requests)]
    if changes:
        more = len(changes) - _TOLD
        told = changes[:_TOLD] + ([f"And {more} more differences."] if more > 0 else [])
        raise QueueChanged(told)
    lanes = _form_pools(session, principal, rows, requests)
    following.follow(session, principal, list(requests))
    codes = tuple(
        _book(session, principal, run, lanes[run.id]) for run in chosen if run.aboard is None
    )
    topped_up = tuple(
        _top_up(session, principal, run, lanes[run.id]) for run in chosen if run.aboard is not None
    )
    asking.close(plan, principal, QueuePlanState.ACCEPTED)
    declined = len(runs) - len(chosen)
    accepted = QueuePlanAccepted(
        aggregate_id=plan.id, runs=codes, topped_up=topped_up, declined=declined
    )
    events_service.record(session, principal, accepted)
    return QueuePlanAcceptance(runs=codes, topped_up=topped_up, declined=declined)


def _runs(session: WriteSession, plan: QueuePlan) -> list[QueuePlanRun]:
    found = select(QueuePlanRun).where(QueuePlanRun.plan_id == plan.id)
    return list(session.scalars(found.order_by(QueuePlanRun.start_at, QueuePlanRun.id)))


def _chosen(runs: Sequence[QueuePlanRun], run_ids: Collection[UUID] | None) -> list[QueuePlanRun]:
    if run_ids is None:
        chosen = list(runs)
    else:
        wanted = set(run_ids)
        chosen = [run for run in runs if run.id in wanted]
        if len(chosen) < len(wanted):
            raise QueuePlanRefused("Choose runs of this plan.")
    if not chosen:
        raise QueuePlanRefused("Choose at least one run. Dismiss a plan that you do not want.")
    return chosen


def _libraries(session: WriteSession, runs: Sequence[QueuePlanRun]) -> list[QueuePlanLibrary]:
    found = select(QueuePlanLibrary).where(
        QueuePlanLibrary.plan_run_id.in_([run.id for run in runs])
    )
    order = (QueuePlanLibrary.lane, QueuePlanLibrary.request_id, QueuePlanLibrary.sample_id)
    return list(session.scalars(found.order_by(QueuePlanLibrary.plan_run_id, *order)))


def _passed(session: WriteSession, runs: Sequence[QueuePlanRun]) -> list[str]:
    late = {run.instrument_id for run in runs if run.start_at < clock.utc_now()}
    names = session.scalars(
        select(Instrument.name).where(Instrument.id.in_(late)).order_by(Instrument.name)
    )
    return [f"The start on {name} has passed. Ask for a new plan." for name in names]


def _changes(
    session: WriteSession,
    principal: Principal,
    runs: Sequence[QueuePlanRun],
    rows: Sequence[QueuePlanLibrary],
    requests: Mapping[UUID, SequencingRequest],
) -> list[str]:
    """Return a sentence for each library, and each lane, that is not as it was planned."""
    problem = queue_problem.load_problem(
        ReadSession(session), principal, now=clock.utc_now(), request_ids=list(requests)
    ).problem
    now = {each.key: each for each in problem.libraries}
    barcodes = _barcodes(session, rows)
    seen = set(
        session.scalars(
            sequencing_queries.visible_requests(principal)
            .where(SequencingRequest.id.in_(requests))
            .with_only_columns(SequencingRequest.id)
        )
    )
    unusable = sequencing_queries.unusable_of(session, list(seen))
    said: list[str] = []
    for row in rows:
        request, current = requests[row.request_id], now.get(f"{row.request_id}/{row.sample_id}")
        if request.id not in seen:
            said.append("A request is of a project that is not yours any more.")
        elif request.state is not RequestState.WAITING:
            said.append(f"{request_code(request.number)} is {request.state.value} already.")
        elif current is not None:
            said += _differences(barcodes[row.sample_id], row, current)
        else:
            barcode = barcodes[row.sample_id]
            found = [each for each in unusable[request.id] if each.startswith(f"{barcode} ")]
            said += found or [f"{barcode} is in a pool already."]
    recipes = {
        each.key: (each.content.index1_cycles, each.content.index2_cycles)
        for each in reference_queries.recipes(session)
    }
    said += lane_changes(problem, runs, rows, barcodes, recipes)
    return list(dict.fromkeys(said))


def _differences(barcode: str, row: QueuePlanLibrary, current: Library) -> list[str]:
    said = []
    if float(row.reads_millions) != current.reads_millions:
        said.append(
            f"{barcode} needs {current.reads_millions:g} M reads, not {row.reads_millions:g} M."
        )
    if str(row.read_length) != current.configuration:
        said.append(f"{barcode} is read {current.configuration} cycles, not {row.read_length}.")
    if (row.index_i7, row.index_i5) != (current.i7, current.i5):
        said.append(f"{barcode} carries other indexes by now.")
    return said


def _form_pools(
    session: WriteSession,
    principal: Principal,
    rows: Sequence[QueuePlanLibrary],
    requests: Mapping[UUID, SequencingRequest],
) -> defaultdict[UUID, list[LaneIn]]:
    """Make a pool of each lane; return the lanes of each run."""
    on_lane: defaultdict[tuple[UUID, int], list[QueuePlanLibrary]] = defaultdict(list)
    for row in rows:
        if row.plan_run_id is not None and row.lane is not None:
            on_lane[row.plan_run_id, row.lane].append(row)
    lanes: defaultdict[UUID, list[LaneIn]] = defaultdict(list)
    for (run_id, lane), libraries in on_lane.items():
        pool = pool_forming.form_of(
            session,
            principal,
            libraries=[(requests[each.request_id], each.sample_id) for each in libraries],
        )
        lanes[run_id].append(LaneIn(pool_id=pool.id, lane=lane))
    session.flush()
    return lanes


def _book(
    session: WriteSession, principal: Principal, run: QueuePlanRun, lanes: list[LaneIn]
) -> str:
    booking = RunPlanIn(
        instrument_id=run.instrument_id,
        start_at=run.start_at,
        end_at=run.end_at,
        lanes=lanes,
        flow_cell=run.flow_cell,
        recipe=run.recipe,
    )
    try:
        bar = run_plans.plan_run(session, principal, plan=booking)
    except RequestRefused as refusal:
        # Flow cells are kept no more, recipes are retired: the plan was made before.
        raise QueueChanged(list(refusal.fields.values())) from refusal
    # One run stands in a time on an instrument: the database's promise makes this the one.
    run.run_id = session.scalars(
        select(SequencingRun.id)
        .where(SequencingRun.instrument_id == run.instrument_id)
        .where(SequencingRun.planned_start_at == run.start_at)
        .where(SequencingRun.state == RunState.PLANNED)
    ).one()
    return bar.run_code


def _top_up(
    session: WriteSession, principal: Principal, run: QueuePlanRun, lanes: list[LaneIn]
) -> str:
    """Put pools on lanes of a run that was booked before the plan."""
    booked = session.get_one(SequencingRun, run.run_id)
    instrument = session.get_one(Instrument, run.instrument_id)
    code = run_code(instrument.run_prefix, booked.number)
    moves = [LaneMoveIn(pool_id=each.pool_id, from_lane=None, to_lane=each.lane) for each in lanes]
    add_pools(session, principal, code=code, moves=moves)
    return code


def _barcodes(session: WriteSession, rows: Sequence[QueuePlanLibrary]) -> dict[UUID, str]:
    wanted = select(Sample.id, Sample.barcode).where(Sample.id.in_({row.sample_id for row in rows}))
    return {key: barcode for key, barcode in session.execute(wanted)}  # noqa: C416 rows, not pairs
