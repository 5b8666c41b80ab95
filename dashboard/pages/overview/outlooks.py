"""Predictions: when each zone is likely to be full, and how good such forecasts were."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.predictions.views import CapacityForecastView, Outlook
from dashboard import format as fmt
from dashboard.components.panel import panel
from dashboard.pages.overview.drawings import whisker
from dashboard.zone_names import ZONE_NAMES

_DAYS_IN_A_YEAR = 365


def predictions(forecasts: Sequence[CapacityForecastView]) -> html.Section:
    """Draw one line a zone, the one that is full first on top."""
    if not forecasts:
        body: Component = html.P(
            "No forecast has been made yet. One is made every night from the daily occupancy.",
            className="t2",
        )
        return _panel(body)
    ordered = sorted(forecasts, key=lambda each: (each.full_p50_days is None, _soonest(each)))
    key = html.P(
        html.Span("Dot: median. Bar: 80% interval, 0 to 365 days."), className="mi t3 zn-k"
    )
    return _panel(html.Ul([html.Li(_line(each)) for each in ordered], className="prs"), key)


def _panel(*children: Component) -> html.Section:
    return panel(
        "Predictions",
        *children,
        meta="80% intervals",
        aside=html.A("Open predictions", href="/predictions"),
        predicted=True,
    )


def _soonest(forecast: CapacityForecastView) -> int:
    return forecast.full_p50_days or forecast.full_p10_days or _DAYS_IN_A_YEAR


def _line(forecast: CapacityForecastView) -> html.A:
    zone = ZONE_NAMES[forecast.temperature_class]
    parts: list[Component] = [html.Span(f"{zone} is full", className="pr-t el")]
    if forecast.outlook is None:
        parts.append(html.Span(forecast.shortage, className="pr-v num"))
    else:
        drawn = _drawn(forecast.outlook)
        if drawn is not None:
            parts.append(html.Span(drawn, className="pr-w"))
        parts.append(_figures(forecast.outlook))
        parts.append(html.Span(_score(forecast.outlook), className="pr-s num"))
    return html.A(
        parts, href=f"/predictions?zone={forecast.temperature_class.value}", className="pr"
    )


def _drawn(outlook: Outlook) -> Component | None:
    if outlook.full_p10_days is None or outlook.full_p50_days is None:
        return None
    end = _DAYS_IN_A_YEAR
    return whisker(
        outlook.full_p10_days,
        outlook.full_p50_days,
        outlook.full_p90_days or end,
        end=end,
        end_label=f"{end} d",
    )


def _figures(outlook: Outlook) -> html.Span:
    if outlook.full_p50_days is None:
        early = outlook.full_p10_days
        words = "no limit within 1 year" if early is None else f"not before {early} d"
        return html.Span(words, className="pr-v num")
    late = f"{fmt.count(outlook.full_p90_days)} d" if outlook.full_p90_days else "over 365 d"
    return html.Span(
        [
            html.B(f"{fmt.count(outlook.full_p50_days)} d"),
            html.Span(fmt.between(fmt.count(outlook.full_p10_days), late)),
        ],
        className="pr-v num",
    )


def _score(outlook: Outlook) -> str:
    score = outlook.score
    held = f"back-test: interval held {fmt.percent(score.coverage_80, 0)}"
    if score.mase is None or score.mase_naive is None:
        return held
    return f"{held}, MASE {fmt.decimal(score.mase, 2)} ({fmt.decimal(score.mase_naive, 2)} naive)"
