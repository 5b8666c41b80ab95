"""Pinning requests and libraries to runs, lanes, or away from runs. Exported by service.py."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import flow_cells
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.codes import request_code
from backend.sequencing.errors import InstrumentNotFound, RequestNotFound
from backend.sequencing.ids import RequestState
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest
from backend.sequencing.queue_plans import asking
from backend.sequencing.queue_plans.errors import (
    QueuePinNotFound,
    QueuePlanNotFound,
    QueuePlanRefused,
)
from backend.sequencing.queue_plans.events import QueuePinned, QueueUnpinned
from backend.sequencing.queue_plans.ids import QueuePinId
from backend.sequencing.queue_plans.models import QueuePin, QueuePlan, QueuePlanRun
from backend.sequencing.reference import queries as reference_queries


def pin(
    session: WriteSession,
    principal: Principal,
    *,
    request_id: UUID,
    instrument_id: UUID,
    start_at: datetime,
    sample_id: UUID | None = None,
    lane: int | None = None,
    flow_cell: str = "",
    is_away: bool = False,
) -> QueuePinId:
    """Pin a request, or one library of it, to a run or its lane, or away from it.

    It holds for every plan to come until it is taken away. What was said before of the same and
    the same run is replaced. ``flow_cell`` is the key of what the run is to be loaded with, "" any.

    Raises:
        RequestNotFound, InstrumentNotFound: absent, not visible, or out of service.
        QueuePlanRefused: a request that does not wait, a library of another one, a lane or flow
            cell that the instrument has not, or a start that has passed.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    request = _lock_request(session, principal, request_id)
    instrument = session.get(Instrument, instrument_id)
    if instrument is None or not instrument.is_active:
        raise InstrumentNotFound
    if sample_id is not None and session.get(RequestSample, (request_id, sample_id)) is None:
        raise QueuePlanRefused("Choose a library of the request.")
    _check_place(session, instrument, flow_cell, lane, is_away=is_away)
    if start_at < clock.utc_now():
        raise QueuePlanRefused("The start has passed. Choose a run that is to come.")
    before = session.scalars(
        select(QueuePin)
        .where(QueuePin.request_id == request_id, QueuePin.instrument_id == instrument_id)
        .where(QueuePin.start_at == start_at)
        .where(QueuePin.sample_id.is_not_distinct_from(sample_id))
    ).one_or_none()
    if before is not None:
        session.delete(before)
        session.flush()
    row = QueuePin(
        id=new_id(),
        request_id=request_id,
        instrument_id=instrument_id,
        start_at=start_at,
        made_by=principal.user_id,
        made_by_name=principal.name,
        sample_id=sample_id,
        lane=lane,
        flow_cell=flow_cell,
        is_away=is_away,
    )
    session.add(row)
    session.flush()
    pinned = QueuePinned(
        aggregate_id=row.id,
        code=request_code(request.number),
        instrument=instrument.name,
        start_at=start_at,
        lane=lane,
        is_away=is_away,
    )
    events_service.record(session, principal, pinned)
    return QueuePinId(row.id)


def pin_in_plan(
    session: WriteSession,
    principal: Principal,
    *,
    plan_run_id: UUID,
    request_id: UUID,
    sample_id: UUID,
    lane: int | None = None,
    is_away: bool = False,
) -> QueuePinId:
    """Pin a library to a run of a plan or a lane of it, or away from that run; as `pin` does.

    Raises:
        QueuePlanNotFound: no such run in a plan that is visible.
    """
    run = session.get(QueuePlanRun, plan_run_id)
    if run is None:
        raise QueuePlanNotFound
    plans = asking.visible(principal).where(QueuePlan.id == run.plan_id)
    if session.scalars(plans).one_or_none() is None:
        raise QueuePlanNotFound
    return pin(
        session,
        principal,
        request_id=request_id,
        instrument_id=run.instrument_id,
        start_at=run.start_at,
        sample_id=sample_id,
        lane=lane,
        # A lane is one of its flow cell; off a run is off it whatever it is loaded with.
        flow_cell="" if is_away else run.flow_cell,
        is_away=is_away,
    )


def unpin(session: WriteSession, principal: Principal, *, pin_id: QueuePinId) -> None:
    """Take a pin away.

    Raises:
        QueuePinNotFound: no such pin, or of a request that is not visible.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    row = session.scalars(
        select(QueuePin).where(QueuePin.id == pin_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise QueuePinNotFound
    visible = sequencing_queries.visible_requests(principal)
    request = session.scalars(visible.where(SequencingRequest.id == row.request_id)).one_or_none()
    if request is None:
        raise QueuePinNotFound
    session.delete(row)
    session.flush()
    unpinned = QueueUnpinned(aggregate_id=pin_id, code=request_code(request.number))
    events_service.record(session, principal, unpinned)


def _check_place(
    session: WriteSession, instrument: Instrument, key: str, lane: int | None, *, is_away: bool
) -> None:
    """Refuse a flow cell that the instrument is not loaded with, or a lane that it has not."""
    every = flow_cells.offered(instrument, reference_queries.flow_cells(session))
    cells = [each for each in every if key in ("", each.key)]
    if not cells:
        named = ", ".join(each.name for each in every) or "none"
        raise QueuePlanRefused(f"Choose a flow cell that {instrument.name} takes: {named}.")
    most = max(each.lanes for each in cells)
    if lane is not None and (is_away or not 1 <= lane <= most):
        raise QueuePlanRefused(f"Choose a lane from 1 to {most} of {instrument.name}.")


def _lock_request(
    session: WriteSession, principal: Principal, request_id: UUID
) -> SequencingRequest:
    request = session.scalars(
        sequencing_queries.visible_requests(principal)
        .where(SequencingRequest.id == request_id)
        .with_for_update()
    ).one_or_none()
    if request is None:
        raise RequestNotFound
    if request.state is not RequestState.WAITING:
        code = request_code(request.number)
        raise QueuePlanRefused(f"{code} is {request.state.value}. Only what waits can be pinned.")
    return request
