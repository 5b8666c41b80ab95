"""Releasing runs, and changing what is on their lanes before they start."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from backend.auth import service as auth_service
from backend.auth.views import Locked, Refused
from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing.ids import RunState
from backend.sequencing.models import SequencingRun
from backend.sequencing.pool_models import RunLoad
from backend.sequencing.released import queries, voiding
from backend.sequencing.released.checks import failing
from backend.sequencing.released.errors import LaneChangeRefused, PlanNotFound, ReleaseRefused
from backend.sequencing.released.events import PoolMovedToLane, RunReleased
from backend.sequencing.released.facts import Check
from backend.sequencing.released.gathering import OnRun, checks_of, draft_of, on_run
from backend.sequencing.released.models import RunRelease
from backend.sequencing.released.schemas import MEANINGS, LaneMoveIn, ReleaseIn
from backend.sequencing.released.sheet_making import Draft
from backend.sequencing.released.views import Load, ReleaseView, RunPlan


def release_run(
    session: WriteSession, principal: Principal, *, code: str, said: ReleaseIn, password: str
) -> ReleaseView | Refused | Locked:
    """Sign for a run and keep its sample sheet as it is now.

    The run is locked: nobody changes its lanes meanwhile. A password that does not do is returned,
    not raised, so that the try is committed and counts; nothing has changed then.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
        ReleaseRefused: it runs already, a check fails, or its sheet has an error; all reasons.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    there = lock_run(session, principal, code)
    draft = draft_of(there, said=said)
    checks = checks_of(session, there, draft, said=said)
    standing = session.scalars(
        select(RunRelease)
        .where(RunRelease.run_id == there.run.id, RunRelease.voided_at.is_(None))
        .with_for_update()
    ).one_or_none()
    draft = _releasable(there, draft, checks, standing, said)
    number = 1 + (
        session.scalar(select(func.max(RunRelease.number)).where(RunRelease.run_id == there.run.id))
        or 0
    )
    key, told = new_id(), _told(checks)
    record = {
        "run": there.code,
        "number": number,
        "dialect": draft.dialect,
        "sheet": hashlib.sha256(draft.content).hexdigest(),
        "lanes": there.digest.hex(),
        "flow_cell": said.flow_cell,
        "reagent_kit": said.reagent_kit,
        "reagents_expire_on": said.reagents_expire_on,
        "checks": told,
    }
    signature = auth_service.sign(
        session,
        principal,
        password=password,
        meaning=said.meaning,
        entity=voiding.SIGNED_RELEASE,
        entity_id=key,
        record_digest=auth_service.digest_of(record),
    )
    if isinstance(signature, (Refused, Locked)):
        return signature
    if standing is not None:
        voiding.void(session, principal, standing, there, queries.CHANGED)
        session.flush()
    made = RunRelease(
        id=key,
        run_id=there.run.id,
        number=number,
        dialect=draft.dialect,
        content=draft.content,
        sha256=hashlib.sha256(draft.content).digest(),
        lanes_sha256=there.digest,
        checks=told,
        signature_id=signature.id,
        released_by=principal.user_id,
        released_by_name=principal.name,
        released_at=clock.utc_now(),
        flow_cell=said.flow_cell,
        reagent_kit=said.reagent_kit,
        reagents_expire_on=said.reagents_expire_on,
    )
    session.add(made)
    session.flush()
    event = RunReleased(
        aggregate_id=there.run.id,
        code=there.code,
        number=number,
        dialect=draft.dialect.value,
        sha256=made.sha256.hex(),
    )
    events_service.record(session, principal, event)
    return next(each for each in queries.releases_of(session, there) if each.number == number)


def move_pool(
    session: WriteSession, principal: Principal, *, code: str, move: LaneMoveIn
) -> RunPlan:
    """Put a pool of a run on another of its lanes; a release of the run is void then.

    What collides or is too much afterwards is said by the run's checks, which then fail: lanes are
    often put in order by more than one move.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
        LaneChangeRefused: the run has started, or there is no such lane or pool on it.
    """
    return move_pools(session, principal, code=code, moves=[move])


