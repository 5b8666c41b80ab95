"""Plans of the sequencing queue for tests, made as their job makes them but at once."""

from collections.abc import Collection
from uuid import UUID

from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control, Effort
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.queue_plans import loading, queries, service
from backend.sequencing.queue_plans.ids import QueuePlanId
from backend.sequencing.queue_plans.views import QueuePlanView

_EFFORT = Effort(rounds=60, with_proof=False)


def make_plan(
    session: WriteSession, person: Principal, requests: Collection[UUID] | None = None
) -> QueuePlanView:
    """Ask for a plan and make it at once."""
    plan_id = service.ask_plan(session, person, request_ids=requests)
    return store_plan(session, person, plan_id)


def store_plan(session: WriteSession, person: Principal, plan_id: QueuePlanId) -> QueuePlanView:
    """Make and keep a plan that was asked for."""
    read = ReadSession(session)
    queue = loading.load_queue(read, person, queries.get_terms(read, person, plan_id))
    plan = plan_queue(queue.problem, Control(elapsed_s=lambda: 0.0), _EFFORT)
    assert violations(queue.problem, plan) == []
    service.store_plan(session, person, plan_id=plan_id, queue=queue, plan=plan, seconds=0.5)
    return queries.get_plan(read, person, plan_id)
