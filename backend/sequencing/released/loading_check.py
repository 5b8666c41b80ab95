"""Confirming that the lanes of a run are loaded as planned, before it is released."""

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing.ids import RunState
from backend.sequencing.released import queries
from backend.sequencing.released.errors import LaneChangeRefused
from backend.sequencing.released.events import LoadingConfirmed
from backend.sequencing.released.gathering import on_run
from backend.sequencing.released.models import RunLoadingCheck
from backend.sequencing.released.service import lock_run
from backend.sequencing.released.views import RunPlan


def confirm_loading(
    session: WriteSession, principal: Principal, *, code: str, lanes_sha256: str
) -> RunPlan:
    """Say as operator that the lanes are loaded as planned; ``lanes_sha256`` is what was seen.

    It holds until something on the lanes changes. The run is locked meanwhile. The same person and
    the same lanes again change nothing.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
        LaneChangeRefused: the run has started, holds nothing, or is not as it was seen.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    there = lock_run(session, principal, code)
    if there.run.state is not RunState.PLANNED:
        raise LaneChangeRefused(
            f"{there.code} is {there.run.state.value}. Lanes are confirmed before a run starts."
        )
    if not there.libraries:
        raise LaneChangeRefused(f"Nothing is on the lanes of {there.code}. Load pools first.")
    if there.digest.hex() != lanes_sha256:
        raise LaneChangeRefused(
            f"The lanes of {there.code} have changed since you opened them. Look at them again."
        )
    before = session.get(RunLoadingCheck, there.run.id)
    if (
        before is not None
        and before.checked_by == principal.user_id
        and before.lanes_sha256 == there.digest
    ):
        return queries.plan_of(session, there)
    old = {"operator": before.checked_by_name} if before else None
    session.merge(
        RunLoadingCheck(
            run_id=there.run.id,
            lanes_sha256=there.digest,
            checked_by=principal.user_id,
            checked_by_name=principal.name,
            checked_at=clock.utc_now(),
        )
    )
    session.flush()
    confirmed = LoadingConfirmed(
        aggregate_id=there.run.id, code=there.code, lanes_sha256=lanes_sha256
    )
    events_service.record(session, principal, confirmed, old=old, new={"operator": principal.name})
    return queries.plan_of(session, on_run(session, there.run))
