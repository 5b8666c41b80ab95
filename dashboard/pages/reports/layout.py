"""Reports: what there is, when it comes, and what was built."""

from dash import html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.reports import queries
from dashboard.components.page import Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.reports import ids, panels
from dashboard.session import current_principal


def layout() -> Page:
    """Draw the page."""
    return page(
        title="Reports",
        children=[html.Div(id=ids.JOB, className="rpt-job"), html.Div(body(), id=ids.LIST)],
    )


def body() -> list[Component]:
    """Return the reports and their history as the rows say now."""
    principal, now, zone = current_principal(), clock.utc_now(), lab_zone()
    with reading() as session:
        reports = queries.list_reports(session, principal)
        runs = queries.history(session, principal)
    may_run = principal.may(Permission.REPORTS_RUN)
    return [
        panels.reports(reports, may_run=may_run, now=now, zone=zone),
        panels.history(runs, now=now, zone=zone),
    ]
