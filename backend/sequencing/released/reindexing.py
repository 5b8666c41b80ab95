"""Other indexes for a lane that collides: the smallest repair, proposed and then confirmed.

A library that is not prepared yet is simply planned with another pair: its request carries it. One
that is prepared carries its pair in the tube; nothing that is written down changes that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples.ids import MaterialType
from backend.samples.models import Sample
from backend.sequencing import following
from backend.sequencing.codes import request_code
from backend.sequencing.ids import RunState
from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.indexing.mending import UNKNOWN_LIGHT, kit_of, mending
from backend.sequencing.indexing.picking import Light
from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.preparation.ids import WorksheetState
from backend.sequencing.preparation.worksheet_models import LibraryWorksheet, WorksheetWell
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.released import queries, voiding
from backend.sequencing.released.checks import lane_clashes
from backend.sequencing.released.errors import LaneChangeRefused
from backend.sequencing.released.events import LibraryReindexed
from backend.sequencing.released.gathering import OnRun, on_run
from backend.sequencing.released.schemas import ReindexIn
from backend.sequencing.released.service import lock_run
from backend.sequencing.released.views import LaneRepair, Reindexing, RunPlan

_READY_MADE = (MaterialType.LIBRARY, MaterialType.POOL)
_NO_KIT = (
    "The indexes of this lane are of no kit among the reference data, so no free pair is known. "
    "Import their kit, or put one of the pools on another lane or run."
)
_UNMENDED = (
    "No one or two free pairs of its kit mend this lane. Put one of the pools on another lane or "
    "run, or prepare a library with an index of another kit."
)


@dataclass(frozen=True, slots=True)
class _OnLane:
    """A library of a lane with its request's row."""

    row: RequestSample
    request: SequencingRequest
    barcode: str
    is_prepared: bool
    source: str


def get_repair(session: ReadSession, principal: Principal, code: str, lane: int) -> LaneRepair:
    """Return the smallest change of indexes that mends a lane of a run.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    there = on_run(session, queries.find_run(session, principal, code))
    return _repair(session, there, lane)


def reindex(session: WriteSession, principal: Principal, *, code: str, wish: ReindexIn) -> RunPlan:
    """Give libraries of a lane that are not prepared yet the pairs that were proposed for them.

    The requests are locked first, then the run; a release of the run is void then.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
        LaneChangeRefused: the run has started, another change is proposed by now, a library is
            prepared, or another lane of the run would collide.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    seen = on_run(session, queries.find_run(session, principal, code))
    held = _on_lane(session, seen, wish.lane)
    following.lock_requests(session, {each.request.id for each in held})
    there = lock_run(session, principal, code)
    if there.run.state is not RunState.PLANNED:
        raise LaneChangeRefused(
            f"{there.code} is {there.run.state.value}. Indexes are changed before a run starts."
        )
    before = _colliding_lanes(there)
    by_barcode = {each.barcode: each for each in _on_lane(session, there, wish.lane)}
    for swap in _confirmed(_repair(session, there, wish.lane), wish):
        library = by_barcode[swap.barcode]
        old = {"index_i7": library.row.index_i7, "index_i5": library.row.index_i5}
        library.row.index_i7, library.row.index_i5 = swap.index.i7, swap.index.i5 or None
        changed = LibraryReindexed(
            aggregate_id=library.request.id,
            code=swap.request_code,
            barcode=swap.barcode,
            index=swap.index.name,
            run=there.code,
            lane=wish.lane,
        )
        new = {"index_i7": swap.index.i7, "index_i5": swap.index.i5 or None}
        events_service.record(session, principal, changed, old=old, new=new, reason=wish.reason)
    session.flush()
    after = on_run(session, there.run)
    if spoiled := sorted(_colliding_lanes(after) - before):
        lanes = ", ".join(str(each) for each in spoiled)
        raise LaneChangeRefused(
            f"With these indexes lane {lanes} would collide. Move a pool to another lane instead."
        )
    said = f"Libraries of lane {wish.lane} got other indexes: {wish.reason}"
    voiding.void_changed(session, principal, [there.run.id], said)
    return queries.plan_of(session, after)


def _confirmed(repair: LaneRepair, wish: ReindexIn) -> list[Reindexing]:
    """Return what is proposed now of what was confirmed. Raises LaneChangeRefused."""
    proposed = {(each.barcode, each.index.i7, each.index.i5): each for each in repair.swaps}
    found = []
    for swap in wish.swaps:
        each = proposed.get((swap.barcode, swap.index_i7, swap.index_i5))
        if each is None:
            raise LaneChangeRefused(
                f"Another change of lane {wish.lane} is proposed by now. Look at it again."
            )
        if each.is_prepared:
            raise LaneChangeRefused(
                f"{each.barcode} is prepared with {each.before}. Prepare it anew with "
                f"{each.index.name} of {repair.kit}, and put the new library into the pool."
            )
        found.append(each)
    return found


