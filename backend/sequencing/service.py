"""Asking for sequencing, moving cards, and booking instruments."""

from decimal import Decimal

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import instruments, queries, requesting, rules
from backend.sequencing.errors import MoveRefused, RequestNotFound, RequestRefused
from backend.sequencing.events import (
    CardMoved,
    InstrumentAdded,
    RunStateChanged,
    SequencingRequested,
)
from backend.sequencing.ids import InstrumentId, RequestId, RequestState, RunState
from backend.sequencing.models import (
    Instrument,
    RequestSample,
    SequencingRequest,
    SequencingRun,
)
from backend.sequencing.run_plans import plan_run
from backend.sequencing.schemas import InstrumentIn, SequencingRequestIn
from backend.sequencing.views import Card

__all__ = ["add_instrument", "move_card", "plan_run", "request_sequencing"]


def request_sequencing(
    session: WriteSession, principal: Principal, *, request: SequencingRequestIn
) -> Card:
    """Ask to have libraries sequenced; the request waits on the board.

    Raises:
        RequestRefused: with every reason at once: unknown or foreign samples, holds, failed quality
            control, missing or unreadable indexes, a due date that has passed.
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
    libraries = requesting.check_libraries(session, principal, project, request.libraries)
    made = SequencingRequest(
        project_id=project.id,
        read_length=request.read_length,
        reads_millions=request.reads_millions,
        due_on=request.due_on,
        notes=request.notes,
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
    requested = SequencingRequested(
        aggregate_id=made.id,
        code=queries.request_code(made.number),
        project_code=project.code,
        libraries=len(libraries),
    )
    events_service.record(session, principal, requested)
    return queries.cards_of(session, [made.id])[0]


def move_card(
    session: WriteSession, principal: Principal, *, request_id: RequestId, to: RequestState
) -> Card:
    """Move a card to the column beside it; starting or ending a run moves all its cards.

    The cards are locked in one order, so two people who move the same card do it one after the
    other and the second is told where it has gone.

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
    reasons = rules.refusals(
        request.state,
        to,
        colliding=[pair for key in keys for pair in rules.collisions(libraries[key])],
        unusable=[sentence for key in keys for sentence in unusable[key]],
    )
    if reasons:
        raise MoveRefused(queries.request_code(request.number), reasons)
    before = request.state
    for each in moved:
        _enter(session, principal, each, to)
    _tell_run(session, principal, request, before, to)
    if to is RequestState.POOLED and before is RequestState.PLANNED:
        _leave_run(session, principal, request)
    session.flush()
    return queries.cards_of(session, [request.id])[0]


def add_instrument(
    session: WriteSession, principal: Principal, *, instrument: InstrumentIn
) -> InstrumentId:
    """Put a sequencer into service, with what is known of its make.

    Raises:
        RequestRefused: the make is not known, or the name is taken.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    model = instruments.MODELS.get(instrument.model)
    if model is None:
        known = ", ".join(instruments.MODELS)
        raise RequestRefused({"model": f"{instrument.model} is not known. Choose one of {known}."})
    taken = session.scalar(select(func.count()).where(Instrument.name == instrument.name))
    if taken:
        raise RequestRefused(
            {"name": f"There is a {instrument.name} already. Choose another name."}
        )
    made = Instrument(
        name=instrument.name,
        model=instrument.model,
        run_prefix=model.run_prefix,
        lanes=model.lanes,
        lane_reads_millions=Decimal(model.lane_reads_millions),
        i5_orientation=model.i5_orientation,
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
    """Lock and return the cards that move: a run's start and end carry all on its flow cell.

    All are locked at once and in the order of their keys, so that two people who move two cards of
    one run do not wait for each other.
    """
    visible = queries.visible_requests(principal).where(SequencingRequest.id == request_id)
    request = session.scalars(visible).one_or_none()
    if request is None:
        raise RequestNotFound
    moving = SequencingRequest.id == request_id
    if request.run_id is not None and to in {RequestState.RUNNING, RequestState.DEMULTIPLEXED}:
        of_run = (SequencingRequest.run_id == request.run_id) & (
            SequencingRequest.state == request.state
        )
        moving = moving | of_run
    return list(
        session.scalars(
            select(SequencingRequest)
            .where(moving)
            .order_by(SequencingRequest.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _enter(
    session: WriteSession, principal: Principal, request: SequencingRequest, to: RequestState
) -> None:
    before, request.state = request.state, to
    request.state_since = clock.utc_now()
    request.version += 1
    moved = CardMoved(
        aggregate_id=request.id, code=queries.request_code(request.number), to=to.value
    )
    events_service.record(
        session, principal, moved, old={"state": before.value}, new={"state": to.value}
    )


def _tell_run(
    session: WriteSession,
    principal: Principal,
    request: SequencingRequest,
    before: RequestState,
    to: RequestState,
) -> None:
    """Start or end the run when its cards do."""
    if request.run_id is None:
        return
    run = session.get_one(SequencingRun, request.run_id)
    if to is RequestState.RUNNING:
        run.state, run.started_at = RunState.RUNNING, clock.utc_now()
    elif (before, to) == (RequestState.RUNNING, RequestState.DEMULTIPLEXED):
        run.state, run.finished_at = RunState.FINISHED, clock.utc_now()
    else:
        return
    _record_run(session, principal, run)


def _leave_run(session: WriteSession, principal: Principal, request: SequencingRequest) -> None:
    """Take a pool off its run; a run without any gives its instrument back."""
    run = session.get_one(SequencingRun, request.run_id)
    request.run_id = request.lane = None
    session.flush()
    left = session.scalar(select(func.count()).where(SequencingRequest.run_id == run.id))
    if not left:
        run.state = RunState.CANCELLED
        _record_run(session, principal, run)


def _record_run(session: WriteSession, principal: Principal, run: SequencingRun) -> None:
    prefix = session.get_one(Instrument, run.instrument_id).run_prefix
    changed = RunStateChanged(
        aggregate_id=run.id, code=queries.run_code(prefix, run.number), state=run.state.value
    )
    events_service.record(session, principal, changed)
