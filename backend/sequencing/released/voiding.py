"""A release holds for what was on the lanes: what changes them voids it, visibly."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing.models import SequencingRun
from backend.sequencing.released.events import ReleaseVoided
from backend.sequencing.released.gathering import OnRun, on_run
from backend.sequencing.released.models import RunRelease

SIGNED_RELEASE = "run_release"


def void_changed(
    session: WriteSession, principal: Principal, run_ids: Collection[UUID], reason: str
) -> int:
    """Void the releases of runs whose lanes are not as they were; return how many there were.

    ``reason`` is a sentence that says what was changed. The caller holds the locks of the runs.
    """
    session.flush()
    standing = session.scalars(
        select(RunRelease)
        .where(RunRelease.run_id.in_(run_ids), RunRelease.voided_at.is_(None))
        .order_by(RunRelease.id)
        .with_for_update()
    ).all()
    voided = 0
    for release in standing:
        there = on_run(session, session.get_one(SequencingRun, release.run_id))
        if there.digest != release.lanes_sha256:
            void(session, principal, release, there, reason)
            voided += 1
    return voided


def void(
    session: WriteSession, principal: Principal, release: RunRelease, there: OnRun, reason: str
) -> None:
    """Void a release that the caller has locked, and the signature under it."""
    release.voided_at, release.voided_by_name = clock.utc_now(), principal.name
    release.void_reason = reason[:300]
    auth_service.void_signatures(
        session, principal, entity=SIGNED_RELEASE, entity_id=release.id, reason=reason
    )
    event = ReleaseVoided(
        aggregate_id=release.run_id, code=there.code, number=release.number, reason=reason[:300]
    )
    events_service.record(session, principal, event, reason=reason[:300])


def why_not_to_start(session: WriteSession, run_id: UUID) -> list[str]:
    """Return why a run may not start for want of a release; empty when it may.

    The run is locked, so that its lanes stay as they were looked at.
    """
    run = session.scalars(
        select(SequencingRun)
        .where(SequencingRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    there = on_run(session, run)
    if there.platform is None:
        return []
    release = session.scalars(
        select(RunRelease).where(RunRelease.run_id == run_id, RunRelease.voided_at.is_(None))
    ).one_or_none()
    if release is None:
        return [f"{there.code} has no released sample sheet. Open its run plan and release it."]
    if release.lanes_sha256 != there.digest:
        return [f"{there.code} has changed since its release. Open its run plan and release it."]
    return []
