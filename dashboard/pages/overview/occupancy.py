"""Storage occupancy by zone, and when each zone is likely to be full."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.predictions.views import CapacityForecastView
from backend.storage.views import ZoneOccupancy
from dashboard import format as fmt
from dashboard.components.icon import fan, icon
from dashboard.components.meter import PLAN_SPACE, STOP_INTAKE, meter
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.zone_names import ZONE_NAMES


def occupancy(
    zones: Sequence[ZoneOccupancy], forecasts: Sequence[CapacityForecastView]
) -> html.Section:
    """Draw a meter per zone with its forecast beside it."""
    by_zone = {forecast.temperature_class: forecast for forecast in forecasts}
    units = sum(zone.units for zone in zones)
    meta = f"{fmt.plural(len(zones), 'zone', 'zones')}, {fmt.plural(units, 'unit', 'units')}"
    rows = [html.Li(_zone(zone, by_zone.get(zone.temperature_class))) for zone in zones]
    body: Component = (
        html.Ul(rows, className="zns")
        if rows
        else html.P("No storage is set up yet. Add a freezer to see how full it is.")
    )
    key = html.P(
        [
            html.Span([html.I(className="tick"), "80% plan space"], className="row-x g6"),
            html.Span([html.I(className="tick"), "95% stop intake"], className="row-x g6"),
        ],
        className="mi t3 zn-k",
    )
    return panel(
        "Storage occupancy", body, key, meta=meta, aside=html.A("Open storage", href="/storage")
    )


def _zone(zone: ZoneOccupancy, forecast: CapacityForecastView | None) -> html.Div:
    name = ZONE_NAMES[zone.temperature_class]
    share = zone.used / zone.capacity if zone.capacity else 0.0
    return html.Div(
        [
            html.Span(name, className="zn-l"),
            html.Span(meter(share, label=name), className="zn-b"),
            html.Span(
                [
                    html.Span(
                        f"{fmt.count(zone.used)} of {fmt.count(zone.capacity)}", className="num t3"
                    ),
                    _time_to_full(forecast),
                ],
                className="zn-s",
            ),
            html.Span([*_mark(share), *_share(share)], className="zn-p num"),
        ],
        className="zn",
    )


def _mark(share: float) -> list[Component]:
    if share >= STOP_INTAKE:
        return [
            icon("exclamation-octagon-fill", Tone.CRIT),
            html.Span("stop intake ", className="vh"),
        ]
    if share >= PLAN_SPACE:
        return [
            icon("exclamation-triangle-fill", Tone.WARN),
            html.Span("plan space ", className="vh"),
        ]
    return []


def _share(share: float) -> list[Component | str]:
    return [fmt.decimal(share * 100, 1), html.Small("%")]


def _time_to_full(forecast: CapacityForecastView | None) -> html.Span:
    if forecast is None:
        return html.Span("not forecast yet", className="t3")
    if not forecast.is_scored:
        return html.Span(forecast.shortage, className="t3")
    if forecast.full_p50_days is None:
        return html.Span("no limit within 1 year", className="t3")
    high = fmt.count(forecast.full_p90_days) if forecast.full_p90_days else "over 365"
    words = f" full in {forecast.full_p50_days} d ({forecast.full_p10_days} to {high})"
    return html.Span([fan(), words], className="c-pred")
