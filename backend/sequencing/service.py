"""Asking for sequencing, moving cards, and booking instruments."""

from uuid import UUID

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import (
    asked_assays,
    following,
    pool_forming,
    pool_queries,
    queries,
    requesting,
    rules,
    run_states,
)
from backend.sequencing.codes import request_code
from backend.sequencing.errors import MoveRefused, RequestNotFound, RequestRefused
from backend.sequencing.events import InstrumentAdded, SequencingRequested
from backend.sequencing.ids import InstrumentId, RequestId, RequestState, RunId, RunState
from backend.sequencing.indexing.collisions import clashes
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.released import voiding, ways_out
from backend.sequencing.run_plans import plan_run
from backend.sequencing.schemas import InstrumentIn, SequencingRequestIn
from backend.sequencing.stocking import keep_flow_cells
from backend.sequencing.turnaround import stages
from backend.sequencing.views import Card

__all__ = [
    "add_instrument",
    "keep_flow_cells",
    "move_card",
    "plan_run",
    "request_sequencing",
]


def request_sequencing(
    session: WriteSession, principal: Principal, *, request: SequencingRequestIn
) -> Card:
    """Ask to have libraries sequenced; the request waits on the board.

    Raises:
        RequestRefused: with every reason at once: unknown or foreign samples, holds, failed quality
            control (also of the assay's own thresholds), missing or unreadable indexes, a due date
            that has passed, a repeat without a reason.
    """
    principal.require(Permission.SEQUENCING_REQUEST)
    now = clock.utc_now()
    project = requesting.find_project(session, principal, request.project_code)
    if project is None:
        raise RequestRefused(
            {"project_code": f"{request.project_code} is not a project of yours. Choose one."}
        )
    if request.due_on < now.date():
        raise RequestRefused(
            {"due_on": f"{request.due_on:%d %b %Y} has passed. Choose a later day."}
        )
    assay = asked_assays.assay_asked(session, request.assay)
    libraries = requesting.check_libraries(
        session,
        principal,
        project,
        request.libraries,
        assay=assay,
        why_again=request.why_again,
    )
    coverage = requesting.wanted_coverage(request)
    made = SequencingRequest(
        project_id=project.id,
        read_length=request.read_length,
        reads_millions=requesting.wanted_reads(request, assay),
        coverage=coverage,
        due_on=request.due_on,
        notes=request.notes,
        assay=request.assay,
        requested_by=principal.user_id,
        requested_by_name=principal.name,
        state_since=now,
    )
    session.add(made)
    session.flush()
    session.add_all(
        RequestSample(
            request_id=made.id,
            sample_id=library.sample_id,
            place=place,
            index_i7=library.index_i7,
            index_i5=library.index_i5,
        )
        for place, library in enumerate(libraries, start=1)
    )
    stages.entered(session, made.id, made.state, now)
    requested = SequencingRequested(
        aggregate_id=made.id,
        code=request_code(made.number),
        project_code=project.code,
        libraries=len(libraries),
    )
    events_service.record(session, principal, requested, reason=request.why_again or None)
    return queries.cards_of(session, [made.id])[0]


