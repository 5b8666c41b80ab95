"""Booking an instrument for pools."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import (
    flow_cells,
    following,
    instruments,
    pool_queries,
    queries,
)
from backend.sequencing.booking.slots import one_at_a_time
from backend.sequencing.codes import pool_code, request_code, run_code
from backend.sequencing.errors import (
    InstrumentNotFound,
    LaneRefused,
    PoolNotFound,
    RequestRefused,
)
from backend.sequencing.events import RunPlanned
from backend.sequencing.flow_cells import Cell
from backend.sequencing.ids import PoolState, RequestState
from backend.sequencing.models import Instrument, SequencingRequest, SequencingRun
from backend.sequencing.pool_models import LibraryPool, RunLoad
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.views import Recipe
from backend.sequencing.released import ways_out
from backend.sequencing.schemas import LaneIn, RunPlanIn
from backend.sequencing.views import RunBar

_MAY_RUN = (
    RequestState.WAITING,
    RequestState.POOLED,
    RequestState.PLANNED,
    RequestState.DEMULTIPLEXED,
    RequestState.QC,
)
"""Columns of a request whose pools may go on a run.

Another part of it may lag behind; after a run a top-up may follow, until it is delivered.
"""


@dataclass(frozen=True, slots=True)
class LaneLoad:
    """A pool on a lane with the reads it shall give, millions."""

    pool_id: UUID
    lane: int
    reads_millions: Decimal


def plan_run(session: WriteSession, principal: Principal, *, plan: RunPlanIn) -> RunBar:
    """Book an instrument and put pools on its lanes; their cards go to Planned.

    That an instrument is free is the database's to say: two people who book the same slot at the
    same moment cannot both have it.

    Raises:
        InstrumentNotFound, PoolNotFound: absent, out of service or not visible.
        RequestRefused: a time, lane, flow cell or recipe that cannot be.
        LaneRefused: pools that are not ready or stand on another run, samples that may not be
            used, index pairs that cannot be told apart in one lane, or more reads than the lane
            yields; all reasons.
        InstrumentBooked: another run or a service stands in that time.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    instrument = session.get(Instrument, plan.instrument_id)
    if instrument is None or not instrument.is_active:
        raise InstrumentNotFound
    cell = flow_cells.chosen(instrument, reference_queries.flow_cells(session), plan.flow_cell)
    _check_form(plan, instrument, cell)
    recipe = _recipe_of(session, plan, instrument, cell)
    requests, pools, loads, reasons = lock_loads(session, principal, plan.lanes)
    reasons += lane_reasons(session, instrument, loads, cell=cell, recipe=recipe)
    if len({request.read_length for request in requests}) > 1:
        reasons.append("The pools ask for different read lengths. A run has one.")
    reasons += _too_short(cell, recipe, requests)
    if reasons:
        raise LaneRefused(reasons)
    run = _book(session, principal, plan, instrument, cell=cell, recipe=recipe)
    session.add_all(
        RunLoad(
            run_id=run.id,
            lane=each.lane,
            pool_id=each.pool_id,
            reads_millions=each.reads_millions,
        )
        for each in loads
    )
    following.follow(session, principal, [request.id for request in requests])
    code = _record(session, principal, run, instrument, pools, cell=cell, recipe=recipe)
    return RunBar(
        instrument=instrument.name,
        run_code=code,
        start=run.planned_start_at,
        end=run.planned_end_at,
        state=run.state.value,
    )


def lock_loads(
    session: WriteSession, principal: Principal, lanes: Sequence[LaneIn]
) -> tuple[list[SequencingRequest], list[LibraryPool], list[LaneLoad], list[str]]:
    """Lock what would be loaded; return its requests, pools and loads, and what stands against it.

    Raises:
        PoolNotFound: absent, or with libraries that are not the principal's to see.
    """
    requests, pools = _lock(session, principal, {each.pool_id for each in lanes})
    return requests, pools, _loads(session, lanes), _pool_reasons(session, pools, requests)


