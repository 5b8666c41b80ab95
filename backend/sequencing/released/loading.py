"""Waiting pools put onto a run that is planned already."""

from collections.abc import Sequence

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import following, run_plans
from backend.sequencing.codes import pool_code
from backend.sequencing.ids import RunState
from backend.sequencing.pool_models import RunLoad
from backend.sequencing.released import queries, voiding
from backend.sequencing.released.errors import LaneChangeRefused
from backend.sequencing.released.events import PoolMovedToLane
from backend.sequencing.released.gathering import OnRun, on_run
from backend.sequencing.released.schemas import LaneMoveIn
from backend.sequencing.released.service import lock_run
from backend.sequencing.released.views import RunPlan
from backend.sequencing.schemas import LaneIn


def add_pools(
    session: WriteSession, principal: Principal, *, code: str, moves: Sequence[LaneMoveIn]
) -> RunPlan:
    """Put pools that wait on lanes of a planned run, all or none; its release is void then.

    Raises:
        PlanNotFound, PoolNotFound: absent, or with libraries that are not the principal's to see.
        LaneChangeRefused: a pool is not ready, stands elsewhere or has samples that may not be
            used; the run has started, has no such lane, or reads another length.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    lanes = [LaneIn(pool_id=move.pool_id, lane=move.to_lane) for move in moves]
    requests, pools, loads, reasons = run_plans.lock_loads(session, principal, lanes)
    codes = {pool.id: pool_code(pool.number) for pool in pools}
    if reasons:
        what = ", ".join(codes.values())
        was = "was" if len(codes) == 1 else "were"
        raise LaneChangeRefused(f"{what} {was} not added. {' '.join(reasons)}")
    there = lock_run(session, principal, code)
    _refuse(there, lanes, {each.read_length for each in requests})
    session.add_all(
        RunLoad(
            run_id=there.run.id,
            lane=load.lane,
            pool_id=load.pool_id,
            reads_millions=load.reads_millions,
        )
        for load in loads
    )
    following.follow(session, principal, [request.id for request in requests])
    said = []
    for load in loads:
        event = PoolMovedToLane(
            aggregate_id=there.run.id,
            code=there.code,
            pool=codes[load.pool_id],
            from_lane=None,
            to_lane=load.lane,
        )
        events_service.record(session, principal, event, new={"lane": load.lane})
        said.append(f"{codes[load.pool_id]} was added to lane {load.lane}.")
    voiding.void_changed(session, principal, [there.run.id], " ".join(said))
    return queries.plan_of(session, on_run(session, there.run))


def _refuse(there: OnRun, lanes: Sequence[LaneIn], lengths: set[int]) -> None:
    """Refuse a run that does not take the lanes or read lengths. Raises LaneChangeRefused."""
    if there.run.state is not RunState.PLANNED:
        raise LaneChangeRefused(
            f"{there.code} is {there.run.state.value}. Lanes are changed before a run starts."
        )
    too_high = [each.lane for each in lanes if each.lane > there.cell.lanes]
    if too_high:
        raise LaneChangeRefused(
            f"{there.instrument.name} has {there.cell.lanes} lanes; there is no lane {too_high[0]}."
        )
    if len(lengths | {each.read_length for each in there.libraries}) > 1:
        raise LaneChangeRefused("The pools ask for different read lengths. A run has one.")
