"""Sequencing: the queue board with two days of runs, and the two forms that feed it."""

from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.samples import queries as samples_queries
from backend.sequencing import pool_queries, queries, queue_board
from backend.sequencing.booking import queries as booking_queries
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.turnaround import queries as turnaround_queries
from backend.sequencing.turnaround import terms
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.figures.sequencing import BEFORE_NOW, WINDOW, run_calendar
from dashboard.laboratory import lab_zone
from dashboard.pages.run_calendar import week
from dashboard.pages.sequencing import cards, ids, plan_form, request_form
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_UP = [Crumb("Sequencing", "/sequencing")]
_DUE_IN = timedelta(days=14)


def layout(view: str = "", request: str = "", pool: str = "") -> Page:
    """Draw the board, or with ``request`` or ``view=plan`` one of the forms."""
    if request:
        return _request_page([] if request == "new" else request.split(","))
    if view == "plan":
        return _plan_page(pool)
    principal = current_principal()
    actions = []
    if principal.may(Permission.SEQUENCING_PLAN):
        actions.append(button("Plan queue", href="/sequencing/queue-plan", icon="magic"))
        actions.append(button("Plan run", href="/sequencing?view=plan", icon="calendar-plus"))
    if principal.may(Permission.SEQUENCING_REQUEST):
        actions.append(
            button(
                "Request sequencing",
                href="/sequencing?request=new",
                kind="primary",
                icon="plus-lg",
            )
        )
    return page(
        title="Sequencing",
        tabs=tabs("/sequencing"),
        actions=actions,
        children=[
            html.Div(board(), id=ids.BOARD),
            html.Div(calendar(), id=ids.CALENDAR),
        ],
    )


def board() -> Component:
    """Return the board as the rows say now."""
    principal = current_principal()
    with reading() as session:
        columns = queue_board.board(session, principal)
        risks = turnaround_queries.expected_late(session, principal, zone=lab_zone())
    today = clock.utc_now().astimezone(lab_zone()).date()
    may_plan = principal.may(Permission.SEQUENCING_PLAN)
    return cards.board(columns, today=today, may_plan=may_plan, risks=risks)


def calendar() -> Component:
    """Return the next two days of every instrument."""
    principal, now = current_principal(), clock.utc_now()
    start = now - BEFORE_NOW
    with reading() as session:
        instruments = queries.list_instruments(session, principal)
        bars = queries.runs_between(session, principal, start, start + WINDOW)
        openable = booking_queries.openable(session, principal, bars)
        summary = queries.queue_summary(session, principal)
    if not instruments:
        body: Component = html.P("No instrument is in service yet.", className="t2")
    else:
        names = [each.name for each in instruments]
        drawn = run_calendar(names, bars, start=start, now=now, zone=lab_zone(), openable=openable)
        body = html.Div(drawn, className="bd-cal", tabIndex="0")
    q30 = summary.last_run_q30
    last = f", last Q30 {q30:.1f}%" if q30 is not None else ""
    return panel(
        "Run calendar",
        body,
        meta=f"next 40 h, {summary.runs_planned} planned, {summary.runs_blocked} blocked{last}",
        aside=html.Span(
            [
                week.key("running", "planned", "blocked", "service", "finished"),
                html.A("7 days", href=week.PATH, **aria(label="Calendar of 7 days")),
            ],
            className="row-x g12",
        ),
        class_name="bt",
    )


def _request_page(barcodes: list[str]) -> Page:
    principal = current_principal()
    _require(Permission.SEQUENCING_REQUEST)
    with reading() as session:
        projects = samples_queries.projects(session, principal)
        assays = _assays(session)
    open_ones = [project.code for project in projects if project.is_open]
    due = clock.utc_now().astimezone(lab_zone()).date() + _DUE_IN
    return page(
        title="Request sequencing",
        breadcrumb=_UP,
        children=[request_form.form(open_ones, assays, barcodes=barcodes, due=due)],
    )


def _assays(session: ReadSession) -> list[request_form.Choice]:
    """Return the assays with the day by which each is promised, by the laboratory's calendar."""
    working = terms.clock_of(terms.terms_now(session).terms, lab_zone())
    begins = working.starts_counting(clock.utc_now())
    return [
        request_form.Choice(each, working.after(begins, days) if days else None)
        for each in reference_queries.assays(session)
        for days in (each.content.turnaround_working_days,)
    ]


def _plan_page(pool: str) -> Page:
    principal = current_principal()
    _require(Permission.SEQUENCING_PLAN)
    with reading() as session:
        instruments = queries.list_instruments(session, principal)
        pools = pool_queries.loadable_pools(session, principal)
        recipes = reference_queries.recipes(session)
    return page(
        title="Plan run",
        breadcrumb=_UP,
        children=[plan_form.form(instruments, pools, recipes, chosen=pool, zone=lab_zone())],
    )


def _require(permission: Permission) -> None:
    """Refuse before a form is filled in that could not be sent.

    Raises:
        PermissionDenied: the person's roles do not include it.
    """
    if not current_principal().may(permission):
        raise PermissionDenied(
            f"Your role does not include “{permission.value}”. Ask an administrator for it."
        )
