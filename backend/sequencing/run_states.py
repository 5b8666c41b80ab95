"""Starting and ending runs, and taking pools off those that have not started."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import pool_queries
from backend.sequencing.codes import run_code
from backend.sequencing.events import RunStateChanged
from backend.sequencing.following import follow, lock_requests
from backend.sequencing.ids import RunId, RunState
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.pool_models import RunLoad


def start_run(session: WriteSession, principal: Principal, run_id: RunId) -> None:
    """Say that a planned run runs now; the cards of everything on its flow cell follow."""
    run = session.get_one(SequencingRun, run_id)
    run.state, run.started_at = RunState.RUNNING, clock.utc_now()
    _changed(session, principal, run)


def finish_run(session: WriteSession, principal: Principal, run_id: RunId) -> None:
    """Say that a run has ended; the cards of everything on its flow cell follow."""
    run = session.get_one(SequencingRun, run_id)
    run.state, run.finished_at = RunState.FINISHED, clock.utc_now()
    _changed(session, principal, run)


def fail_run(session: WriteSession, principal: Principal, run_id: RunId) -> None:
    """Say that a run has failed; what was on its flow cell may be planned again."""
    run = session.get_one(SequencingRun, run_id)
    run.state, run.finished_at = RunState.FAILED, clock.utc_now()
    _changed(session, principal, run)


def requests_on_run(session: WriteSession, run_id: UUID) -> set[UUID]:
    """Return the requests with a library on a run."""
    return pool_queries.requests_of_pools(session, pool_queries.pools_on_run(session, run_id))


def unload(session: WriteSession, principal: Principal, pool_ids: Collection[UUID]) -> None:
    """Take pools off the runs that have not started; a run without any is given back."""
    runs = session.scalars(
        select(SequencingRun)
        .where(SequencingRun.state == RunState.PLANNED)
        .where(SequencingRun.id.in_(select(RunLoad.run_id).where(RunLoad.pool_id.in_(pool_ids))))
        .order_by(SequencingRun.id)
        .with_for_update()
    ).all()
    session.execute(
        delete(RunLoad).where(
            RunLoad.pool_id.in_(pool_ids), RunLoad.run_id.in_([run.id for run in runs])
        )
    )
    for run in runs:
        left = session.scalar(
            select(func.count()).select_from(RunLoad).where(RunLoad.run_id == run.id)
        )
        if not left:
            run.state = RunState.CANCELLED
            _record(session, principal, run)


def _changed(session: WriteSession, principal: Principal, run: SequencingRun) -> None:
    keys = requests_on_run(session, run.id)
    lock_requests(session, keys)
    follow(session, principal, keys)
    _record(session, principal, run)


def _record(session: WriteSession, principal: Principal, run: SequencingRun) -> None:
    prefix = session.get_one(Instrument, run.instrument_id).run_prefix
    changed = RunStateChanged(
        aggregate_id=run.id, code=run_code(prefix, run.number), state=run.state.value
    )
    events_service.record(session, principal, changed)
