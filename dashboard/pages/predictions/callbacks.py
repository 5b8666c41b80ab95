"""Predictions: redrawn when a forecast is made, and made on demand."""

from typing import Any

from dash import Input, Output, State, no_update
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.predictions import service
from dashboard.callbacks import page_callback
from dashboard.components.job_progress import job_progress
from dashboard.pages.predictions import ids
from dashboard.pages.predictions.layout import body
from dashboard.session import current_principal
from dashboard.shell_ids import live


@page_callback(
    Permission.PREDICTIONS_VIEW,
    Output(ids.BODY, "children"),
    Input(live("predictions"), "data"),
    State(ids.ZONE, "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None, zone: str | None) -> list[Component]:
    """Draw what the rows say now."""
    return body(zone or "")


@page_callback(
    Permission.PREDICTIONS_REVIEW,
    Output(ids.JOB, "children"),
    Input(ids.RUN, "n_clicks"),
    prevent_initial_call=True,
)
def forecast_anew(presses: int | None) -> Any:
    """Ask for new forecasts and show how far they are."""
    if not presses:
        return no_update
    with writing() as session:
        job_id = service.request_forecast(session, current_principal())
    return job_progress(job_id)
