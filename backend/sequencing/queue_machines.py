"""Instruments as the queue planner takes them: when each is free, and what it may be loaded with.

A slot is given before it is known what runs in it, so the longest run counts for its length, and
the recipe that asks for the most PhiX for what a lane of it yields.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from backend.core.sessions import ReadSession
from backend.sequencing import flow_cells, instruments
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.flow_cells import Cell
from backend.sequencing.ids import I5Orientation, RunState
from backend.sequencing.indexing.colours import Chemistry, Colours
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.planning.calendar import free_starts
from backend.sequencing.planning.problem import Library, Slot
from backend.sequencing.planning.run_lengths import RunLength, Timed, run_length
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.content import PoolingContent, QueuePlanningContent
from backend.sequencing.reference.views import FlowCell, Recipe

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Loadable:
    """A flow cell that an instrument may be loaded with, for what waits."""

    instrument: str
    """Its name."""
    cell: Cell
    usable_millions: float
    """What may be planned on one lane, after PhiX, undetermined reads and safety."""
    length: RunLength
    recipes: Mapping[int, tuple[Recipe, ...]]
    """By length of the reads those that runs may be planned by, the shortest first."""
    dearness: float
    """How many times as dear a run is as with the first flow cell of the instrument."""
    dear_by: str
    """By what that was reckoned; "" for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """An instrument in service with its time that is taken, and what it may be loaded with."""

    instrument: Instrument
    booked: Sequence[tuple[datetime, datetime]]
    services: Sequence[tuple[datetime, datetime]]
    chemistry: Colours | None
    """None is a make that is not among the reference data: it sees every base."""
    lengths: Collection[int]
    """Of the reads that wait, cycles of each end."""
    cells: tuple[Loadable, ...]
    costs: tuple[float, float]
    """Of a run and of a lane, in days that one library is late."""

    def slots(
        self, now: datetime, starts: Mapping[UUID, Collection[datetime]], horizon_days: int
    ) -> Iterator[Slot]:
        """Yield the slots of every flow cell, earliest first; those of one do not overlap."""
        pinned = starts.get(self.instrument.id, ())
        made = [
            self._slot(f"{self.instrument.id}/{each.cell.key}/{number}", days, each)
            for each in self.cells
            for number, days in enumerate(
                self._free_days(each.length, now, pinned, horizon_days), start=1
            )
        ]
        yield from sorted(made, key=lambda slot: slot.start)

    def likeness(self) -> Slot:
        """Return a slot that runs of the instrument are like, but for flow cell and time."""
        return Slot(
            key="",
            instrument=str(self.instrument.id),
            start=0.0,
            end=1.0,
            lanes=self.instrument.lanes,
            lane_reads_millions=0.0,
            run_cost=0.0,
            lane_cost=0.0,
            chemistry=self.chemistry or Chemistry.AVIDITY,
            i5_reversed=self.instrument.i5_orientation is I5Orientation.REVERSE_COMPLEMENT,
        )

    def _slot(self, key: str, days: tuple[float, float], loaded: Loadable) -> Slot:
        like = self.likeness()
        readable = {str(one) for one in self.lengths if loaded.cell.reads_length(one)}
        return Slot(
            key=key,
            instrument=like.instrument,
            start=days[0],
            end=days[1],
            lanes=loaded.cell.lanes,
            lane_reads_millions=loaded.usable_millions,
            run_cost=self.costs[0] * loaded.dearness,
            lane_cost=self.costs[1],
            chemistry=like.chemistry,
            i5_reversed=like.i5_reversed,
            flow_cell=loaded.cell.key,
            configurations=frozenset(readable) if len(readable) < len(self.lengths) else None,
        )

    def _free_days(
        self, length: RunLength, now: datetime, pinned: Collection[datetime], horizon_days: int
    ) -> list[tuple[float, float]]:
        """Return from and to of every run that fits between the bookings, days from ``now``."""
        takes = length.hours * _HOUR
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


def recipe_for(recipes: Sequence[Recipe], libraries: Sequence[Library]) -> Recipe | None:
    """Return the first recipe that reads every index of libraries, UMIs included.

    None: a run of them is planned without, and its lengths follow from what is on it.
    """
    index1 = max((each.index_cycles[0] for each in libraries), default=0)
    index2 = max((each.index_cycles[1] for each in libraries), default=0)
    fits = (
        each
        for each in recipes
        if each.content.index1_cycles >= index1 and each.content.index2_cycles >= index2
    )
    return next(fits, None)


