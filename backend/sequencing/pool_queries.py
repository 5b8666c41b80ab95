"""Reading pools: what is in them, where they stand, and what a run has on its lanes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.models import Project, Sample
from backend.sequencing.codes import pool_code, request_code, run_code
from backend.sequencing.ids import PoolId, PoolState, RunId, RunState
from backend.sequencing.indexing.collisions import Barcode
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.views import LaneLibrary, LanePlace, PoolLine

LIVE_RUNS = (RunState.PLANNED, RunState.RUNNING, RunState.FINISHED)
"""Runs whose libraries count as sequenced, or to be."""
OCCUPIED = (RunState.PLANNED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the libraries of a request stand."""

    pooled: bool
    """Every library is in a pool that is ready."""
    loaded: bool
    """Every library is on a lane of a live run."""
    runs: Sequence[RunState]
    """States of the live runs that have any of them."""


def visible_pools(principal: Principal) -> Select[LibraryPool]:
    """Return the pools whose every library is of the principal's projects."""
    foreign = (
        select(PoolMember.pool_id)
        .join(SequencingRequest, SequencingRequest.id == PoolMember.request_id)
        .where(PoolMember.pool_id == LibraryPool.id)
        .where(SequencingRequest.project_id.not_in(samples_queries.visible_project_ids(principal)))
    )
    return select(LibraryPool).where(~exists(foreign.correlate(LibraryPool)))


def loadable_pools(session: ReadSession, principal: Principal) -> list[PoolLine]:
    """Return the pools that are ready and stand on no run, the oldest first."""
    principal.require(Permission.SEQUENCING_VIEW)
    on_live_run = (
        select(RunLoad.pool_id)
        .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
        .where(RunLoad.pool_id == LibraryPool.id, SequencingRun.state.in_(LIVE_RUNS))
    )
    keys = session.scalars(
        visible_pools(principal)
        .where(LibraryPool.state == PoolState.READY)
        .where(~exists(on_live_run.correlate(LibraryPool)))
        .with_only_columns(LibraryPool.id, maintain_column_froms=True)
    ).all()
    return pool_lines(session, keys)


