"""Parts of the Predictions page."""

from collections.abc import Sequence
from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from backend.predictions.model_cards import ModelCard
from backend.predictions.views import CapacityForecastView
from backend.samples.ids import TemperatureClass
from backend.storage.views import DayOccupancy
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.chart import chart, data_table
from dashboard.components.panel import panel
from dashboard.figures.forecast import capacity_fan, fan_days
from dashboard.pages.predictions import ids, words
from dashboard.pages.predictions.dots import chance_dots
from dashboard.zone_names import ZONE_NAMES

_TABLE_EVERY_DAYS = 7
_MEASURED_IN_TABLE = 10


def capacity(
    forecast: CapacityForecastView,
    zones: Sequence[TemperatureClass],
    measured: Sequence[DayOccupancy],
) -> html.Section:
    """Draw the fan of one zone with the switch between zones."""
    return panel(
        "Storage capacity",
        chart(
            ids.FAN,
            summary=words.chart_summary(forecast),
            figure=capacity_fan(forecast, measured),
            table=_table(forecast, measured),
            height_class="h-360",
        ),
        meta=_zone_switch(zones, forecast.temperature_class),
        aside=_key(),
        predicted=True,
        class_name="fc-chart",
    )


def outlook(forecast: CapacityForecastView, made: str, action: Component | None) -> html.Section:
    """Draw the sentence, the dots and the score beside them; ``made`` says when."""
    said = words.headline(forecast)
    dots = chance_dots(words.dot_days(forecast), early=words.EARLY_DOTS)
    parts: list[Component] = [
        html.H2(said.title, className="fc-hl"),
        html.P(said.detail, className="t2"),
    ]
    if dots is not None:
        parts.append(html.P("1 dot = 1 of 20 equally likely dates", className="mi t3"))
        parts.append(dots)
    parts.extend(_score(forecast))
    foot: list[Component] = [html.Span(made, className="sm t3 num"), html.Span(className="sp")]
    if action is not None:
        foot.append(action)
    parts.append(html.Div(foot, className="row-x fc-foot"))
    return html.Section(parts, className="panel bl fc-side", **aria(label="Outlook"))


def model_card(card: ModelCard) -> html.Section:
    """Draw what a person should know before they trust the forecast."""
    rows = (
        ("Purpose", card.purpose),
        ("Data window", card.data),
        ("Method", card.method),
        ("Checked", card.checked),
        ("Limits", card.limits),
    )
    pairs = [html.Div([html.Dt(term), html.Dd(text)]) for term, text in rows]
    return panel(
        "Model card",
        html.Dl(pairs, className="fc-card"),
        meta=f"{card.name}, version {card.version}",
        id=ids.CARD,
        class_name="bt",
    )


def missing_models() -> html.P:
    """Say what is not predicted, instead of inventing it."""
    return html.P(
        "No model exists yet for freezer failure and library QC failure. "
        "Nothing is predicted for them. How long requests still take stands under Turnaround.",
        className="panel bt t3",
    )


def _score(forecast: CapacityForecastView) -> list[Component]:
    lines = words.score_lines(forecast)
    if not lines:
        return []
    head = html.Div(
        [html.H3("Back-test"), html.Span("on this zone’s own history", className="m")],
        className="ph",
    )
    return [
        head,
        html.Dl(
            [html.Div([html.Dt(label), html.Dd(value, className="num")]) for label, value in lines],
            className="fc-score",
        ),
    ]


def _zone_switch(zones: Sequence[TemperatureClass], selected: TemperatureClass) -> html.Span:
    links = [
        html.A(
            ZONE_NAMES[zone],
            href=f"/predictions?zone={zone.value}",
            className="on" if zone is selected else "",
            **aria(current="true" if zone is selected else None),
        )
        for zone in zones
    ]
    return html.Span(links, className="seg", role="group", **aria(label="Temperature zone"))


def _key() -> html.Span:
    return html.Span(
        [
            html.Span([html.I(className="fc-k-ink"), "Measured"], className="lg"),
            html.Span([html.I(className="fc-k-fan"), "50, 80, 95% interval"], className="lg"),
        ],
        className="row-x g16",
    )


def _table(forecast: CapacityForecastView, measured: Sequence[DayOccupancy]) -> html.Table:
    rows: list[list[str]] = [
        [fmt.calendar_day(each.day, with_year=True), fmt.count(each.used), "", ""]
        for each in measured[-1 - _MEASURED_IN_TABLE * _TABLE_EVERY_DAYS :: _TABLE_EVERY_DAYS]
    ]
    if forecast.outlook is not None:
        levels = forecast.outlook.levels
        for index, day in enumerate(forecast.outlook.days):
            if day > fan_days(forecast) or index % 2:
                continue
            on = fmt.calendar_day(forecast.last_day + timedelta(days=day), with_year=True)
            rows.append(
                [
                    f"{on}, forecast",
                    fmt.count(levels[0.5][index]),
                    fmt.count(levels[0.1][index]),
                    fmt.count(levels[0.9][index]),
                ]
            )
    head = ["Day", "Positions used", "80% from", "80% to"]
    return data_table(head, rows, caption=words.chart_summary(forecast))
