"""Reading the queue as a problem for the planner, in one short session.

Keys of libraries are "request/sample", those of slots "instrument/number", all UUIDs as text, so
that a plan leads straight back to rows; `queue_booked` has those of runs that are booked already.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Project, Sample
from backend.sequencing import instruments, pool_queries, queries, queue_booked
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.ids import I5Orientation, RequestState, RunState
from backend.sequencing.indexing.colours import Chemistry, Colours
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.planning.calendar import free_starts
from backend.sequencing.planning.problem import Library, Mixing, Problem, Slot, Weights
from backend.sequencing.planning.run_lengths import RunLength, Timed, run_length
from backend.sequencing.queue_library import waiting_library
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.content import QueuePlanningContent
from backend.sequencing.reference.views import Assay, FlowCell, PlanningSettings

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_HOURS_A_DAY, _MINUTES_A_DAY = 24, 24 * 60
_NO_PINNED_STARTS: Mapping[UUID, Collection[datetime]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A problem, the settings it was made by, and how long a run of each instrument is planned.

    ``settings`` None are the usual ones: the laboratory keeps none of its own.
    """

    problem: Problem
    settings: PlanningSettings | None
    content: QueuePlanningContent
    run_lengths: Mapping[str, RunLength]
    """By the name of the instrument, in the laboratory's order."""


