"""Asking for a plan of the queue, and putting it aside. Exported by service.py."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.queue_plans.errors import (
    QueuePlanNotFound,
    QueuePlanNotOpen,
    QueuePlanRefused,
)
from backend.sequencing.queue_plans.events import QueuePlanAsked, QueuePlanDismissed
from backend.sequencing.queue_plans.ids import QueuePlanId, QueuePlanState
from backend.sequencing.queue_plans.loading import Terms, kept_terms
from backend.sequencing.queue_plans.models import QueuePlan
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from backend.work.models import Job

JOB_KIND = "sequencing.plan_queue"
USUAL_LIMIT_S = 60.0
LONGEST_S = 120.0
_SHORTEST_S = 1.0
_AHEAD = timedelta(hours=2)
"""Time to look at a plan and to accept it before its first run would begin."""


def ask_plan(
    session: WriteSession,
    principal: Principal,
    *,
    request_ids: Collection[UUID] | None = None,
    begins_at: datetime | None = None,
    limit_s: float = USUAL_LIMIT_S,
) -> QueuePlanId:
    """Ask for a plan of everything that waits, or of chosen requests; a worker makes it.

    ``limit_s`` are seconds of the processor. Without ``begins_at`` no run starts before the next
    full hour that is two hours away.

    Raises:
        QueuePlanRefused: nothing waits, a request that does not, a start that has passed, or a
            limit outside 1 to 120 seconds.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    now = clock.utc_now()
    if not _SHORTEST_S <= limit_s <= LONGEST_S:
        _refuse("limit_s", f"Give {_SHORTEST_S:g} to {LONGEST_S:g} seconds.")
    if begins_at is not None and begins_at < now:
        _refuse("begins_at", "The earliest start has passed. Give one to come.")
    chosen = None if request_ids is None else tuple(sorted(set(request_ids)))
    _require_waiting(session, principal, chosen)
    terms = Terms(request_ids=chosen, begins_at=begins_at or _usual_start(now), limit_s=limit_s)
    plan_id = QueuePlanId(new_id())
    job_id = work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(plan_id),
        arguments={"plan_id": plan_id},
        queue="long",
    )
    session.add(
        QueuePlan(
            id=plan_id,
            job_id=job_id,
            terms=terms.as_json(),
            asked_by=principal.user_id,
            asked_by_name=principal.name,
        )
    )
    session.flush()
    events_service.record(session, principal, QueuePlanAsked(aggregate_id=plan_id, job_id=job_id))
    return plan_id


def ask_again(session: WriteSession, principal: Principal, *, plan_id: QueuePlanId) -> QueuePlanId:
    """Ask for a plan of what an earlier one was about; one that waits for an answer is put aside.

    Of chosen requests those that still wait are planned. The earliest start is that of the earlier
    plan while it is to come.

    Raises:
        QueuePlanNotFound: no such plan, or not visible.
        QueuePlanRefused: nothing of it waits any more.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    row = session.scalars(
        visible(principal).where(QueuePlan.id == plan_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise QueuePlanNotFound
    terms, begins_at = kept_terms(row.terms), None
    chosen: Collection[UUID] | None = terms.request_ids
    if chosen is not None:
        waiting = sequencing_queries.visible_requests(principal).where(
            SequencingRequest.state == RequestState.WAITING, SequencingRequest.id.in_(chosen)
        )
        chosen = session.scalars(waiting.with_only_columns(SequencingRequest.id)).all()
    if terms.begins_at > clock.utc_now():
        begins_at = terms.begins_at
    again = ask_plan(
        session, principal, request_ids=chosen, begins_at=begins_at, limit_s=terms.limit_s
    )
    if row.state is QueuePlanState.READY:
        dismiss_plan(session, principal, plan_id=plan_id, reason="planned again")
    return again


def dismiss_plan(
    session: WriteSession, principal: Principal, *, plan_id: QueuePlanId, reason: str = ""
) -> None:
    """Put a plan aside, ready or still in the making; its job stops, and nothing moves.

    Raises:
        QueuePlanNotFound, QueuePlanNotOpen: not visible, or answered already.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    row = lock(session, principal, plan_id, QueuePlanState.READY, QueuePlanState.ASKED)
    job = session.get(Job, row.job_id) if row.state is QueuePlanState.ASKED else None
    if job is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
        work_service.request_cancel(session, principal, job_id=JobId(row.job_id))
    close(row, principal, QueuePlanState.DISMISSED)
    session.flush()
    dismissed = QueuePlanDismissed(aggregate_id=row.id, reason=reason)
    events_service.record(session, principal, dismissed, reason=reason or None)


def visible(principal: Principal) -> Select[QueuePlan]:
    """Select the plans that a person asked for; all of them for who sees every project."""
    principal.require(Permission.SEQUENCING_PLAN)
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return select(QueuePlan)
    return select(QueuePlan).where(QueuePlan.asked_by == principal.user_id)


def lock(
    session: WriteSession, principal: Principal, plan_id: QueuePlanId, *states: QueuePlanState
) -> QueuePlan:
    """Lock a visible plan in one of the states; raises QueuePlanNotFound or QueuePlanNotOpen."""
    row = session.scalars(
        visible(principal)
        .where(QueuePlan.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise QueuePlanNotFound
    if row.state not in states:
        raise QueuePlanNotOpen(row.state.value)
    return row


def close(row: QueuePlan, principal: Principal, state: QueuePlanState) -> None:
    """End a plan."""
    row.state, row.closed_at, row.closed_by_name = state, clock.utc_now(), principal.name


def _require_waiting(
    session: WriteSession, principal: Principal, chosen: tuple[UUID, ...] | None
) -> None:
    waiting = sequencing_queries.visible_requests(principal).where(
        SequencingRequest.state == RequestState.WAITING
    )
    if chosen is None:
        if session.scalars(waiting.limit(1)).first() is None:
            raise QueuePlanRefused("No request waits. There is nothing to plan.")
        return
    found = session.scalars(waiting.where(SequencingRequest.id.in_(chosen))).all()
    if not chosen or len(found) < len(chosen):
        _refuse("requests", "Choose requests that wait, of your projects.")


def _usual_start(now: datetime) -> datetime:
    return (now + _AHEAD + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def _refuse(field: str, sentence: str) -> None:
    raise QueuePlanRefused(sentence, fields={field: sentence})
