"""Reports: built on demand, redrawn when one is ready or failed."""

from typing import Any

from dash import ALL, Input, Output, ctx, no_update
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.reports import service
from dashboard.callbacks import page_callback
from dashboard.components.job_progress import job_progress
from dashboard.pages.reports import ids
from dashboard.pages.reports.layout import body
from dashboard.session import current_principal
from dashboard.shell_ids import live


@page_callback(
    Permission.REPORTS_VIEW,
    Output(ids.LIST, "children"),
    Input(live("reports"), "data"),
    Input(live("work"), "data"),
    prevent_initial_call=True,
)
def show_newest(_reports: int | None, _work: int | None) -> list[Component]:
    """Draw the list as the rows say now; a job that failed shows on the topic of work."""
    return body()


@page_callback(
    Permission.REPORTS_RUN,
    Output(ids.JOB, "children"),
    Input(ids.run(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def build_now(_presses: list[int | None]) -> Any:
    """Ask for the report whose button was pressed, and show how far it is."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    with writing() as session:
        _, job_id = service.request_report(session, current_principal(), report=pressed["report"])
    return job_progress(job_id)