def pool_lines(session: Session, keys: Collection[UUID]) -> list[PoolLine]:
    """Return pools by number, whoever may see them: the caller has chosen the keys."""
    rows = session.execute(
        select(
            LibraryPool.id,
            LibraryPool.number,
            LibraryPool.name,
            LibraryPool.phix_percent,
            func.count().label("libraries"),
            func.sum(PoolMember.reads_millions).label("reads"),
            _listed(Project.code).label("projects"),
            _listed(SequencingRequest.number).label("requests"),
            _listed(SequencingRequest.read_length).label("lengths"),
        )
        .join(PoolMember, PoolMember.pool_id == LibraryPool.id)
        .join(SequencingRequest, SequencingRequest.id == PoolMember.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .where(LibraryPool.id.in_(keys))
        .group_by(LibraryPool.id)
        .order_by(LibraryPool.number)
    )
    return [
        PoolLine(
            id=PoolId(row.id),
            code=pool_code(row.number),
            name=row.name,
            project_codes=tuple(row.projects),
            request_codes=tuple(request_code(each) for each in row.requests),
            libraries=row.libraries,
            reads_millions=row.reads,
            read_lengths=tuple(row.lengths),
            phix_percent=row.phix_percent,
        )
        for row in rows
    ]


def lane_libraries(session: Session, run_id: RunId) -> list[LaneLibrary]:
    """Return what a run has on its lanes, by lane, pool and place in the pool.

    A library's reads from a lane are its share of the pool's there.
    """
    whole = (
        select(func.sum(PoolMember.reads_millions))
        .where(PoolMember.pool_id == RunLoad.pool_id)
        .correlate(RunLoad)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            RunLoad.lane,
            LibraryPool.number.label("pool"),
            SequencingRequest.number.label("request"),
            SequencingRequest.read_length,
            Project.code.label("project"),
            Sample.id.label("sample_id"),
            Sample.barcode,
            Sample.name,
            RequestSample.index_i7,
            RequestSample.index_i5,
            (RunLoad.reads_millions * PoolMember.reads_millions / whole).label("reads"),
        )
        .join(LibraryPool, LibraryPool.id == RunLoad.pool_id)
        .join(PoolMember, PoolMember.pool_id == LibraryPool.id)
        .join(
            RequestSample,
            (RequestSample.request_id == PoolMember.request_id)
            & (RequestSample.sample_id == PoolMember.sample_id),
        )
        .join(SequencingRequest, SequencingRequest.id == PoolMember.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .join(Sample, Sample.id == PoolMember.sample_id)
        .where(RunLoad.run_id == run_id)
        .order_by(RunLoad.lane, LibraryPool.number, PoolMember.place)
    )
    return [
        LaneLibrary(
            lane=row.lane,
            pool_code=pool_code(row.pool),
            request_code=request_code(row.request),
            project_code=row.project,
            sample_id=row.sample_id,
            barcode=row.barcode,
            name=row.name,
            index_i7=row.index_i7,
            index_i5=row.index_i5,
            reads_millions=row.reads,
            read_length=row.read_length,
        )
        for row in rows
    ]


def is_pooled() -> ColumnElement[bool]:
    """Return whether a row of `RequestSample` is in a pool that was not cancelled."""
    return exists(
        select(PoolMember.sample_id)
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .where(PoolMember.request_id == RequestSample.request_id)
        .where(PoolMember.sample_id == RequestSample.sample_id)
        .where(LibraryPool.state != PoolState.CANCELLED)
        .correlate(RequestSample)
    )


def libraries_of_pools(
    session: Session, keys: Collection[UUID]
) -> defaultdict[UUID, list[Barcode]]:
    """Return each pool's libraries with their index pairs, i5 forward, in the pool's order."""
    found: defaultdict[UUID, list[Barcode]] = defaultdict(list)
    rows = session.execute(
        select(PoolMember.pool_id, Sample.barcode, RequestSample.index_i7, RequestSample.index_i5)
        .join(
            RequestSample,
            (RequestSample.request_id == PoolMember.request_id)
            & (RequestSample.sample_id == PoolMember.sample_id),
        )
        .join(Sample, Sample.id == PoolMember.sample_id)
        .where(PoolMember.pool_id.in_(keys))
        .order_by(PoolMember.pool_id, PoolMember.place)
    )
    for pool_id, barcode, i7, i5 in rows:
        found[pool_id].append(Barcode(name=barcode, i7=i7, i5=i5 or ""))
    return found


def requests_of_pools(session: Session, keys: Collection[UUID]) -> set[UUID]:
    """Return the requests that have a library in any of these pools."""
    return set(session.scalars(select(PoolMember.request_id).where(PoolMember.pool_id.in_(keys))))


def sequenced_pools(session: Session, keys: Collection[UUID]) -> set[UUID]:
    """Return those of these pools that a run which has ended had on a lane."""
    return set(
        session.scalars(
            select(RunLoad.pool_id)
            .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
            .where(RunLoad.pool_id.in_(keys), SequencingRun.state == RunState.FINISHED)
        )
    )


def ready_pools_of(session: Session, request_ids: Collection[UUID]) -> set[UUID]:
    """Return the ready pools that hold a library of any of these requests."""
    return set(
        session.scalars(
            select(PoolMember.pool_id)
            .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
            .where(PoolMember.request_id.in_(request_ids), LibraryPool.state == PoolState.READY)
        )
    )


def runs_of(
    session: Session, request_ids: Collection[UUID], states: Iterable[RunState]
) -> list[RunId]:
    """Return the runs in these states that have a library of the requests, the earliest first."""
    on_run = (
        select(RunLoad.run_id)
        .join(PoolMember, PoolMember.pool_id == RunLoad.pool_id)
        .where(PoolMember.request_id.in_(request_ids))
    )
    rows = session.scalars(
        select(SequencingRun.id)
        .where(SequencingRun.id.in_(on_run), SequencingRun.state.in_(list(states)))
        .order_by(SequencingRun.planned_start_at, SequencingRun.id)
    )
    return [RunId(key) for key in rows]


def pools_on_run(session: Session, run_id: UUID) -> set[UUID]:
    """Return the pools that a run has on its lanes."""
    return set(session.scalars(select(RunLoad.pool_id).where(RunLoad.run_id == run_id)))


def places_of(
    session: Session, request_ids: Collection[UUID]
) -> defaultdict[UUID, list[LanePlace]]:
    """Return, by request, the lanes of live runs that its libraries stand on."""
    found: defaultdict[UUID, list[LanePlace]] = defaultdict(list)
    rows = session.execute(
        select(
            PoolMember.request_id,
            LibraryPool.number,
            SequencingRun.number,
            Instrument.run_prefix,
            RunLoad.lane,
        )
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .join(RunLoad, RunLoad.pool_id == PoolMember.pool_id)
        .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(PoolMember.request_id.in_(request_ids), SequencingRun.state.in_(LIVE_RUNS))
        .group_by(
            PoolMember.request_id,
            LibraryPool.number,
            SequencingRun.number,
            SequencingRun.planned_start_at,
            Instrument.run_prefix,
            RunLoad.lane,
        )
        .order_by(SequencingRun.planned_start_at, SequencingRun.number, RunLoad.lane)
    )
    for request_id, pool, run, prefix, lane in rows:
        found[request_id].append(LanePlace(pool_code(pool), run_code(prefix, run), lane))
    return found


def pool_codes_of(session: Session, request_ids: Collection[UUID]) -> defaultdict[UUID, list[str]]:
    """Return, by request, the codes of the ready pools with its libraries."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = session.execute(
        select(PoolMember.request_id, LibraryPool.number)
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .where(PoolMember.request_id.in_(request_ids), LibraryPool.state == PoolState.READY)
        .group_by(PoolMember.request_id, LibraryPool.number)
        .order_by(LibraryPool.number)
    )
    for request_id, number in rows:
        found[request_id].append(pool_code(number))
    return found


def standings_of(session: Session, request_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return where the libraries of each request stand."""
    in_pool = (
        select(PoolMember.request_id, PoolMember.sample_id, PoolMember.pool_id)
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .where(LibraryPool.state == PoolState.READY)
        .subquery()
    )
    on_run = (
        select(RunLoad.pool_id, SequencingRun.state)
        .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
        .where(SequencingRun.state.in_(LIVE_RUNS))
        .subquery()
    )
    rows = session.execute(
        select(
            RequestSample.request_id,
            func.count(RequestSample.sample_id.distinct()).label("asked"),
            func.count(in_pool.c.sample_id.distinct()).label("pooled"),
            func.count(in_pool.c.sample_id.distinct())
            .filter(on_run.c.state.is_not(None))
            .label("loaded"),
            func.array_agg(on_run.c.state.distinct())
            .filter(on_run.c.state.is_not(None))
            .label("runs"),
        )
        .outerjoin(
            in_pool,
            (in_pool.c.request_id == RequestSample.request_id)
            & (in_pool.c.sample_id == RequestSample.sample_id),
        )
        .outerjoin(on_run, on_run.c.pool_id == in_pool.c.pool_id)
        .where(RequestSample.request_id.in_(request_ids))
        .group_by(RequestSample.request_id)
    )
    return {
        row.request_id: Standing(
            pooled=row.pooled == row.asked,
            loaded=row.loaded == row.asked,
            runs=tuple(row.runs or ()),
        )
        for row in rows
    }


def reads_of_pools(session: Session, keys: Collection[UUID]) -> dict[UUID, Decimal]:
    """Return the reads that the libraries of each pool want together, millions."""
    rows = session.execute(
        select(PoolMember.pool_id, func.sum(PoolMember.reads_millions))
        .where(PoolMember.pool_id.in_(keys))
        .group_by(PoolMember.pool_id)
    )
    return {pool_id: reads for pool_id, reads in rows}  # noqa: C416 rows, not pairs


def _listed(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return func.array_agg(aggregate_order_by(column.distinct(), column))
