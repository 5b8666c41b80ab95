"""Relocations: the latest plans to free boxes or to empty a unit, and the review of one."""

from uuid import UUID

from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.storage import pick_queries, queries, relocation_queries
from backend.storage.errors import PlanNotFound
from backend.storage.ids import PickListId, RelocationPlanId
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.scan_target import scan_target
from dashboard.pages.relocations import drawing, ids
from dashboard.pages.relocations.carrying import Told
from dashboard.pages.storage.drawing import alarm_strip
from dashboard.session import current_principal

_UP = Crumb("Storage", "/storage")


def layout(*, plan: str = "") -> Page:
    """Draw the latest plans, or with ``plan`` the review of that one. Raises PlanNotFound."""
    if plan:
        may_place = current_principal().may(Permission.STORAGE_PLACE)
        return page(
            title="Moving plan",
            breadcrumb=[_UP, Crumb("Moving plans", drawing.PATH)],
            class_name="rack-scans",
            children=[
                *([scan_target()] if may_place else []),
                dcc.Store(id=ids.HELD),
                html.Div(review(plan), id=ids.REVIEW),
            ],
        )
    with reading() as session:
        found = relocation_queries.list_relocations(session, current_principal(), limit=30)
    return page(
        title="Moving plans",
        breadcrumb=[_UP],
        class_name="rack-scans",
        children=[panel("Latest plans", drawing.plans(found))],
    )


def review(plan: str, problem: str = "", told: Told = drawing.NOTHING_TOLD) -> list[Component]:
    """Draw a plan as it is now. Raises PlanNotFound."""
    principal = current_principal()
    with reading() as session:
        view = relocation_queries.get_relocation(session, principal, plan_id_of(plan))
        listed = view.pick_list_id
        name = pick_queries.get_list(session, principal, PickListId(listed)).label if listed else ""
        tree = queries.tree(session, principal)
        unit = next((place for place in tree if place.id == view.unit_id), None)
        alarm = alarm_strip(session, principal, unit)
    may_accept = principal.may(Permission.STORAGE_PLACE)
    drawn = drawing.review(view, name, may_accept=may_accept, problem=problem, told=told)
    # Also where the plan is older than the alarm: who carries boxes has to know of it.
    return [*([alarm] if alarm is not None else []), *drawn]


def plan_id_of(plan: str) -> RelocationPlanId:
    """Return the key in an address. Raises PlanNotFound: no key, so no plan has it."""
    try:
        return RelocationPlanId(UUID(plan))
    except ValueError as error:
        raise PlanNotFound("There is no such plan. Choose one in the list.") from error
