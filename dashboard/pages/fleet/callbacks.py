"""Fleet: redrawn by what is told and by the clock."""

from dash import Input, Output
from dash.development.base_component import Component

from backend.core.principal import Permission
from dashboard.callbacks import page_callback
from dashboard.pages.fleet import ids
from dashboard.pages.fleet.layout import body
from dashboard.shell_ids import live


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.UNITS, "children"),
    Input(live("telemetry"), "data"),
    Input(ids.TICK, "n_intervals"),
    prevent_initial_call=True,
)
def show_newest(_telemetry: int | None, _ticks: int | None) -> Component:
    """Draw what the rows say now."""
    return body()
