"""Queue plan: asking for one, the latest ones, and the review of one."""

from uuid import UUID

from dash import html
from dash.development.base_component import Component

from backend.core.transaction import reading
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.queue_plans import queries
from backend.sequencing.queue_plans.errors import QueuePlanNotFound
from backend.sequencing.queue_plans.ids import QueuePlanId
from dashboard.components.button import button
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.laboratory import lab_zone
from dashboard.pages.queue_plans import drawing, forms, ids, words
from dashboard.pages.queue_plans.settings import SETTINGS_PATH
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_UP = Crumb("Sequencing", "/sequencing")


def layout(*, plan: str = "") -> Page:
    """Draw the form and the latest plans, or with ``plan`` the review of that one.

    Raises:
        QueuePlanNotFound: no such plan, or not visible.
    """
    if plan:
        return page(
            title="Queue plan",
            breadcrumb=[_UP, Crumb("Queue plans", words.PATH)],
            tabs=tabs(words.PATH),
            class_name="qp",
            children=[
                html.Div(review(plan), id=ids.BODY),
                html.Div(pins(), id=ids.PINS),
            ],
        )
    with reading() as session:
        principal = current_principal()
        waiting = queries.waiting_requests(session, principal)
        found = queries.list_plans(session, principal)
    return page(
        title="Plan queue",
        breadcrumb=[_UP],
        tabs=tabs(words.PATH),
        class_name="qp",
        actions=[button("Settings of planning", href=SETTINGS_PATH, icon="sliders")],
        children=[
            panel(
                "Ask for a plan",
                forms.ask_form(waiting, zone=lab_zone()),
                meta="nothing is booked before you accept it",
            ),
            html.Div(pins(), id=ids.PINS),
            panel("Latest plans", drawing.latest(found), class_name="bt"),
        ],
    )


def review(plan: str, problem: str = "") -> list[Component]:
    """Draw a plan as it is now. Raises QueuePlanNotFound."""
    with reading() as session:
        view = queries.get_plan(session, current_principal(), plan_id_of(plan))
    return drawing.review(view, problem)


def pins(problem: str = "") -> list[Component]:
    """Draw the pins as they are now."""
    principal = current_principal()
    with reading() as session:
        found = queries.list_pins(session, principal)
        waiting = queries.waiting_requests(session, principal)
        instruments = sequencing_queries.list_instruments(session, principal)
    return forms.pins_panel(found, waiting, instruments, problem)


def plan_id_of(plan: str) -> QueuePlanId:
    """Return the key in an address. Raises QueuePlanNotFound: no key, so no plan has it."""
    try:
        return QueuePlanId(UUID(plan))
    except ValueError as error:
        raise QueuePlanNotFound from error