def lane_reasons(
    session: WriteSession,
    instrument: Instrument,
    loads: Sequence[LaneLoad],
    *,
    cell: Cell,
    recipe: Recipe | None = None,
) -> list[str]:
    """Return what stands against these loads on an instrument, lane by lane, and what to do.

    A lane yields less where the ``recipe`` asks for more PhiX than is usual.
    """
    usable = instruments.usable_reads_millions(
        cell.lane_reads_millions,
        reference_queries.pooling(session),
        phix_percent=float(recipe.content.phix_percent) if recipe else None,
    )
    reasons = ways_out.collision_sentences(
        _on_lanes(session, loads),
        instrument.i5_orientation,
        reference_queries.kit_indexes(session),
        lanes=cell.lanes,
        usable_millions=usable,
    )
    reads: defaultdict[int, Decimal] = defaultdict(Decimal)
    for each in loads:
        reads[each.lane] += each.reads_millions
    return reasons + [
        f"Lane {lane} would need {reads[lane]:,.0f} M reads; it yields {usable:,.0f} M."
        for lane in sorted(reads)
        if float(reads[lane]) > usable
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Library:
    """A library on a lane, with its part of its pool's reads there."""

    lane: int
    pool_code: str
    barcode: str
    index_i7: str
    index_i5: str | None
    reads_millions: Decimal


def _on_lanes(session: WriteSession, loads: Sequence[LaneLoad]) -> list[_Library]:
    keys = {each.pool_id for each in loads}
    libraries = pool_queries.libraries_of_pools(session, keys)
    numbers = select(LibraryPool.id, LibraryPool.number).where(LibraryPool.id.in_(keys))
    codes = {key: pool_code(number) for key, number in session.execute(numbers)}
    return [
        _Library(
            lane=load.lane,
            pool_code=codes[load.pool_id],
            barcode=each.name,
            index_i7=each.i7,
            index_i5=each.i5 or None,
            reads_millions=load.reads_millions / len(libraries[load.pool_id]),
        )
        for load in sorted(loads, key=lambda load: load.lane)
        for each in libraries[load.pool_id]
    ]


def _check_form(plan: RunPlanIn, instrument: Instrument, cell: Cell) -> None:
    fields = {}
    if plan.end_at <= plan.start_at:
        fields["end_at"] = "The run must end after it starts."
    too_high = sorted({each.lane for each in plan.lanes if each.lane > cell.lanes})
    if too_high:
        named = ", ".join(str(lane) for lane in too_high)
        fields["lane"] = (
            f"{instrument.name} has {cell.lanes} lanes with {cell.name}; there is no lane {named}."
        )
    if len({(each.pool_id, each.lane) for each in plan.lanes}) < len(plan.lanes):
        fields["lanes"] = "A pool stands on a lane once. Name each lane of it once."
    if fields:
        raise RequestRefused(fields)


def _recipe_of(
    session: WriteSession, plan: RunPlanIn, instrument: Instrument, cell: Cell
) -> Recipe | None:
    """Return the recipe that a plan names, as it stands.

    Raises:
        RequestRefused: no such recipe, or one of another flow cell.
    """
    if not plan.recipe:
        return None
    fits = [
        each for each in reference_queries.recipes(session) if each.content.flow_cell == cell.key
    ]
    found = next((each for each in fits if each.key == plan.recipe), None)
    if found is None:
        named = ", ".join(each.name for each in fits) or "none"
        said = (
            f"{instrument.name} is run with {cell.name} by no recipe “{plan.recipe}”. Those that "
            f"fit: {named}."
        )
        raise RequestRefused({"recipe": said})
    return found


def _too_short(
    cell: Cell, recipe: Recipe | None, requests: Sequence[SequencingRequest]
) -> list[str]:
    """Return that less is read than is asked for; requests are read from both ends."""
    longest = max((each.read_length for each in requests), default=0)
    if not cell.reads_length(longest):
        said = f"The pools ask for 2 × {longest} and no reagents of {cell.name} read so much."
        return [f"{said} Choose another flow cell."]
    if recipe is None:
        return []
    reads = (recipe.content.read1_cycles, recipe.content.read2_cycles)
    if min(reads) >= longest:
        return []
    said = f"2 × {reads[0]}" if reads[0] == reads[1] else f"{reads[0]} + {reads[1]}"
    return [f"The pools ask for 2 × {longest} and {recipe.name} reads {said}."]


def _lock(
    session: WriteSession, principal: Principal, keys: set[UUID]
) -> tuple[list[SequencingRequest], list[LibraryPool]]:
    """Lock the requests and then the pools, each in the order of their keys."""
    visible = pool_queries.visible_pools(principal).where(LibraryPool.id.in_(keys))
    if len(session.scalars(visible).all()) < len(keys):
        raise PoolNotFound
    requests = following.lock_requests(session, pool_queries.requests_of_pools(session, keys))
    pools = session.scalars(
        select(LibraryPool)
        .where(LibraryPool.id.in_(keys))
        .order_by(LibraryPool.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return requests, list(pools)


def _loads(session: WriteSession, lanes: Sequence[LaneIn]) -> list[LaneLoad]:
    """Share out the reads of a pool over its lanes where the plan does not say."""
    wanted = pool_queries.reads_of_pools(session, {each.pool_id for each in lanes})
    number = Counter(each.pool_id for each in lanes)
    return [
        LaneLoad(
            each.pool_id,
            each.lane,
            each.reads_millions or wanted.get(each.pool_id, Decimal()) / number[each.pool_id],
        )
        for each in lanes
    ]


def _pool_reasons(
    session: WriteSession, pools: Sequence[LibraryPool], requests: Sequence[SequencingRequest]
) -> list[str]:
    by_request = queries.unusable_of(session, [request.id for request in requests])
    elsewhere = _runs_elsewhere(session, pools)
    reasons = [
        f"{pool_code(pool.number)} is {pool.state.value}, not ready."
        for pool in pools
        if pool.state is not PoolState.READY
    ]
    reasons += [
        f"{pool_code(pool.number)} is already on {elsewhere[pool.id]}."
        for pool in pools
        if pool.id in elsewhere
    ]
    reasons += [
        f"{request_code(request.number)} is {request.state.value} already."
        for request in requests
        if request.state not in _MAY_RUN
    ]
    # Only of what is loaded: a request may have a library on hold that stays behind.
    libraries = pool_queries.libraries_of_pools(session, {pool.id for pool in pools})
    loaded = {f"{each.name} " for found in libraries.values() for each in found}
    return reasons + [
        sentence
        for found in by_request.values()
        for sentence in found
        if sentence.startswith(tuple(loaded))
    ]


def _runs_elsewhere(session: WriteSession, pools: Sequence[LibraryPool]) -> Mapping[UUID, str]:
    rows = session.execute(
        select(RunLoad.pool_id, Instrument.run_prefix, SequencingRun.number)
        .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(RunLoad.pool_id.in_([pool.id for pool in pools]))
        .where(SequencingRun.state.in_(pool_queries.OCCUPIED))
    )
    return {pool_id: run_code(prefix, number) for pool_id, prefix, number in rows}


def _book(
    session: WriteSession,
    principal: Principal,
    plan: RunPlanIn,
    instrument: Instrument,
    *,
    cell: Cell,
    recipe: Recipe | None,
) -> SequencingRun:
    run = SequencingRun(
        instrument_id=instrument.id,
        planned_start_at=plan.start_at,
        planned_end_at=plan.end_at,
        created_by=principal.user_id,
        recipe_version_id=recipe.version_id if recipe else None,
        flow_cell=cell.key,
        lanes=cell.lanes,
        lane_reads_millions=Decimal(str(cell.lane_reads_millions)),
    )
    with one_at_a_time(session, instrument, plan.start_at, plan.end_at):
        session.add(run)
    return run


def _record(
    session: WriteSession,
    principal: Principal,
    run: SequencingRun,
    instrument: Instrument,
    pools: Sequence[LibraryPool],
    *,
    cell: Cell,
    recipe: Recipe | None,
) -> str:
    code = run_code(instrument.run_prefix, run.number)
    planned = RunPlanned(
        aggregate_id=run.id,
        code=code,
        instrument=instrument.name,
        start_at=run.planned_start_at,
        end_at=run.planned_end_at,
        pools=tuple(pool_code(each.number) for each in pools),
        recipe=f"{recipe.name}, version {recipe.number}" if recipe else "",
        flow_cell=cell.name,
    )
    events_service.record(session, principal, planned)
    return code
