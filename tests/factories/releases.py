"""Releases of runs for tests, straight into the tables: without checks, and validly signed."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.auth.models import ElectronicSignature, User
from backend.core.ids import new_id
from backend.samples.models import Project
from backend.sequencing.ids import RequestState, RunState
from backend.sequencing.models import SequencingRequest, SequencingRun
from backend.sequencing.pool_models import PoolMember, RunLoad
from backend.sequencing.released.gathering import draft_of, on_run
from backend.sequencing.released.models import RunRelease
from backend.sequencing.released.voiding import SIGNED_RELEASE
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_request,
    pool_of,
    slot,
)

_AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


def make_planned_run(session: Session, project: Project, *, libraries: int = 4) -> str:
    """Plan a run with a project's libraries on lane 1; return its code."""
    request = make_request(
        session,
        project,
        make_libraries(session, project, libraries),
        state=RequestState.PLANNED,
    )
    start, end = slot(0, 24)
    run = SequencingRun(
        instrument_id=make_instrument(session).id,
        planned_start_at=start,
        planned_end_at=end,
        created_by=None,
    )
    session.add(run)
    session.flush()
    pool, reads = pool_of(session, request), request.reads_millions * libraries
    session.add(RunLoad(run_id=run.id, lane=1, pool_id=pool, reads_millions=reads))
    session.flush()
    return on_run(session, run).code


def release_planned_run(session: Session, request: SequencingRequest) -> RunRelease:
    """Release the planned run that has a request's libraries, so that it may start."""
    run_id = session.scalars(
        select(RunLoad.run_id)
        .join(PoolMember, PoolMember.pool_id == RunLoad.pool_id)
        .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
        .where(PoolMember.request_id == request.id, SequencingRun.state == RunState.PLANNED)
        .distinct()
    ).one()
    return release_of(session, run_id)


def release_of(session: Session, run_id: UUID) -> RunRelease:
    """Release a run as it stands."""
    there = on_run(session, session.get_one(SequencingRun, run_id))
    draft = draft_of(there)
    assert draft is not None
    key, digest = new_id(), hashlib.sha256(draft.content).digest()
    signer = session.scalars(select(User).order_by(User.id).limit(1)).one()
    signature = ElectronicSignature(
        user_id=signer.id,
        signer_name=signer.name,
        meaning="I planned this run and release it for sequencing",
        entity=SIGNED_RELEASE,
        entity_id=key,
        record_digest=digest,
        signed_at=_AT,
    )
    session.add(signature)
    session.flush()
    before = session.scalar(select(func.max(RunRelease.number)).where(RunRelease.run_id == run_id))
    made = RunRelease(
        id=key,
        run_id=run_id,
        number=1 + (before or 0),
        dialect=draft.dialect,
        content=draft.content,
        sha256=digest,
        lanes_sha256=there.digest,
        checks=[],
        signature_id=signature.id,
        released_by=signer.id,
        released_by_name=signer.name,
        released_at=_AT,
    )
    session.add(made)
    session.flush()
    return made
