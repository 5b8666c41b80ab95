"""Asking for work that many ask for at once and that one run of does for all of them."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, text, update

from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.work import service
from backend.work.ids import JobState
from backend.work.models import Job

_RING = text("SELECT pg_notify('tracseq_jobs', '')")
AT_ONCE: Final = timedelta(0)


def request_joined(
    session: WriteSession,
    principal: Principal,
    *,
    kind: str,
    queue: str = "default",
    within: timedelta = AT_ONCE,
) -> None:
    """See to it that a job of a kind begins after this transaction has ended, ``within`` so long.

    One that waits already does it for this one too, and comes sooner where it was due later. It is
    held until this transaction ends, so that it cannot begin without seeing what is written here;
    one that somebody else holds is not waited for, another is asked for. Ask for it last.
    """
    waiting = session.scalar(
        select(Job.id)
        .where(Job.kind == kind, Job.state == JobState.QUEUED, Job.cancel_requested_at.is_(None))
        .order_by(Job.run_after)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    due = func.clock_timestamp() + within
    if waiting is None:
        run_after = session.scalar(select(due))
        service.request_job(
            session,
            principal,
            kind=kind,
            key=str(new_id()),
            arguments={},
            queue=queue,
            run_after=run_after,
        )
        return
    sooner = update(Job).where(Job.id == waiting, Job.run_after > due).values(run_after=due)
    session.execute(sooner.execution_options(synchronize_session=False))
    session.execute(_RING)