def load_machines(
    session: ReadSession, libraries: Sequence[Library], content: QueuePlanningContent
) -> list[Machine]:
    """Return the instruments in service, in the laboratory's order, for libraries that wait."""
    bookings, latest = _bookings(session)
    services: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in session.scalars(select(InstrumentService)):
        services[row.instrument_id].append((row.starts_at, row.ends_at))
    makes = {each.flow_cell.key: each for each in reference_queries.makes(session)}
    asked = _Asked(
        lengths={int(each.configuration) for each in libraries},
        libraries=libraries,
        pooling=reference_queries.pooling(session),
        known=[each.flow_cell for each in makes.values()],
        recipes=reference_queries.recipes(session),
        usual_hours=float(content.usual_run_hours),
    )
    in_service = select(Instrument).where(Instrument.is_active)
    return [
        Machine(
            instrument=each,
            booked=bookings[each.id],
            services=services[each.id],
            chemistry=makes[each.model].chemistry.content.colours if each.model in makes else None,
            lengths=asked.lengths,
            cells=asked.loadable(each, latest),
            costs=(
                float(content.run_delay_hours) / _HOURS_A_DAY,
                float(content.lane_delay_hours) / _HOURS_A_DAY,
            ),
        )
        for each in session.scalars(in_service.order_by(Instrument.sort_order, Instrument.name))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What waits, and what is known of makes and recipes."""

    lengths: Collection[int]
    libraries: Sequence[Library]
    pooling: PoolingContent
    known: Sequence[FlowCell]
    recipes: Sequence[Recipe]
    usual_hours: float

    def loadable(
        self, instrument: Instrument, booked_hours: Mapping[tuple[UUID, str], float]
    ) -> tuple[Loadable, ...]:
        """Return each flow cell that an instrument takes; the first is what prices are against."""
        cells = flow_cells.offered(instrument, self.known)
        return tuple(
            self._loaded(instrument, each, cells[0], booked_hours.get((instrument.id, each.key)))
            for each in cells
        )

    def _loaded(
        self, instrument: Instrument, cell: Cell, first: Cell, booked_hours: float | None
    ) -> Loadable:
        own_recipes = [each for each in self.recipes if each.content.flow_cell == cell.key]
        fitting = {one: found for one in self.lengths if (found := self._recipes(own_recipes, one))}
        phix = [
            float(each.content.phix_percent if each else self.pooling.phix_percent)
            for one in self.lengths
            for each in fitting.get(one, (None,))
        ]
        hours = cell.content.run_hours if cell.content else None
        dearness, dear_by = flow_cells.dearness(cell, first)
        return Loadable(
            instrument=instrument.name,
            cell=cell,
            usable_millions=instruments.usable_reads_millions(
                cell.lane_reads_millions, self.pooling, phix_percent=max(phix, default=None)
            ),
            length=run_length(
                list(_timed(own_recipes)),
                self.lengths,
                flow_cell_hours=None if hours is None else float(hours),
                booked_hours=booked_hours,
                usual_hours=self.usual_hours,
            ),
            recipes=fitting,
            dearness=dearness,
            dear_by=dear_by,
        )

    def _recipes(self, own: Sequence[Recipe], length: int) -> tuple[Recipe, ...]:
        """Return the recipes of a length that are the shortest for some library, or for all.

        A library whose index read goes on into a UMI needs the longer one; runs without such
        libraries are not made longer for it.
        """
        waiting = [each for each in self.libraries if each.configuration == str(length)]
        reading = sorted(
            (
                each
                for each in own
                if min(each.content.read1_cycles, each.content.read2_cycles) >= length
            ),
            key=lambda each: (each.content.cycles, each.name),
        )
        alike = {each.index_cycles: [each] for each in waiting}
        found = [recipe_for(reading, some) for some in (*alike.values(), waiting)]
        wanted = {each.version_id for each in found if each is not None}
        return tuple(each for each in reading if each.version_id in wanted)


def _bookings(
    session: ReadSession,
) -> tuple[defaultdict[UUID, list[tuple[datetime, datetime]]], dict[tuple[UUID, str], float]]:
    """Return when each instrument is booked, and the hours of its latest run by flow cell."""
    periods: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    latest: dict[tuple[UUID, str], float] = {}
    booked = (
        select(
            SequencingRun.instrument_id,
            func.coalesce(SequencingRun.flow_cell, Instrument.model),
            SequencingRun.planned_start_at,
            SequencingRun.planned_end_at,
        )
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(SequencingRun.state != RunState.CANCELLED)
        .order_by(SequencingRun.planned_start_at)
    )
    for instrument_id, flow_cell, start, end in session.execute(booked):
        periods[instrument_id].append((start, end))
        latest[instrument_id, flow_cell] = (end - start) / _HOUR
    return periods, latest


def _timed(recipes: Sequence[Recipe]) -> Iterator[Timed]:
    """Yield the recipes whose hours are known."""
    for each in recipes:
        said = each.content
        if said.run_hours is not None:
            # A request is read from both ends.
            cycles = min(said.read1_cycles, said.read2_cycles)
            yield Timed(each.name, each.number, cycles, float(said.run_hours))