def move_pools(
    session: WriteSession, principal: Principal, *, code: str, moves: Sequence[LaneMoveIn]
) -> RunPlan:
    """Put pools of a run on other lanes of it, all or none; as `move_pool`, which moves one.

    Raises:
        PlanNotFound, LaneChangeRefused: as there.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    there = lock_run(session, principal, code)
    moved = _movable(there, moves)
    for load, _ in moved:
        session.delete(session.get_one(RunLoad, (there.run.id, load.lane, load.pool_id)))
    session.flush()
    session.add_all(
        RunLoad(
            run_id=there.run.id,
            lane=to_lane,
            pool_id=load.pool_id,
            reads_millions=load.reads_millions,
        )
        for load, to_lane in moved
    )
    session.flush()
    said = []
    for load, to_lane in moved:
        event = PoolMovedToLane(
            aggregate_id=there.run.id,
            code=there.code,
            pool=load.pool_code,
            from_lane=load.lane,
            to_lane=to_lane,
        )
        old, new = {"lane": load.lane}, {"lane": to_lane}
        events_service.record(session, principal, event, old=old, new=new)
        said.append(f"{load.pool_code} was moved from lane {load.lane} to lane {to_lane}.")
    voiding.void_changed(session, principal, [there.run.id], " ".join(said))
    return queries.plan_of(session, on_run(session, there.run))


def lock_run(session: WriteSession, principal: Principal, code: str) -> OnRun:
    """Lock a run and read what is on it. Raises PlanNotFound."""
    key: UUID = queries.find_run(session, principal, code).id
    run = session.scalars(
        select(SequencingRun)
        .where(SequencingRun.id == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if run is None:
        raise PlanNotFound(code)
    return on_run(session, run)


def _releasable(
    there: OnRun,
    draft: Draft | None,
    checks: list[Check],
    standing: RunRelease | None,
    said: ReleaseIn,
) -> Draft:
    """Return the sheet to release. Raises ReleaseRefused with every reason against it."""
    reasons = []
    if there.run.state is not RunState.PLANNED:
        reasons.append(f"It is {there.run.state.value}, not planned.")
    if draft is None:
        reasons.append("No sample sheet is known for its make of sequencer.")
    if standing is not None and standing.lanes_sha256 == there.digest:
        reasons.append(f"It is released as version {standing.number}, and nothing has changed.")
    if said.meaning not in MEANINGS:
        reasons.append("Choose what your signature means.")
    for each in failing(checks):
        reasons += each.sentences or (f"{each.title}.",)
    if reasons or draft is None:
        raise ReleaseRefused(there.code, reasons)
    return draft


def _movable(there: OnRun, moves: Sequence[LaneMoveIn]) -> list[tuple[Load, int]]:
    """Return what is moved where. Raises LaneChangeRefused."""
    if there.run.state is not RunState.PLANNED:
        raise LaneChangeRefused(
            f"{there.code} is {there.run.state.value}. Lanes are changed before a run starts."
        )
    on: dict[tuple[UUID, int | None], Load] = {
        (each.pool_id, each.lane): each for each in there.loads
    }
    wanted = [((move.pool_id, move.from_lane), move.to_lane) for move in moves]
    missing = [key for key, _ in wanted if key not in on]
    if missing or len(dict(wanted)) < len(wanted):
        raise LaneChangeRefused(
            "That pool is not on that lane any more. Open the run plan again and look."
        )
    too_high = [to for _, to in wanted if to > there.cell.lanes]
    if too_high:
        raise LaneChangeRefused(
            f"{there.instrument.name} has {there.cell.lanes} lanes; there is no lane {too_high[0]}."
        )
    taken = on.keys() - dict(wanted).keys()
    for key, to in wanted:
        if to == key[1] or (key[0], to) in taken:
            raise LaneChangeRefused(f"{on[key].pool_code} is on lane {to} already.")
        taken.add((key[0], to))
    return [(on[key], to) for key, to in wanted]


def _told(checks: list[Check]) -> list[dict[str, object]]:
    return [
        {
            "kind": each.kind.value,
            "verdict": each.verdict.value,
            "title": each.title,
            "sentences": list(each.sentences),
        }
        for each in checks
    ]
