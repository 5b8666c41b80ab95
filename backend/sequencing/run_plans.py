"""Booking an instrument for pools."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import instruments, queries, rules
from backend.sequencing.errors import (
    InstrumentBooked,
    InstrumentNotFound,
    LaneRefused,
    RequestNotFound,
    RequestRefused,
)
from backend.sequencing.events import CardMoved, RunPlanned
from backend.sequencing.ids import RequestState
from backend.sequencing.models import Instrument, SequencingRequest, SequencingRun
from backend.sequencing.rules import IndexedLibrary
from backend.sequencing.schemas import RunPlanIn
from backend.sequencing.views import RunBar

_ONE_AT_A_TIME = "ex_sequencing_run_one_at_a_time"


def plan_run(session: WriteSession, principal: Principal, *, plan: RunPlanIn) -> RunBar:
    """Book an instrument and put pools on its lanes; their cards go to Planned.

    That an instrument is free is the database's to say: two people who book the same slot at the
    same moment cannot both have it.

    Raises:
        InstrumentNotFound, RequestNotFound: absent, out of service or not visible.
        RequestRefused: a time or lane that cannot be.
        LaneRefused: pools that are not ready, samples that may not be used, index pairs that
            cannot be told apart in one lane, or more reads than the lane yields; all reasons.
        InstrumentBooked: another run stands in that time.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    instrument = session.get(Instrument, plan.instrument_id)
    if instrument is None or not instrument.is_active:
        raise InstrumentNotFound
    _check_form(plan, instrument)
    requests = _lock(session, principal, [each.request_id for each in plan.lanes])
    lanes = {each.request_id: each.lane for each in plan.lanes}
    reasons = _reasons(session, instrument, requests, lanes)
    if reasons:
        raise LaneRefused(reasons)
    run = _book(session, principal, plan, instrument)
    code = queries.run_code(instrument.run_prefix, run.number)
    for request in requests:
        request.run_id, request.lane = run.id, lanes[request.id]
        request.state, request.state_since = RequestState.PLANNED, clock.utc_now()
        request.version += 1
        moved = CardMoved(
            aggregate_id=request.id, code=queries.request_code(request.number), to="planned"
        )
        new = {"state": "planned", "run": code, "lane": request.lane}
        events_service.record(session, principal, moved, old={"state": "pooled"}, new=new)
    _record(session, principal, run, instrument, requests)
    return RunBar(
        instrument=instrument.name,
        run_code=code,
        start=run.planned_start_at,
        end=run.planned_end_at,
        state=run.state.value,
    )


def _check_form(plan: RunPlanIn, instrument: Instrument) -> None:
    fields = {}
    if plan.end_at <= plan.start_at:
        fields["end_at"] = "The run must end after it starts."
    too_high = sorted({each.lane for each in plan.lanes if each.lane > instrument.lanes})
    if too_high:
        named = ", ".join(str(lane) for lane in too_high)
        fields["lane"] = (
            f"{instrument.name} has {instrument.lanes} lanes; there is no lane {named}."
        )
    if len({each.request_id for each in plan.lanes}) < len(plan.lanes):
        fields["lanes"] = "A pool goes on one lane. Name each request once."
    if fields:
        raise RequestRefused(fields)


def _lock(
    session: WriteSession, principal: Principal, keys: Sequence[UUID]
) -> list[SequencingRequest]:
    found = session.scalars(
        queries.visible_requests(principal)
        .where(SequencingRequest.id.in_(keys))
        .order_by(SequencingRequest.id)
        .with_for_update(of=SequencingRequest)
    ).all()
    if len(found) < len(set(keys)):
        raise RequestNotFound
    return list(found)


def _reasons(
    session: WriteSession,
    instrument: Instrument,
    requests: Sequence[SequencingRequest],
    lanes: Mapping[UUID, int],
) -> list[str]:
    keys = [request.id for request in requests]
    libraries, unusable = queries.libraries_of(session, keys), queries.unusable_of(session, keys)
    reasons = [
        f"{queries.request_code(request.number)} is {request.state.value}, not pooled."
        for request in requests
        if request.state is not RequestState.POOLED
    ]
    reasons += [sentence for key in keys for sentence in unusable[key]]
    in_lane: defaultdict[int, list[IndexedLibrary]] = defaultdict(list)
    reads: defaultdict[int, Decimal] = defaultdict(Decimal)
    for request in requests:
        in_lane[lanes[request.id]] += libraries[request.id]
        reads[lanes[request.id]] += request.reads_millions * len(libraries[request.id])
    usable = instruments.usable_reads_millions(float(instrument.lane_reads_millions))
    for lane in sorted(in_lane):
        collisions = rules.collisions(in_lane[lane])
        reasons += [f"Lane {lane}: {each.sentence}." for each in collisions]
        if float(reads[lane]) > usable:
            reasons.append(
                f"Lane {lane} would need {reads[lane]:,.0f} M reads; it yields {usable:,.0f} M."
            )
    if len({request.read_length for request in requests}) > 1:
        reasons.append("The pools ask for different read lengths. A run has one.")
    return reasons


def _book(
    session: WriteSession, principal: Principal, plan: RunPlanIn, instrument: Instrument
) -> SequencingRun:
    run = SequencingRun(
        instrument_id=instrument.id,
        planned_start_at=plan.start_at,
        planned_end_at=plan.end_at,
        created_by=principal.user_id,
    )
    try:
        with session.begin_nested():
            session.add(run)
            session.flush()
    except IntegrityError as error:
        if _ONE_AT_A_TIME in str(error.orig):
            raise InstrumentBooked(instrument.name) from error
        raise
    return run


def _record(
    session: WriteSession,
    principal: Principal,
    run: SequencingRun,
    instrument: Instrument,
    requests: Sequence[SequencingRequest],
) -> None:
    planned = RunPlanned(
        aggregate_id=run.id,
        code=queries.run_code(instrument.run_prefix, run.number),
        instrument=instrument.name,
        start_at=run.planned_start_at,
        end_at=run.planned_end_at,
        requests=tuple(queries.request_code(each.number) for each in requests),
    )
    events_service.record(session, principal, planned)
