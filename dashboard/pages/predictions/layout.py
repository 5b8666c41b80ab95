"""Predictions: when each temperature zone is likely to be full."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.transaction import reading
from backend.predictions import queries
from backend.predictions.model_cards import CAPACITY
from backend.predictions.views import CapacityForecastView
from backend.samples.ids import TemperatureClass
from backend.storage import queries as storage_queries
from backend.storage.views import DayOccupancy
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.page import Page, page
from dashboard.figures.forecast import MEASURED_DAYS
from dashboard.laboratory import lab_zone
from dashboard.pages.predictions import ids, panels
from dashboard.session import current_principal


def layout(zone: str = "") -> Page:
    """Draw the page for one zone, the one that is likely full first unless the address says."""
    return page(
        title="Predictions",
        children=[
            html.Div(body(zone), id=ids.BODY, className="fc"),
            html.Div(id=ids.JOB),
            dcc.Store(id=ids.ZONE, data=zone),
        ],
        actions=[button("What if", href="/what-if", icon="snow2")],
        class_name="is-scrolling",
    )


def body(zone: str) -> list[Component]:
    """Return the sheet's content as the rows say now."""
    principal = current_principal()
    with reading() as session:
        forecasts = queries.latest_capacity(session, principal)
        measured = storage_queries.occupancy_history(session, principal, MEASURED_DAYS)
    return draw(forecasts, measured, zone=zone, principal=principal, lab=lab_zone())


def draw(
    forecasts: Sequence[CapacityForecastView],
    measured: Sequence[DayOccupancy],
    *,
    zone: str,
    principal: Principal,
    lab: ZoneInfo,
) -> list[Component]:
    """Return the page's parts from what was read."""
    action = _run_button(principal)
    if not forecasts:
        return [
            empty_state(
                "No forecast has been made yet",
                "It is made every night from the daily occupancy of each temperature zone.",
                *([action] if action is not None else []),
                icon="graph-up",
            ),
            panels.missing_models(),
        ]
    chosen = _chosen(forecasts, zone)
    of_zone = [each for each in measured if each.temperature_class is chosen.temperature_class]
    made = f"Made {fmt.moment(chosen.made_at, lab)}"
    zones = [each.temperature_class for each in forecasts]
    return [
        html.Div(
            [panels.capacity(chosen, zones, of_zone), panels.outlook(chosen, made, action)],
            className="fc-1",
        ),
        panels.model_card(CAPACITY),
        panels.missing_models(),
    ]


def _chosen(forecasts: Sequence[CapacityForecastView], zone: str) -> CapacityForecastView:
    if zone in set(TemperatureClass):
        for each in forecasts:
            if each.temperature_class is TemperatureClass(zone):
                return each
    # What needs a person comes first.
    return min(
        forecasts,
        key=lambda each: (
            each.full_p50_days is None,
            each.full_p50_days or 0,
            -each.used / max(each.capacity, 1),
        ),
    )


def _run_button(principal: Principal) -> Component | None:
    if not principal.may(Permission.PREDICTIONS_REVIEW):
        return None
    return button("Forecast anew", id=ids.RUN, icon="arrow-repeat")
