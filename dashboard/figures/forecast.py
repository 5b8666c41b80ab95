"""A zone's capacity: measured levels in ink, possible futures as a violet fan (DESIGN 7)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from backend.predictions.views import CapacityForecastView, Outlook
from backend.storage.views import DayOccupancy
from dashboard import format as fmt
from dashboard.theme import token

PLAN_SPACE, STOP_INTAKE = 0.80, 0.95
MEASURED_DAYS = 150
_SHORTEST_FAN_DAYS = 90
_AFTER_LATEST = 1.15
"""The fan goes on a little past the late end of the interval."""
_BANDS = ((0.025, 0.975, "fan-2"), (0.1, 0.9, "fan-1"), (0.25, 0.75, "fan-0"))


def capacity_fan(
    forecast: CapacityForecastView, measured: Sequence[DayOccupancy]
) -> dict[str, Any]:
    """Return the figure of one zone; ``measured`` holds its days, oldest first.

    Without an outlook only the measured line and the limits are drawn.
    """
    shown = measured[-MEASURED_DAYS:]
    traces: list[dict[str, Any]] = []
    if forecast.outlook is not None:
        traces += _fan(forecast, forecast.outlook)
        traces += _whisker(forecast, forecast.outlook)
    traces += _measured(shown, forecast)
    return {"data": traces, "layout": _layout(forecast, shown)}


def fan_days(forecast: CapacityForecastView) -> int:
    """Return how many days of the future are drawn."""
    if forecast.outlook is None:
        return 14
    latest = forecast.outlook.full_p90_days or forecast.outlook.full_p50_days or 0
    return min(max(_SHORTEST_FAN_DAYS, round(latest * _AFTER_LATEST)), forecast.horizon_days)


def _fan(forecast: CapacityForecastView, outlook: Outlook) -> list[dict[str, Any]]:
    kept = [index for index, day in enumerate(outlook.days) if day <= fan_days(forecast)]
    days = [forecast.last_day, *(_after(forecast, outlook.days[index]) for index in kept)]

    def line(share: float) -> list[int]:
        return [forecast.used, *(outlook.levels[share][index] for index in kept)]

    traces: list[dict[str, Any]] = []
    for low, high, role in _BANDS:
        edge: dict[str, Any] = {
            "x": days,
            "type": "scatter",
            "mode": "lines",
            "line": {"width": 0},
            "hoverinfo": "skip",
        }
        traces.append({**edge, "y": line(low)})
        traces.append({**edge, "y": line(high), "fill": "tonexty", "fillcolor": token(role)})
    traces.append(
        {
            "x": days,
            "y": line(0.5),
            "type": "scatter",
            "mode": "lines",
            "name": "Forecast",
            "line": {"color": token("pred"), "width": 1.75, "dash": "5px,3px"},
            "customdata": list(zip(line(0.1), line(0.9), strict=True)),
            "hovertemplate": "%{y:,.0f} positions, 80% %{customdata[0]:,.0f} to "
            "%{customdata[1]:,.0f}<extra></extra>",
        }
    )
    return traces


def _whisker(forecast: CapacityForecastView, outlook: Outlook) -> list[dict[str, Any]]:
    """Time to full on the capacity line: bar of the 80 % interval, dot at the median."""
    early, median, late = outlook.full_p10_days, outlook.full_p50_days, outlook.full_p90_days
    if early is None or median is None:
        return []
    end = min(late if late is not None else fan_days(forecast), fan_days(forecast))
    ends = [_after(forecast, early), _after(forecast, end)]
    return [
        {
            "x": ends,
            "y": [forecast.capacity] * 2,
            "type": "scatter",
            "mode": "lines",
            "line": {"color": token("pred"), "width": 5},
            "opacity": 0.55,
            "hoverinfo": "skip",
        },
        {
            "x": [_after(forecast, median)],
            "y": [forecast.capacity],
            "type": "scatter",
            "mode": "markers",
            "marker": {
                "color": token("pred"),
                "size": 10,
                "line": {"color": token("surface"), "width": 2},
            },
            "hoverinfo": "skip",
        },
    ]


def _measured(
    shown: Sequence[DayOccupancy], forecast: CapacityForecastView
) -> list[dict[str, Any]]:
    return [
        {
            "x": [each.day for each in shown],
            "y": [each.used for each in shown],
            "type": "scatter",
            "mode": "lines",
            "name": "Measured",
            "line": {"color": token("text"), "width": 1.75},
            "customdata": [100 * each.used_fraction for each in shown],
            "hovertemplate": "%{y:,.0f} positions, %{customdata:.1f}%<extra></extra>",
        },
        {
            "x": [forecast.last_day],
            "y": [forecast.used],
            "type": "scatter",
            "mode": "markers",
            "marker": {
                "color": token("text"),
                "size": 9,
                "line": {"color": token("surface"), "width": 2},
            },
            "hoverinfo": "skip",
        },
    ]


def _layout(forecast: CapacityForecastView, shown: Sequence[DayOccupancy]) -> dict[str, Any]:
    end = _after(forecast, fan_days(forecast))
    start = shown[0].day if shown else forecast.last_day
    return {
        "margin": {"l": 52, "r": 78, "t": 8, "b": 28},
        "xaxis": {"type": "date", "range": [start, end], "showgrid": False},
        "yaxis": {"range": _level_range(forecast, shown), "rangemode": "normal"},
        "shapes": [
            _band(forecast, STOP_INTAKE, 1.0, "band-crit"),
            _band(forecast, PLAN_SPACE, STOP_INTAKE, "band-warn"),
            _level_line(forecast.capacity, "axis", dash="solid"),
            _level_line(STOP_INTAKE * forecast.capacity, "crit", dash="4px,3px"),
            _level_line(PLAN_SPACE * forecast.capacity, "warn", dash="4px,3px"),
            _now_line(forecast.last_day),
        ],
        "annotations": [
            _at_edge(forecast.capacity, f"Capacity<br>{fmt.count(forecast.capacity)}", "text"),
            _at_edge(STOP_INTAKE * forecast.capacity, "95% stop", "crit-text"),
            _at_edge(PLAN_SPACE * forecast.capacity, "80% plan", "warn-text"),
            _today(forecast),
            *_full_label(forecast),
        ],
    }


def _level_range(forecast: CapacityForecastView, shown: Sequence[DayOccupancy]) -> list[float]:
    """Cut the axis below what was measured and the plan line, as fans may (DESIGN 7)."""
    lowest = min([each.used for each in shown] + [forecast.used, PLAN_SPACE * forecast.capacity])
    highest = max(forecast.capacity, forecast.used)
    room = 0.15 * max(highest - lowest, 1)
    return [max(0.0, lowest - room), highest + room]


def _band(forecast: CapacityForecastView, low: float, high: float, role: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": low * forecast.capacity,
        "y1": high * forecast.capacity,
        "fillcolor": token(role),
        "opacity": 0.6,
        "line": {"width": 0},
        "layer": "below",
    }


def _level_line(level: float, role: str, *, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": level,
        "y1": level,
        "line": {"color": token(role), "width": 1, "dash": dash},
        "layer": "below",
    }


def _now_line(day: date) -> dict[str, Any]:
    return {
        "type": "line",
        "yref": "paper",
        "x0": day,
        "x1": day,
        "y0": 0,
        "y1": 1,
        "line": {"color": token("text-2"), "width": 1},
    }


def _at_edge(level: float, words: str, role: str) -> dict[str, Any]:
    return {
        "text": words,
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 8,
        "y": level,
        "showarrow": False,
        "align": "left",
        "font": {"size": 11, "color": token(role)},
    }


def _today(forecast: CapacityForecastView) -> dict[str, Any]:
    share = forecast.used / forecast.capacity if forecast.capacity else 0.0
    return {
        "text": f"{fmt.count(forecast.used)}, {fmt.percent(share)}",
        "x": forecast.last_day,
        "y": forecast.used,
        "xanchor": "right",
        "yanchor": "bottom",
        "xshift": -6,
        "yshift": 4,
        "showarrow": False,
        "font": {"size": 11, "color": token("text")},
    }


def _full_label(forecast: CapacityForecastView) -> list[dict[str, Any]]:
    outlook = forecast.outlook
    if outlook is None or outlook.full_p50_days is None or outlook.full_p10_days is None:
        return []
    late = outlook.full_p90_days
    until = fmt.calendar_day(_after(forecast, late)) if late is not None else "over a year"
    words = (
        f"<b>Full {fmt.calendar_day(_after(forecast, outlook.full_p50_days))}</b><br>"
        f"{fmt.calendar_day(_after(forecast, outlook.full_p10_days))} to {until}"
    )
    return [
        {
            "text": words,
            "x": _after(forecast, outlook.full_p10_days),
            "y": forecast.capacity,
            "xanchor": "right",
            "yanchor": "bottom",
            "xshift": -6,
            "yshift": 6,
            "showarrow": False,
            "align": "right",
            "font": {"size": 11, "color": token("pred-text")},
        }
    ]


def _after(forecast: CapacityForecastView, days: int) -> date:
    return forecast.last_day + timedelta(days=days)
