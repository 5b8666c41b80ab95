"""The worker's side of a job: claim, keep, report, and end it.

Leases are compared with the database's clock only, so a worker whose own clock is wrong does no
harm. A worker thought dead holds an old fence: nothing it does to the job matches a row any more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import rules as events_rules
from backend.events import service as events_service
from backend.work.errors import JobCancelled, LeaseLost
from backend.work.events import JobFailed, JobFinished, JobWasCancelled
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from backend.work.views import Claim

_ERROR_LENGTH = 2000
_NOTE_LENGTH = 300


def is_due() -> ColumnElement[bool]:
    """Return the condition of a job that may be taken now: waiting, or left by a dead worker."""
    now = func.clock_timestamp()
    return or_(
        and_(Job.state == JobState.QUEUED, Job.run_after <= now),
        and_(Job.state == JobState.RUNNING, Job.lease_until < now),
    )


def claim(session: WriteSession, job_id: JobId, worker: str, lease_s: float) -> Claim | None:
    """Take a due job for ``lease_s`` seconds, or return None: it is not due, or somebody has it."""
    taken = session.execute(
        update(Job)
        .where(
            Job.id == job_id,
            is_due(),
            Job.attempt < Job.max_attempts,
            Job.cancel_requested_at.is_(None),
        )
        .values(
            state=JobState.RUNNING,
            fence=Job.fence + 1,
            attempt=Job.attempt + 1,
            lease_until=_after(lease_s),
            started_at=func.coalesce(Job.started_at, func.clock_timestamp()),
            worker=worker,
            progress=0.0,
            progress_note="",
        )
        .returning(
            Job.kind,
            Job.fence,
            Job.attempt,
            Job.max_attempts,
            Job.arguments,
            Job.requested_by,
            Job.requested_by_name,
            Job.request_id,
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        return None
    return Claim(job_id=job_id, **taken._asdict())


def heartbeat(session: WriteSession, claim: Claim, lease_s: float) -> None:
    """Keep the job for another ``lease_s`` seconds.

    Raises:
        JobCancelled: a person asked for it to stop.
        LeaseLost: somebody else has the job.
    """
    _change_held(session, claim, lease_until=_after(lease_s))


def report_progress(session: WriteSession, claim: Claim, fraction: float, note: str) -> None:
    """Store how far the job is (0–1), in words too. Same errors as `heartbeat`."""
    bounded = min(max(fraction, 0.0), 1.0)
    _change_held(session, claim, progress=bounded, progress_note=note[:_NOTE_LENGTH])


def finish(
    session: WriteSession, principal: Principal, claim: Claim, result: Mapping[str, object]
) -> bool:
    """Mark the job done, in the transaction of its effect.

    Returns False when the job was taken over or cancelled: then the caller rolls the effect back.
    """
    done = _end(
        session,
        claim,
        Job.cancel_requested_at.is_(None),
        state=JobState.DONE,
        progress=1.0,
        result={key: events_rules.as_json(value) for key, value in result.items()},
        error=None,
    )
    if done and claim.requested_by is not None:
        event = JobFinished(aggregate_id=claim.job_id, kind=claim.kind)
        events_service.record(session, principal, event)
    return done


def fail(
    session: WriteSession,
    principal: Principal,
    claim: Claim,
    error: str,
    retry_in_s: float | None,
) -> bool:
    """End a failed attempt: again in ``retry_in_s`` seconds, or for good when that is None.

    The last of ``max_attempts`` is for good in any case. Returns False when fenced off.
    """
    if retry_in_s is not None and claim.attempt < claim.max_attempts:
        return _put_back(session, claim, error, retry_in_s)
    ended = _end(session, claim, state=JobState.FAILED, error=error[:_ERROR_LENGTH])
    if ended:
        failed = JobFailed(
            aggregate_id=claim.job_id,
            kind=claim.kind,
            error=error[:_NOTE_LENGTH],
            requested_by=claim.requested_by,
        )
        events_service.record(session, principal, failed)
    return ended


def postpone(session: WriteSession, claim: Claim, why: str, in_s: float) -> bool:
    """Put a job back that tried nothing: its attempt is given back. False when fenced off."""
    return _put_back(session, claim, why, in_s, attempt=Job.attempt - 1)


def settle_cancelled(session: WriteSession, principal: Principal, claim: Claim) -> bool:
    """Mark a running job as cancelled after its task has stopped."""
    ended = _end(session, claim, state=JobState.CANCELLED)
    if ended:
        event = JobWasCancelled(aggregate_id=claim.job_id, kind=claim.kind)
        events_service.record(session, principal, event)
    return ended


def give_up(session: WriteSession, principal: Principal) -> int:
    """End what dead workers left and no claim will take: cancelled or out of attempts.

    Returns how many. Rows that another process is ending are skipped, not waited for.
    """
    left = session.scalars(
        select(Job)
        .where(
            Job.state == JobState.RUNNING,
            Job.lease_until < func.clock_timestamp(),
            or_(Job.attempt >= Job.max_attempts, Job.cancel_requested_at.is_not(None)),
        )
        .limit(100)
        .with_for_update(skip_locked=True)
    ).all()
    now = _database_now(session) if left else None
    for job in left:
        job.lease_until, job.finished_at, job.fence = None, now, job.fence + 1
        if job.cancel_requested_at is not None:
            job.state = JobState.CANCELLED
            cancelled = JobWasCancelled(aggregate_id=job.id, kind=job.kind)
            events_service.record(session, principal, cancelled)
            continue
        job.state = JobState.FAILED
        job.error = (
            f"The worker ended without a word in each of {job.attempt} attempts, for instance "
            "killed for memory or stopped from outside."
        )
        failed = JobFailed(
            aggregate_id=job.id, kind=job.kind, error=job.error, requested_by=job.requested_by
        )
        events_service.record(session, principal, failed)
    session.flush()
    return len(left)


def _change_held(session: WriteSession, claim: Claim, **values: Any) -> None:
    changed = session.execute(
        _held(claim).values(**values).returning(Job.cancel_requested_at)
    ).one_or_none()
    if changed is None:
        raise LeaseLost(f"Job {claim.job_id} was taken over by another worker.")
    if changed.cancel_requested_at is not None:
        raise JobCancelled(f"Job {claim.job_id} was cancelled.")


def _put_back(
    session: WriteSession, claim: Claim, error: str, retry_in_s: float, **values: Any
) -> bool:
    changed = session.execute(
        _held(claim)
        .values(
            state=JobState.QUEUED,
            run_after=_after(retry_in_s),
            lease_until=None,
            worker=None,
            error=error[:_ERROR_LENGTH],
            **values,
        )
        .returning(Job.id)
    )
    return changed.one_or_none() is not None


def _end(
    session: WriteSession, claim: Claim, *conditions: ColumnElement[bool], **values: Any
) -> bool:
    changed = session.execute(
        _held(claim)
        .where(*conditions)
        .values(lease_until=None, finished_at=func.clock_timestamp(), **values)
        .returning(Job.id)
    )
    return changed.one_or_none() is not None


def _held(claim: Claim) -> Any:
    return (
        update(Job)
        .where(Job.id == claim.job_id, Job.fence == claim.fence, Job.state == JobState.RUNNING)
        .execution_options(synchronize_session=False)
    )


def _after(seconds: float) -> ColumnElement[datetime]:
    # make_interval takes years, months, weeks, days, hours, minutes, seconds.
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _database_now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
