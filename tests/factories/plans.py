"""Placement plans as their job makes them, in moments."""

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.storage import plan_problem, plan_states, service
from backend.storage.ids import PlanId
from backend.storage.models import PlacementPlan
from backend.storage.planning.planner import plan_placement
from tests.backend.storage.planning_support import ANY_TIME, QUICK


def make_ready(session: WriteSession, person: Principal, plan_id: PlanId) -> None:
    """Plan what was asked for, and store it."""
    scope = plan_states.get_scope(session, person, PlacementPlan, plan_id)
    plan = plan_placement(plan_problem.load_problem(session, person, scope), ANY_TIME, QUICK)
    service.store_plan(session, person, plan_id=plan_id, plan=plan)
