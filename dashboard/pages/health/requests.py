"""What people and programs ask of the web server: how much, how many failed, how fast."""

import math
from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.gateway import request_rules
from backend.gateway.views import Rate, Traffic, TrafficPoint
from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node
from dashboard.components.panel import panel
from dashboard.pages.health import words

WIDTH, HEIGHT = 336.0, 62.0
_LEFT, _TOP, _BASE = 30.0, 6.0, 44.0
_LINES = (0.0, 0.5, 1.0)


def requests(traffic: Traffic, zone: ZoneInfo) -> html.Section:
    """Draw the figures of the last minutes, the hours before, and each kind of request."""
    if not traffic.is_measured:
        return panel(
            "Requests",
            html.P(
                "Nothing measured yet. Web processes report what they have answered every "
                "10 seconds; the first whole minute is shown.",
                className="t2 sm",
            ),
            class_name="bt hp",
        )
    whole = traffic.whole
    figures = (
        ("A minute", words.per_minute(whole)),
        ("Errors", words.percent_of_checks(whole.error_share)),
        ("p95", words.milliseconds(whole.p95_ms)),
    )
    return panel(
        "Requests",
        html.Dl(
            [html.Div([html.Dt(name), html.Dd(value)]) for name, value in figures], className="ev"
        ),
        html.Div(_chart(traffic.points, zone), className="rq-c"),
        _heads(),
        *[_kind(rate) for rate in traffic.kinds],
        meta=_span(traffic.minutes),
        class_name="bt hp",
    )


def _span(minutes: int) -> str:
    window = int(request_rules.WINDOW.total_seconds()) // 60
    if not minutes:
        return f"nothing counted in the last {window} min"
    return f"last {window} min" if minutes == window else f"{minutes} of the last {window} min"


def _heads() -> html.Div:
    names = ("A minute", "Errors", "p50", "p95")
    return html.Div(
        [html.Span("Kind"), *[html.Span(name, className="n") for name in names]], className="rq h"
    )


def _kind(rate: Rate) -> html.Div:
    assert rate.kind is not None  # noqa: S101 the rows are of kinds
    cells = (
        words.per_minute(rate),
        words.percent_of_checks(rate.error_share),
        words.milliseconds(rate.p50_ms),
        words.milliseconds(rate.p95_ms),
    )
    return html.Div(
        [
            html.Span(words.KIND_NAMES[rate.kind], className="el"),
            *[html.Span(cell, className="n t2") for cell in cells],
        ],
        className="rq",
    )


def _chart(points: Sequence[TrafficPoint], zone: ZoneInfo) -> Component:
    """Draw requests a minute over the hours; where nobody counted the line is broken."""
    measured = [point.per_minute for point in points if point.per_minute is not None]
    top = _nice_top(max(measured, default=0.0))
    step = (WIDTH - _LEFT) / max(len(points) - 1, 1)
    parts = [*_axis(top), *_line(points, top, step), *_marks(points, top, step)]
    hours = int(request_rules.CHART.total_seconds()) // 3600
    parts += [
        node("text", text=fmt.clock_time(points[0].start, zone), x=_LEFT, y=HEIGHT - 2),
        node("text", text="requests a minute", x=(WIDTH + _LEFT) / 2, y=HEIGHT - 2, class_="m"),
        node("text", text="now", x=WIDTH, y=HEIGHT - 2, class_="e"),
    ]
    counted = f"{len(measured)} of {len(points)} stretches counted"
    highest = fmt.decimal(max(measured, default=0.0), 1)
    return drawing(
        WIDTH,
        HEIGHT,
        parts,
        label=f"Requests a minute, last {hours} h: at most {highest}, {counted}",
        fluid=True,
    )


def _nice_top(highest: float) -> float:
    """Return the axis' end: 2, 4 or 10 times a power of ten, at least 2."""
    scale = float(10 ** math.floor(math.log10(max(highest, 1.0))))
    return next(scale * times for times in (2.0, 4.0, 10.0) if scale * times >= highest)


def _axis(top: float) -> list[Node]:
    parts = []
    for share in _LINES:
        y = f"{_y(share * top, top):.1f}"
        parts.append(node("line", x1=_LEFT, y1=y, x2=WIDTH, y2=y, class_="gl"))
        label_y = f"{_y(share * top, top) + 4:.1f}"
        parts.append(
            node("text", text=fmt.decimal(share * top), x=_LEFT - 6, y=label_y, class_="e")
        )
    return parts


def _line(points: Sequence[TrafficPoint], top: float, step: float) -> list[Node]:
    placed = [
        None if point.per_minute is None else (_LEFT + index * step, _y(point.per_minute, top))
        for index, point in enumerate(points)
    ]
    parts = []
    for has_line, run in groupby(placed, key=lambda at: at is not None):
        run_of = [at for at in run if at is not None]
        if has_line and len(run_of) > 1:
            path = "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in run_of)
            parts.append(node("path", d=path, class_="ln thin ln-1"))
        elif has_line:
            (x, y) = run_of[0]
            parts.append(node("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=1.5, class_="f-1"))
    return parts


def _marks(points: Sequence[TrafficPoint], top: float, step: float) -> list[Node]:
    """Mark where requests failed, so that an hour with errors is seen without its figure."""
    return [
        node(
            "circle",
            node("title", text=f"{fmt.plural(point.errors, 'request', 'requests')} failed"),
            cx=f"{_LEFT + index * step:.1f}",
            cy=f"{_y(point.per_minute, top):.1f}",
            r=2.5,
            class_="f-crit",
        )
        for index, point in enumerate(points)
        if point.errors and point.per_minute is not None
    ]


def _y(value: float, top: float) -> float:
    return _BASE - value / top * (_BASE - _TOP)
