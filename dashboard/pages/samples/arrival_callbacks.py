"""Callbacks of the fields that say how a sample arrived, the same in both dialogs."""

from collections.abc import Sequence

from dash import MATCH, Input, Output
from dash.development.base_component import Component

from backend.core.principal import Permission
from dashboard.callbacks import page_callback
from dashboard.pages.samples import detail_ids, ids
from dashboard.pages.samples.arrival_fields import hold_notice, is_taken, settled


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.arrival("conditions", MATCH), "value"),
    Output(ids.arrival("says", MATCH), "children"),
    Input(ids.arrival("conditions", MATCH), "value"),
    prevent_initial_call=True,
)
def show_holds(ticked: Sequence[str] | None) -> tuple[list[str], list[Component]]:
    """Say which holds follow; Good goes when something else is ticked, and the other way round."""
    left = settled(ticked or [])
    return left, hold_notice(left)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.arrival("box", "one"), "hidden"),
    Input(detail_ids.STEP, "value"),
    prevent_initial_call=True,
)
def show_fields(action: str | None) -> bool:
    """Show the fields at the step at which a sample arrives."""
    return not is_taken(action)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.arrival("box", "many"), "hidden"),
    Input(ids.STATUS_ACTION, "value"),
    prevent_initial_call=True,
)
def show_fields_of_many(action: str | None) -> bool:
    """Show the fields at the step at which samples arrive."""
    return not is_taken(action)
