"""A waiting pool put onto a run that is planned already."""

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
from backend.sequencing.released.gathering import on_run
from backend.sequencing.released.schemas import LaneMoveIn
from backend.sequencing.released.service import lock_run
from backend.sequencing.released.views import RunPlan
from backend.sequencing.schemas import LaneIn


def add_pool(
    session: WriteSession, principal: Principal, *, code: str, move: LaneMoveIn
) -> RunPlan:
    """Put a pool that waits on a lane of a planned run; a release of the run is void then.

    Raises:
        PlanNotFound, PoolNotFound: absent, or with libraries that are not the principal's to see.
        LaneChangeRefused: the pool is not ready, stands elsewhere or has samples that may not be
            used; the run has started, has no such lane, or reads another length.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    load = LaneIn(pool_id=move.pool_id, lane=move.to_lane)
    requests, [pool], [reads], reasons = run_plans.lock_loads(session, principal, [load])
    if reasons:
        raise LaneChangeRefused(f"{pool_code(pool.number)} was not added. {' '.join(reasons)}")
    there = lock_run(session, principal, code)
    if there.run.state is not RunState.PLANNED:
        raise LaneChangeRefused(
            f"{there.code} is {there.run.state.value}. Lanes are changed before a run starts."
        )
    if move.to_lane > there.instrument.lanes:
        raise LaneChangeRefused(
            f"{there.instrument.name} has {there.instrument.lanes} lanes; "
            f"there is no lane {move.to_lane}."
        )
    lengths = {each.read_length for each in requests}
    lengths |= {each.read_length for each in there.libraries}
    if len(lengths) > 1:
        raise LaneChangeRefused("The pools ask for different read lengths. A run has one.")
    session.add(
        RunLoad(
            run_id=there.run.id,
            lane=move.to_lane,
            pool_id=move.pool_id,
            reads_millions=reads.reads_millions,
        )
    )
    following.follow(session, principal, [request.id for request in requests])
    event = PoolMovedToLane(
        aggregate_id=there.run.id,
        code=there.code,
        pool=pool_code(pool.number),
        from_lane=None,
        to_lane=move.to_lane,
    )
    events_service.record(session, principal, event, new={"lane": move.to_lane})
    said = f"{pool_code(pool.number)} was added to lane {move.to_lane}."
    voiding.void_changed(session, principal, [there.run.id], said)
    return queries.plan_of(session, on_run(session, there.run))
