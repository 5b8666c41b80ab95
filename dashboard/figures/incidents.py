"""The temperature of a unit over an incident, with its limits and the window (DESIGN 2.1)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from backend.incidents.exposure import GAP, usual_interval
from backend.incidents.views import UnitCurve
from backend.telemetry.views import ReadingPoint
from dashboard import format as fmt
from dashboard.theme import token


def temperature_curve(curve: UnitCurve, zone: ZoneInfo) -> dict[str, Any]:
    """Return the figure; where readings lack the line is broken."""
    at, degrees = _broken(curve.points, zone)
    line = {
        "x": at,
        "y": degrees,
        "type": "scatter",
        # A reading that stands alone between two gaps has no line to be seen by.
        "mode": "lines+markers",
        "marker": {"color": token("text"), "size": 3},
        "name": curve.unit.label,
        "connectgaps": False,
        "line": {"color": token("text"), "width": 1.75},
        "hovertemplate": "%{y:.1f} °C<extra></extra>",
    }
    return {"data": [line], "layout": _layout(curve, zone)}


def _broken(
    points: Sequence[ReadingPoint], zone: ZoneInfo
) -> tuple[list[datetime], list[float | None]]:
    longest = usual_interval(points) * GAP
    at: list[datetime] = []
    degrees: list[float | None] = []
    for before, after in pairwise([*points[:1], *points]):
        if after.at - before.at > longest:
            at.append(_local(before.at, zone))
            degrees.append(None)
        at.append(_local(after.at, zone))
        degrees.append(after.temperature_c)
    return at, degrees


def _layout(curve: UnitCurve, zone: ZoneInfo) -> dict[str, Any]:
    unit = curve.unit
    limits = [each for each in (unit.alarm_high_c, unit.alarm_low_c) if each is not None]
    seen = [point.temperature_c for point in curve.points] + limits
    low, high = min(seen), max(seen)
    room = max(high - low, 1.0) * 0.08
    edges = [low - room, high + room]
    shapes: list[dict[str, Any]] = [
        *([_band(unit.alarm_high_c, edges[1])] if unit.alarm_high_c is not None else []),
        *([_band(edges[0], unit.alarm_low_c)] if unit.alarm_low_c is not None else []),
        *(_limit(limit) for limit in limits),
        *(_moment(_local(at, zone)) for at in (unit.began_at, unit.ended_at) if at is not None),
    ]
    return {
        "shapes": shapes,
        "annotations": [_value(limit) for limit in limits],
        "xaxis": {"type": "date"},
        "yaxis": {
            "range": edges,
            "rangemode": "normal",
            "title": {"text": "Temperature, °C"},
            "tickformat": "~g",
        },
        "margin": {"l": 52, "r": 56, "t": 8, "b": 28},
    }


def _band(low: float, high: float) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": low,
        "y1": high,
        "fillcolor": token("band-crit"),
        "line": {"width": 0},
        "layer": "below",
    }


def _limit(degrees: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": degrees,
        "y1": degrees,
        "line": {"color": token("crit"), "width": 1, "dash": "4px,3px"},
    }


def _moment(at: datetime) -> dict[str, Any]:
    return {
        "type": "line",
        "yref": "paper",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "line": {"color": token("text-2"), "width": 1},
    }


def _value(degrees: float) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 1,
        "y": degrees,
        "xanchor": "left",
        "showarrow": False,
        "text": f" {fmt.decimal(degrees, 0)} °C",
        "font": {"size": 11, "color": token("crit-text")},
    }


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """Return local time without its zone: the browser draws what it is given."""
    return at.astimezone(zone).replace(tzinfo=None)
