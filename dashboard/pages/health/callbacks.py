"""System health: redrawn by what is told and by the clock; alarms acknowledged."""

from typing import Any
from uuid import UUID

from dash import Input, Output, State, no_update, set_props
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.telemetry import service
from backend.telemetry.ids import SensorId
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, field_error
from dashboard.components.toast import toast
from dashboard.pages.health import ids
from dashboard.pages.health.layout import regions, span_of
from dashboard.session import current_principal


@page_callback(
    Permission.HEALTH_VIEW,
    Output(ids.HEAD, "children"),
    Output(ids.PARTS, "children"),
    Output(ids.SENSORS, "children"),
    Output(ids.ASIDE, "children"),
    Input(shell_ids.live("health"), "data"),
    Input(shell_ids.live("work"), "data"),
    Input(shell_ids.live("telemetry"), "data"),
    Input(shell_ids.live("incidents"), "data"),
    Input(ids.TICK, "n_intervals"),
    State(ids.SPAN, "data"),
    prevent_initial_call=True,
)
def show_newest(*moved: Any) -> tuple[list[Component], ...]:
    """Draw what the rows say now; also when nobody has told anything for a while."""
    drawn = regions(span_of(moved[-1]))
    return drawn.head, drawn.parts, drawn.sensors, drawn.aside


@page_callback(
    Permission.HEALTH_VIEW,
    Output(error_id(ids.REASON), "children"),
    Input(ids.ACKNOWLEDGE, "n_clicks"),
    Input(ids.REASON, "n_submit"),
    State(ids.ALARM, "data"),
    State(ids.REASON, "value"),
    prevent_initial_call=True,
)
def acknowledge(
    presses: int | None, submits: int | None, sensor: str | None, reason: str | None
) -> Any:
    """Acknowledge the alarm, or say beside the field why not; what was typed stays."""
    if not sensor or not (presses or submits):
        return no_update
    refusal = _acknowledge(SensorId(UUID(sensor)), reason or "")
    if refusal:
        return field_error(refusal)
    toast("The alarm is acknowledged.")
    set_props(shell_ids.URL, {"pathname": "/health", "search": ""})
    return None


def _acknowledge(sensor_id: SensorId, reason: str) -> str:
    try:
        with writing() as session:
            service.acknowledge(session, current_principal(), sensor_id=sensor_id, reason=reason)
    except AppError as refusal:
        return refusal.message
    return ""
