"""Reading the queue as a problem for the planner, in one short session.

Keys of libraries are "request/sample", those of slots "instrument/number", all UUIDs as text, so
that a plan leads straight back to rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Sample
from backend.sequencing import instruments, queries
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.ids import I5Orientation, PoolState, RequestState, RunState
from backend.sequencing.indexing.colours import Chemistry, Colours
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.planning.calendar import free_starts
from backend.sequencing.planning.problem import Library, Problem, Slot, Weights
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.ids import MixingClass
from backend.sequencing.reference.views import Assay

HORIZON_DAYS = 21
USUAL_RUN = timedelta(days=2)
"""Of an instrument that was never booked; otherwise its latest booking says how long a run is."""
RUN_COST = 0.2
LANE_COST = 0.02
WEIGHTS = Weights(missing_channel=0.0002, dark_cycle=0.005, left_out=1_000.0)
"""In days that one library is late: five hours of one are worth a run, so delay comes first, then
runs and lanes, then balance, which is soft because PhiX mends it."""
_DAY = timedelta(days=1)
_NO_PINNED_STARTS: Mapping[UUID, Collection[datetime]] = {}


def load_problem(
    session: ReadSession,
    principal: Principal,
    *,
    now: datetime,
    request_ids: Collection[UUID] | None = None,
    starts: Mapping[UUID, Collection[datetime]] = _NO_PINNED_STARTS,
) -> Problem:
    """Return the libraries that wait, all or those of chosen requests, and the free slots.

    A library waits while its request does, it is in no pool, and nothing forbids its use. Day 0 is
    ``now``; a library is on time if its run ends by the end of the day it is due. ``starts`` are
    moments that people pinned, by instrument: where one is free a slot begins at it, and the
    others stand around that.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    return Problem(
        libraries=_libraries(session, principal, now, request_ids),
        slots=tuple(_slots(session, now, starts)),
        weights=WEIGHTS,
    )


def _libraries(
    session: ReadSession,
    principal: Principal,
    now: datetime,
    request_ids: Collection[UUID] | None,
) -> tuple[Library, ...]:
    waiting = queries.visible_requests(principal).where(
        SequencingRequest.state == RequestState.WAITING
    )
    if request_ids is not None:
        waiting = waiting.where(SequencingRequest.id.in_(request_ids))
    requests = {each.id: each for each in session.scalars(waiting)}
    pooled = (
        select(PoolMember.sample_id)
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .where(PoolMember.request_id == RequestSample.request_id)
        .where(PoolMember.sample_id == RequestSample.sample_id)
        .where(LibraryPool.state != PoolState.CANCELLED)
        .correlate(RequestSample)
    )
    rows = session.execute(
        select(RequestSample, Sample.barcode)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(requests), ~exists(pooled))
        .order_by(RequestSample.request_id, RequestSample.place)
    )
    unusable = [each for found in queries.unusable_of(session, requests).values() for each in found]
    assays = {each.key: each for each in reference_queries.assays(session)}
    return tuple(
        _library(requests[row.request_id], row, now, assays.get(requests[row.request_id].assay))
        for row, barcode in rows
        if not any(sentence.startswith(f"{barcode} ") for sentence in unusable)
    )


def _library(
    request: SequencingRequest, row: RequestSample, now: datetime, assay: Assay | None
) -> Library:
    due = datetime.combine(request.due_on, time.max, tzinfo=UTC)
    return Library(
        key=f"{row.request_id}/{row.sample_id}",
        configuration=str(request.read_length),
        reads_millions=float(request.reads_millions),
        ready=0.0,
        due=(due - now) / _DAY,
        weight=1.0,
        i7=row.index_i7,
        i5=row.index_i5 or "",
        assay=request.assay,
        library_type=assay.content.library_type if assay else "",
        mixing=assay.content.mixing if assay else MixingClass.ANY,
    )


def _slots(
    session: ReadSession, now: datetime, starts: Mapping[UUID, Collection[datetime]]
) -> Iterator[Slot]:
    bookings: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    booked = (
        select(
            SequencingRun.instrument_id,
            SequencingRun.planned_start_at,
            SequencingRun.planned_end_at,
        )
        .where(SequencingRun.state != RunState.CANCELLED)
        .order_by(SequencingRun.planned_start_at)
    )
    for instrument_id, start, end in session.execute(booked):
        bookings[instrument_id].append((start, end))
    services: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in session.scalars(select(InstrumentService)):
        services[row.instrument_id].append((row.starts_at, row.ends_at))
    settings = reference_queries.pooling(session)
    sees = {
        each.flow_cell.key: each.chemistry.content.colours
        for each in reference_queries.makes(session)
    }
    in_service = select(Instrument).where(Instrument.is_active)
    for each in session.scalars(in_service.order_by(Instrument.sort_order, Instrument.name)):
        usable = instruments.usable_reads_millions(float(each.lane_reads_millions), settings)
        yield from (
            _slot(each, number, days, usable, sees.get(each.model))
            for number, days in enumerate(
                _free_days(
                    bookings[each.id], now, starts.get(each.id, ()), services=services[each.id]
                ),
                start=1,
            )
        )


def _free_days(
    booked: Sequence[tuple[datetime, datetime]],
    now: datetime,
    pinned: Collection[datetime],
    *,
    services: Sequence[tuple[datetime, datetime]] = (),
) -> list[tuple[float, float]]:
    """Return from and to of every run that fits between the bookings, days from ``now``."""
    usual = booked[-1][1] - booked[-1][0] if booked else USUAL_RUN
    fixed: list[datetime] = []
    for start in sorted(pinned):
        taken = [*booked, *((each, each + usual) for each in fixed)]
        is_free = not any(start < other and begun < start + usual for begun, other in taken)
        if start >= now and is_free:
            fixed.append(start)
    taken = [*booked, *((each, each + usual) for each in fixed)]
    starts = free_starts(
        [
            ((start - now) / _DAY, (end - now) / _DAY)
            for start, end in [*taken, *services]
            if end > now
        ],
        begins=0.0,
        ends=float(HORIZON_DAYS),
        run_days=usual / _DAY,
    )
    every = sorted([*starts, *((each - now) / _DAY for each in fixed)])
    return [(start, start + usual / _DAY) for start in every]


def _slot(
    instrument: Instrument,
    number: int,
    days: tuple[float, float],
    usable_millions: float,
    chemistry: Colours | None,
) -> Slot:
    """``chemistry`` None is a make that is not among the reference data: it sees every base."""
    start, end = days
    return Slot(
        key=f"{instrument.id}/{number}",
        instrument=str(instrument.id),
        start=start,
        end=end,
        lanes=instrument.lanes,
        lane_reads_millions=usable_millions,
        run_cost=RUN_COST,
        lane_cost=LANE_COST,
        chemistry=chemistry or Chemistry.AVIDITY,
        i5_reversed=instrument.i5_orientation is I5Orientation.REVERSE_COMPLEMENT,
    )