def load_problem(
    session: ReadSession,
    principal: Principal,
    *,
    now: datetime,
    request_ids: Collection[UUID] | None = None,
    starts: Mapping[UUID, Collection[datetime]] = _NO_PINNED_STARTS,
) -> Loaded:
    """Return the libraries that wait, all or those of chosen requests, and the free slots.

    A library waits while its request does, it is in no pool, and nothing forbids its use. Day 0 is
    ``now``; a library is on time if its run ends by the end of the day it is due. ``starts`` are
    moments that people pinned, by instrument: where one is free a slot begins at it, and the
    others stand around that. Runs that are booked and start later than ``now`` are slots too, with
    what is on their lanes, where the settings say so.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    settings = reference_queries.planning(session)
    content = reference_queries.planning_content(session)
    assays = reference_queries.every_assay(session)
    libraries = _libraries(session, principal, now, request_ids, assays)
    lengths = {int(each.configuration) for each in libraries}
    machines = _machines(session, lengths, content)
    mixing = mixing_of(content)
    slots = [slot for each in machines for slot in each.slots(now, starts, content.horizon_days)]
    aboard = queue_booked.Aboard()
    if content.fill_booked_runs and libraries:
        aboard = queue_booked.load_aboard(
            session,
            principal,
            period=(now, now + content.horizon_days * _DAY),
            likenesses={each.instrument.id: each.slot("", (0.0, 1.0)) for each in machines},
            assays=assays,
            mixing=mixing,
        )
    return Loaded(
        problem=Problem(
            libraries=libraries + aboard.libraries,
            slots=(*aboard.slots, *slots),
            pins=aboard.pins,
            weights=weights_of(content),
            mixing=mixing,
        ),
        settings=settings,
        content=content,
        run_lengths={each.instrument.name: each.length for each in machines},
    )


def weights_of(content: QueuePlanningContent) -> Weights:
    """Return what is bought with delay besides runs and lanes, in days that a library is late."""
    return Weights(
        missing_channel=float(content.missing_channel_delay_minutes) / _MINUTES_A_DAY,
        dark_cycle=float(content.dark_cycle_delay_minutes) / _MINUTES_A_DAY,
        left_out=float(content.left_out_delay_days),
        uneven=float(content.uneven_delay_hours) / _HOURS_A_DAY,
    )


def mixing_of(content: QueuePlanningContent) -> Mixing:
    """Return what may share a lane beyond what assays say."""
    return Mixing(
        single_with_dual=content.single_with_dual,
        unequal_indexes=content.unequal_indexes,
        projects_apart=frozenset(content.projects_apart),
    )


def _libraries(
    session: ReadSession,
    principal: Principal,
    now: datetime,
    request_ids: Collection[UUID] | None,
    assays: Mapping[str, Assay],
) -> tuple[Library, ...]:
    waiting = queries.visible_requests(principal).where(
        SequencingRequest.state == RequestState.WAITING
    )
    if request_ids is not None:
        waiting = waiting.where(SequencingRequest.id.in_(request_ids))
    requests = {each.id: each for each in session.scalars(waiting)}
    rows = session.execute(
        select(RequestSample, Sample.barcode, Project.code)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .where(RequestSample.request_id.in_(requests), ~pool_queries.is_pooled())
        .order_by(RequestSample.request_id, RequestSample.place)
    )
    unusable = [each for found in queries.unusable_of(session, requests).values() for each in found]
    found = []
    for row, barcode, project in rows:
        if not any(sentence.startswith(f"{barcode} ") for sentence in unusable):
            request = requests[row.request_id]
            assay = assays.get(request.assay)
            found.append(waiting_library(row, request, project, assay, now=now))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Machine:
    """An instrument in service with its time that is taken; ``length`` is of its next runs."""

    instrument: Instrument
    booked: Sequence[tuple[datetime, datetime]]
    services: Sequence[tuple[datetime, datetime]]
    usable_millions: float
    chemistry: Colours | None
    """None is a make that is not among the reference data: it sees every base."""
    length: RunLength
    costs: tuple[float, float]
    """Of a run and of a lane, in days that one library is late."""

    def slots(
        self, now: datetime, starts: Mapping[UUID, Collection[datetime]], horizon_days: int
    ) -> Iterator[Slot]:
        pinned = starts.get(self.instrument.id, ())
        for number, days in enumerate(self._free_days(now, pinned, horizon_days), start=1):
            yield self.slot(f"{self.instrument.id}/{number}", days)

    def slot(self, key: str, days: tuple[float, float]) -> Slot:
        return Slot(
            key=key,
            instrument=str(self.instrument.id),
            start=days[0],
            end=days[1],
            lanes=self.instrument.lanes,
            lane_reads_millions=self.usable_millions,
            run_cost=self.costs[0],
            lane_cost=self.costs[1],
            chemistry=self.chemistry or Chemistry.AVIDITY,
            i5_reversed=self.instrument.i5_orientation is I5Orientation.REVERSE_COMPLEMENT,
        )

    def _free_days(
        self, now: datetime, pinned: Collection[datetime], horizon_days: int
    ) -> list[tuple[float, float]]:
        """Return from and to of every run that fits between the bookings, days from ``now``."""
        takes = self.length.hours * _HOUR
        fixed: list[datetime] = []
        for start in sorted(pinned):
            taken = [*self.booked, *((each, each + takes) for each in fixed)]
            is_free = not any(start < other and begun < start + takes for begun, other in taken)
            if start >= now and is_free:
                fixed.append(start)
        taken = [*self.booked, *((each, each + takes) for each in fixed)]
        starts = free_starts(
            [
                ((start - now) / _DAY, (end - now) / _DAY)
                for start, end in [*taken, *self.services]
                if end > now
            ],
            begins=0.0,
            ends=float(horizon_days),
            run_days=takes / _DAY,
        )
        every = sorted([*starts, *((each - now) / _DAY for each in fixed)])
        return [(start, start + takes / _DAY) for start in every]


def _machines(
    session: ReadSession, lengths: Collection[int], content: QueuePlanningContent
) -> list[_Machine]:
    """Return the instruments in service, in the laboratory's order."""
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
    pooling = reference_queries.pooling(session)
    makes = {each.flow_cell.key: each for each in reference_queries.makes(session)}
    timed = _timed_recipes(session)
    in_service = select(Instrument).where(Instrument.is_active)
    found = []
    for each in session.scalars(in_service.order_by(Instrument.sort_order, Instrument.name)):
        make = makes.get(each.model)
        usable = instruments.usable_reads_millions(float(each.lane_reads_millions), pooling)
        found.append(
            _Machine(
                instrument=each,
                booked=bookings[each.id],
                services=services[each.id],
                usable_millions=usable,
                chemistry=make.chemistry.content.colours if make else None,
                length=run_length(
                    timed[each.model],
                    lengths,
                    flow_cell_hours=_hours_of(make.flow_cell) if make else None,
                    booked_hours=_latest_hours(bookings[each.id]),
                    usual_hours=float(content.usual_run_hours),
                ),
                costs=(
                    float(content.run_delay_hours) / _HOURS_A_DAY,
                    float(content.lane_delay_hours) / _HOURS_A_DAY,
                ),
            )
        )
    return found


def _timed_recipes(session: ReadSession) -> defaultdict[str, list[Timed]]:
    """Return the recipes whose hours are known, by their flow cell."""
    found: defaultdict[str, list[Timed]] = defaultdict(list)
    for each in reference_queries.recipes(session):
        said = each.content
        if said.run_hours is not None:
            # A request is read from both ends.
            cycles = min(said.read1_cycles, said.read2_cycles)
            timed = Timed(each.name, each.number, cycles, float(said.run_hours))
            found[said.flow_cell].append(timed)
    return found


def _hours_of(cell: FlowCell) -> float | None:
    hours = cell.content.run_hours
    return None if hours is None else float(hours)


def _latest_hours(booked: Sequence[tuple[datetime, datetime]]) -> float | None:
    return (booked[-1][1] - booked[-1][0]) / _HOUR if booked else None