def _repair(session: Session, there: OnRun, lane: int) -> LaneRepair:
    # What is not prepared yet is changed first: it costs nothing but a word.
    found_there = sorted(_on_lane(session, there, lane), key=lambda each: each.is_prepared)
    held = {each.barcode: each for each in found_there}
    # A library that two pools of a lane hold is the demultiplexer's one sample.
    seen = [
        Barcode(name=name, i7=each.row.index_i7, i5=each.row.index_i5 or "")
        for name, each in held.items()
    ]
    light = UNKNOWN_LIGHT
    if there.platform is not None and there.platform.chemistry is not None:
        orientation = there.instrument.i5_orientation
        light = Light(chemistry=there.platform.chemistry, i5_orientation=orientation)
    known = _known_kits(there, held.values())
    # Of kits that have as many of the lane's pairs the first is taken: one that is known counts.
    every = reference_queries.kit_indexes(session)
    kits = dict(sorted(every.items(), key=lambda each: each[0] not in known))
    found = mending(seen, kits, light=light)
    swaps = found.swaps.swaps if found is not None and found.swaps is not None else ()
    kit, _ = kit_of(seen, kits)
    why_not = ""
    if not swaps:
        unmended = _UNMENDED if kit else _NO_KIT
        why_not = unmended if clashes(seen) else f"Nothing on lane {lane} collides."
    return LaneRepair(
        lane=lane,
        kit=kit,
        kit_source=known.get(kit, KitSource.GUESSED),
        swaps=[
            Reindexing(
                barcode=each.library,
                request_code=request_code(held[each.library].request.number),
                before=_pair(held[each.library].row),
                index=each.index,
                is_prepared=held[each.library].is_prepared,
                source=held[each.library].source,
            )
            for each in swaps
        ],
        why_not=why_not,
    )


def _known_kits(there: OnRun, held: Collection[_OnLane]) -> dict[str, KitSource]:
    """Return the kits that worksheets and people say the libraries are of: a worksheet counts."""
    keys = {each.row.sample_id for each in held}
    known = [each for key, each in there.kits.known.items() if key in keys]
    return {
        each.name: source
        for source in (KitSource.BY_HAND, KitSource.WORKSHEET)
        for each in known
        if each.source is source
    }


def _pair(row: RequestSample) -> str:
    return row.index_i7 + (f"+{row.index_i5}" if row.index_i5 else "")


def _on_lane(session: Session, there: OnRun, lane: int) -> Sequence[_OnLane]:
    """Return the libraries of a lane, those of a pool in its order."""
    source = aliased(Sample)
    rows = session.execute(
        select(RequestSample, SequencingRequest, Sample.barcode, _is_prepared(), source.barcode)
        .join(
            PoolMember,
            (PoolMember.request_id == RequestSample.request_id)
            & (PoolMember.sample_id == RequestSample.sample_id),
        )
        .join(RunLoad, RunLoad.pool_id == PoolMember.pool_id)
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .outerjoin(source, source.id == Sample.parent_id)
        .where(RunLoad.run_id == there.run.id, RunLoad.lane == lane)
        .order_by(LibraryPool.number, PoolMember.place)
    )
    return [
        _OnLane(row, request, barcode, is_prepared, parent or "")
        for row, request, barcode, is_prepared, parent in rows
    ]


def _is_prepared() -> ColumnElement[bool]:
    """Select whether a library carries its pair already.

    It came off a worksheet, is on a plate that was started, is a library that is recorded with a
    pair, or its pool is mixed.
    """
    on_plate = (
        select(WorksheetWell.place)
        .join(LibraryWorksheet, LibraryWorksheet.id == WorksheetWell.worksheet_id)
        .where(
            or_(
                WorksheetWell.library_id == Sample.id,
                (WorksheetWell.sample_id == Sample.id)
                & (LibraryWorksheet.state == WorksheetState.STARTED),
            )
        )
    )
    return or_(
        exists(on_plate.correlate(Sample)),
        Sample.material_type.in_(_READY_MADE) & Sample.index_i7.is_not(None),
        LibraryPool.sample_id.is_not(None),
    )


def _colliding_lanes(there: OnRun) -> set[int]:
    return set(lane_clashes(there.libraries, there.instrument.i5_orientation))
