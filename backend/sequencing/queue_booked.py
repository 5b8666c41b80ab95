"""Runs that are booked and have not begun, as slots with room beside what is on them.

What is aboard stays on its lane. A run that breaks a rule already is left alone: a person mends it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Project
from backend.sequencing import flow_cells, instruments
from backend.sequencing.ids import RunState
from backend.sequencing.indexing.collisions import Barcode, clash
from backend.sequencing.models import (
    Instrument,
    RequestSample,
    SequencingRequest,
    SequencingRun,
)
from backend.sequencing.planning.layout import READS_SLACK
from backend.sequencing.planning.mixing import why_apart
from backend.sequencing.planning.problem import Library, Mixing, Pin, Slot
from backend.sequencing.pool_models import PoolMember, RunLoad
from backend.sequencing.queue_library import layouts_of, waiting_library
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.content import PoolingContent
from backend.sequencing.reference.ids import VersionId
from backend.sequencing.reference.views import Assay, FlowCell
from backend.sequencing.released.queries import visible_runs
from backend.sequencing.sheets.layouts import NOTHING_KNOWN

_DAY = timedelta(days=1)
_PREFIX = "booked/"


@dataclass(frozen=True, slots=True)
class Aboard:
    """Slots of booked runs, what is on their lanes, and where each of it stays."""

    slots: tuple[Slot, ...] = ()
    libraries: tuple[Library, ...] = ()
    pins: tuple[Pin, ...] = ()


def slot_key(run_id: UUID) -> str:
    """Return the key of the slot that is a booked run."""
    return f"{_PREFIX}{run_id}"


def run_of(slot: str) -> UUID | None:
    """Return the booked run that a slot is; None of one that is still free."""
    return UUID(slot.removeprefix(_PREFIX)) if slot.startswith(_PREFIX) else None


def load_aboard(
    session: ReadSession,
    principal: Principal,
    *,
    period: tuple[datetime, datetime],
    likenesses: Mapping[UUID, Slot],
    assays: Mapping[str, Assay],
    mixing: Mixing,
) -> Aboard:
    """Return the visible runs that start in a period, with room.

    ``likenesses`` is for each instrument in service a slot that it is like, but for the flow cell
    that a run is booked with. A booked run costs nothing more, nor do its lanes: its flow cell is
    taken whatever else comes onto it.
    """
    begins, ends = period
    runs = session.scalars(
        visible_runs(principal)
        .where(SequencingRun.state == RunState.PLANNED)
        .where(SequencingRun.instrument_id.in_(likenesses))
        .where(SequencingRun.planned_start_at >= begins, SequencingRun.planned_end_at <= ends)
        .order_by(SequencingRun.planned_start_at, SequencingRun.id)
    ).all()
    on_run = _on_lanes(session, runs, assays, begins)
    pooling = reference_queries.pooling(session)
    known = reference_queries.flow_cells(session)
    slots, libraries, pins = [], [], []
    for run in runs:
        like = _booked(session, run, likenesses[run.instrument_id], known, pooling)
        on_lanes = on_run[run.id]
        if not on_lanes or _is_broken(on_lanes, like, mixing):
            continue
        key = slot_key(run.id)
        slots.append(
            replace(
                like,
                key=key,
                start=(run.planned_start_at - begins) / _DAY,
                end=(run.planned_end_at - begins) / _DAY,
            )
        )
        for lane, inside in on_lanes.items():
            libraries += inside
            pins += [Pin(library=each.key, slot=key, lane=lane) for each in inside]
    return Aboard(tuple(slots), tuple(libraries), tuple(pins))


def _booked(
    session: ReadSession,
    run: SequencingRun,
    like: Slot,
    known: Sequence[FlowCell],
    pooling: PoolingContent,
) -> Slot:
    """Return a slot like a run, with its flow cell; its recipe says PhiX and index cycles."""
    cell = flow_cells.of_run(run, session.get_one(Instrument, run.instrument_id), known)
    phix = cycles = None
    if run.recipe_version_id is not None:
        recipe = reference_queries.recipe_version(session, VersionId(run.recipe_version_id))
        phix = float(recipe.content.phix_percent)
        cycles = (recipe.content.index1_cycles, recipe.content.index2_cycles)
    usable = instruments.usable_reads_millions(cell.lane_reads_millions, pooling, phix_percent=phix)
    return replace(
        like,
        lanes=cell.lanes,
        lane_reads_millions=usable,
        flow_cell=cell.key,
        index_cycles=cycles,
    )


def _on_lanes(
    session: ReadSession,
    runs: Sequence[SequencingRun],
    assays: Mapping[str, Assay],
    begins: datetime,
) -> defaultdict[UUID, dict[int, list[Library]]]:
    """Return the libraries of each run by lane; a pool's reads of a lane are shared as its own."""
    rows = session.execute(
        select(RunLoad, PoolMember.reads_millions, RequestSample, SequencingRequest, Project.code)
        .join(PoolMember, PoolMember.pool_id == RunLoad.pool_id)
        .join(
            RequestSample,
            (RequestSample.request_id == PoolMember.request_id)
            & (RequestSample.sample_id == PoolMember.sample_id),
        )
        .join(SequencingRequest, SequencingRequest.id == PoolMember.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .where(RunLoad.run_id.in_([run.id for run in runs]))
        .order_by(RunLoad.run_id, RunLoad.lane, RunLoad.pool_id, PoolMember.place)
    ).all()
    layouts = layouts_of(session, [row for _, _, row, _, _ in rows])
    whole: defaultdict[tuple[UUID, int, UUID], Decimal] = defaultdict(Decimal)
    for load, reads, *_ in rows:
        whole[load.run_id, load.lane, load.pool_id] += reads
    found: defaultdict[UUID, dict[int, list[Library]]] = defaultdict(dict)
    for load, reads, row, request, project in rows:
        share = reads / whole[load.run_id, load.lane, load.pool_id]
        assay = assays.get(request.assay)
        layout = layouts.get(row.sample_id, NOTHING_KNOWN)
        found[load.run_id].setdefault(load.lane, []).append(
            replace(
                waiting_library(row, request, project, assay, layout, now=begins),
                key=f"{row.request_id}/{row.sample_id}/{load.run_id}/{load.lane}/{load.pool_id}",
                reads_millions=float(load.reads_millions * share),
                weight=0.0,
                is_aboard=True,
            )
        )
    return found


def _is_broken(on_lanes: Mapping[int, Sequence[Library]], like: Slot, mixing: Mixing) -> bool:
    inside = [each for found in on_lanes.values() for each in found]
    if len({each.configuration for each in inside}) > 1 or max(on_lanes) > like.lanes:
        return True
    return any(
        sum(each.reads_millions for each in found) > like.lane_reads_millions + READS_SLACK
        or any(
            clash(_barcode(one), _barcode(other)) is not None
            or why_apart(one, other, mixing) is not None
            for one, other in combinations(found, 2)
        )
        for found in on_lanes.values()
    )


def _barcode(library: Library) -> Barcode:
    return Barcode(name=library.key, i7=library.i7, i5=library.i5)
