"""Reading sagas."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, Uuid, cast, exists, func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.transactions.errors import SagaNotFound
from backend.transactions.ids import SagaId, SagaState
from backend.transactions.models import Saga, SagaStep
from backend.transactions.views import SagaCounts, SagaView, StepView
from backend.work.ids import JobState
from backend.work.models import Job

JOB_KIND = "transactions.advance_saga"
_DAY = timedelta(days=1)


def visible_sagas(principal: Principal) -> Select[Saga]:
    """Return a principal's own sagas; whoever watches the program's health sees all."""
    if principal.may(Permission.HEALTH_VIEW):
        return select(Saga)
    return select(Saga).where(Saga.requested_by == principal.user_id)


def get_saga(session: ReadSession, principal: Principal, saga_id: SagaId) -> SagaView:
    """Return a saga with its trail of steps.

    Raises:
        SagaNotFound: absent, or somebody else's.
    """
    found = session.execute(
        visible_sagas(principal).add_columns(_is_stuck()).where(Saga.id == saga_id)
    ).one_or_none()
    if found is None:
        raise SagaNotFound
    saga, stuck = found
    steps = session.scalars(
        select(SagaStep).where(SagaStep.saga_id == saga_id).order_by(SagaStep.at, SagaStep.n)
    )
    return SagaView(
        id=SagaId(saga.id),
        type=saga.type,
        state=saga.state.value,
        why=saga.why,
        data=saga.data,
        steps=[
            StepView(
                n=step.n,
                direction=step.direction.value,
                name=step.name,
                state=step.state.value,
                message=step.message,
                at=step.at,
            )
            for step in steps
        ],
        created_at=saga.created_at,
        finished_at=saga.finished_at,
        is_stuck=stuck,
    )


def saga_counts(session: ReadSession) -> SagaCounts:
    """Return how many sagas are under way, stuck, and were completed in the last 24 hours."""
    return SagaCounts(*session.execute(_COUNTS).one())


def _is_stuck() -> ColumnElement[bool]:
    """The condition of an open saga whose next step has failed for good."""
    failed = exists().where(
        Job.kind == JOB_KIND,
        Job.state == JobState.FAILED,
        cast(Job.arguments["saga_id"].astext, Uuid) == Saga.id,
    )
    return Saga.finished_at.is_(None) & failed.correlate(Saga)


_IS_OPEN = Saga.finished_at.is_(None)
_IS_OVER = (Saga.state == SagaState.COMPLETED) & (Saga.finished_at > func.now() - _DAY)
_COUNTS = select(
    func.count().filter(_IS_OPEN, Saga.state == SagaState.RUNNING),
    func.count().filter(_IS_OPEN, Saga.state == SagaState.ROLLING_BACK),
    func.count().filter(_is_stuck()),
    func.count().filter(_IS_OVER),
).where(_IS_OPEN | _IS_OVER)
