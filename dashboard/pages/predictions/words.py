"""What a capacity forecast says in sentences. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from backend.predictions.planning.passage import DOTS
from backend.predictions.views import CapacityForecastView
from dashboard import format as fmt
from dashboard.zone_names import ZONE_NAMES

EARLY_DOTS = 5
"""The chance that is said in words: so many of the twenty dots are early."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The sentence on top and the one that qualifies it."""

    title: str
    detail: str


def headline(forecast: CapacityForecastView) -> Headline:
    """Say what is likely, in words that do not claim more than the futures do."""
    zone = ZONE_NAMES[forecast.temperature_class]
    if forecast.outlook is None:
        return Headline(
            forecast.shortage,
            f"A forecast of {zone} needs {forecast.needed_days} days of occupancy. "
            "It is made by itself as soon as they are there.",
        )
    if forecast.used >= forecast.capacity:
        return Headline(f"{zone} is full", "No position is free.")
    early, median = forecast.full_p10_days, forecast.full_p50_days
    if early is None:
        return Headline(
            f"{zone}: no limit within 1 year",
            "Fewer than 1 in 10 of the futures fill it by then.",
        )
    if median is None:
        return Headline(
            f"{zone} may be full within a year",
            f"{_dots_in_words(forecast)} chance; the early end of the 80% interval is "
            f"{_day(forecast, early)}.",
        )
    late = forecast.full_p90_days
    interval = fmt.between(str(early), f"{late} days" if late is not None else "over 365 days")
    return Headline(
        f"{zone} is likely full on {_day(forecast, median)}",
        f"In {fmt.plural(median, 'day', 'days')}, 80% interval {interval}. {_early(forecast)}",
    )


def score_lines(forecast: CapacityForecastView) -> list[tuple[str, str]]:
    """Return the back-test in words: label and value."""
    if forecast.outlook is None:
        return []
    score = forecast.outlook.score
    lines = [("80% interval held", fmt.percent(score.coverage_80, 0))]
    if score.mase is not None and score.mase_naive is not None:
        lines.append(("MASE", fmt.decimal(score.mase, 2)))
        lines.append(("MASE, “stays as it is”", fmt.decimal(score.mase_naive, 2)))
    origins = fmt.plural(score.n_origins, "origin", "origins")
    lines.append(("Tested", f"{origins}, {score.horizon_days} days ahead"))
    return lines


def chart_summary(forecast: CapacityForecastView) -> str:
    """Return the sentence that stands for the chart."""
    said = headline(forecast)
    return (
        f"{ZONE_NAMES[forecast.temperature_class]}: {fmt.count(forecast.used)} of "
        f"{fmt.count(forecast.capacity)} positions used. {said.title}. {said.detail}"
    )


def dot_days(forecast: CapacityForecastView) -> list[date | None]:
    """Return the twenty equally likely dates, earliest first."""
    if forecast.outlook is None:
        return []
    return [
        None if days is None else forecast.last_day + timedelta(days=days)
        for days in forecast.outlook.dots
    ]


def _early(forecast: CapacityForecastView) -> str:
    days = forecast.outlook.dots[EARLY_DOTS - 1] if forecast.outlook else None
    if days is None:
        return ""
    return f"{EARLY_DOTS} in {DOTS} chance it is full by {_day(forecast, days)}."


def _dots_in_words(forecast: CapacityForecastView) -> str:
    dots = forecast.outlook.dots if forecast.outlook else []
    return f"{sum(days is not None for days in dots)} in {DOTS}"


def _day(forecast: CapacityForecastView, days: int) -> str:
    return fmt.calendar_day(forecast.last_day + timedelta(days=days))