def move_card(
    session: WriteSession, principal: Principal, *, request_id: RequestId, to: RequestState
) -> Card:
    """Move a card to the column beside it by doing what that means at the bench.

    Pooling forms a pool of its libraries, starting or ending a run carries every card on the flow
    cell, going back takes pools off the run or libraries out of the pool. The cards are locked in
    one order, so two people who move the same card do it one after the other and the second is
    told where it has gone.

    Raises:
        RequestNotFound: absent or not visible.
        MoveRefused: with every reason at once.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    moved = _lock_moving(session, principal, request_id, to)
    request = next(each for each in moved if each.id == request_id)
    keys = [each.id for each in moved]
    libraries, unusable = (
        queries.libraries_of(session, keys),
        queries.unusable_of(session, keys),
    )
    colliding = [pair for key in keys for pair in clashes(libraries[key])]
    mends: list[str] = []
    if colliding:
        kits = reference_queries.kit_indexes(session)
        mends = [said for key in keys for said in ways_out.index_changes(libraries[key], kits)]
    reasons = rules.refusals(
        request.state,
        to,
        colliding=colliding,
        unusable=[sentence for key in keys for sentence in unusable[key]],
        mends=mends,
    )
    if to is RequestState.RUNNING and not reasons:
        for run_id in _runs_moved(session, request, to)[:1]:
            reasons = voiding.why_not_to_start(session, run_id)
    if reasons:
        raise MoveRefused(request_code(request.number), reasons)
    _act(session, principal, request, to)
    session.flush()
    return queries.cards_of(session, [request.id])[0]


def add_instrument(
    session: WriteSession, principal: Principal, *, instrument: InstrumentIn
) -> InstrumentId:
    """Put a sequencer into service, with what is known of its make.

    Raises:
        RequestRefused: the make is not known, what it yields is not, or the name is taken.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    known = {each.key for each in reference_queries.flow_cells(session)}
    if instrument.model not in known:
        named = ", ".join(sorted(known)) or "none yet"
        raise RequestRefused({"model": f"{instrument.model} is not known. Choose one of {named}."})
    make = reference_queries.make_of(session, instrument.model)
    lane_reads_millions = make.flow_cell.content.reads_pf_millions_per_lane
    if lane_reads_millions is None:
        raise RequestRefused(
            {
                "model": f"Nobody has looked up what a lane of {make.flow_cell.name} yields. Enter "
                "it in the reference data first."
            }
        )
    taken = session.scalar(select(func.count()).where(Instrument.name == instrument.name))
    if taken:
        raise RequestRefused(
            {"name": f"There is a {instrument.name} already. Choose another name."}
        )
    made = Instrument(
        name=instrument.name,
        model=instrument.model,
        run_prefix=make.platform.content.run_prefix,
        lanes=make.flow_cell.content.lanes,
        lane_reads_millions=lane_reads_millions,
        i5_orientation=make.platform.content.i5_orientation,
        sort_order=session.scalar(select(func.count()).select_from(Instrument)) or 0,
    )
    session.add(made)
    session.flush()
    added = InstrumentAdded(aggregate_id=made.id, name=made.name, model=made.model)
    events_service.record(session, principal, added)
    return InstrumentId(made.id)


def _lock_moving(
    session: WriteSession, principal: Principal, request_id: RequestId, to: RequestState
) -> list[SequencingRequest]:
    """Lock and return the cards that move together with one.

    A run's start and end carry all on its flow cell; a pool taken off its run carries all in it.
    """
    visible = queries.visible_requests(principal).where(SequencingRequest.id == request_id)
    request = session.scalars(visible).one_or_none()
    if request is None:
        raise RequestNotFound
    moving = {request.id}
    if to is RequestState.POOLED and request.state is RequestState.PLANNED:
        moving |= pool_queries.requests_of_pools(session, _pools(session, request))
    for run_id in _runs_moved(session, request, to)[:1]:
        moving |= run_states.requests_on_run(session, run_id)
    return following.lock_requests(session, moving)


def _act(
    session: WriteSession, principal: Principal, request: SequencingRequest, to: RequestState
) -> None:
    """Do what brings a card to a column; the card itself follows from it."""
    before = request.state
    if (before, to) == (RequestState.WAITING, RequestState.POOLED):
        pool_forming.pool_rest(session, principal, request)
    elif (before, to) == (RequestState.POOLED, RequestState.WAITING):
        pool_forming.unpool(session, principal, request)
    elif (before, to) == (RequestState.PLANNED, RequestState.POOLED):
        pools = _pools(session, request)
        run_states.unload(session, principal, pools)
        following.follow(session, principal, pool_queries.requests_of_pools(session, pools))
        return
    elif to is RequestState.RUNNING:
        run_states.start_run(session, principal, _runs_moved(session, request, to)[0])
        return
    elif before is RequestState.RUNNING:
        run_states.finish_run(session, principal, _runs_moved(session, request, to)[0])
        return
    else:
        following.enter(session, principal, request, to)
        return
    following.follow(session, principal, [request.id])


def _pools(session: WriteSession, request: SequencingRequest) -> set[UUID]:
    return pool_queries.ready_pools_of(session, [request.id])


def _runs_moved(session: WriteSession, request: SequencingRequest, to: RequestState) -> list[RunId]:
    """Return the runs that a card's move starts or ends, the earliest first."""
    wanted = {
        (RequestState.PLANNED, RequestState.RUNNING): RunState.PLANNED,
        (RequestState.RUNNING, RequestState.DEMULTIPLEXED): RunState.RUNNING,
    }.get((request.state, to))
    return pool_queries.runs_of(session, [request.id], [wanted]) if wanted else []
