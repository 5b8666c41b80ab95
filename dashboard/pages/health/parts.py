"""The headline and the table of the program's parts."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.gateway.ids import Health
from backend.gateway.queries import Range
from backend.gateway.views import ComponentState, Traffic
from dashboard import format as fmt
from dashboard.components.attributes import aria, optional
from dashboard.components.history_bars import Bucket as Bar
from dashboard.components.history_bars import history_bars
from dashboard.components.icon import icon
from dashboard.components.sparkline import sparkline
from dashboard.components.status import SERVICE_LOOKS, look_of, status
from dashboard.pages.health import words

BARS_WIDTH, BARS_HEIGHT = 239.0, 20.0
_ROW_CLASSES = {Health.DOWN: "is-down", Health.DEGRADED: "is-deg", Health.UNKNOWN: "is-unknown"}
_COLUMNS = 6
_LEAST_OF_A_TREND = 4
"""A line between two or three bars would look like one."""


def head(
    parts: Sequence[ComponentState],
    traffic: Traffic,
    span: Range,
    now: datetime,
    zone: ZoneInfo,
    *,
    alarms: int,
) -> list[Component]:
    """Draw the state of the whole, five figures, and the choice of range.

    ``alarms`` are those of sensors that nobody has acknowledged.
    """
    line = words.headline(parts, now, alarms=alarms)
    return [
        icon(line.look.icon, line.look.tone),
        html.Div(
            [
                html.P(line.title, className="big"),
                html.P(line.text, className="sm t3 el", title=line.text),
            ],
            className="hs-w",
            **aria(live="polite"),
        ),
        html.Div(
            [_figure(value, name) for value, name in _figures(parts, traffic, zone)],
            className="nums",
        ),
        html.Span(className="sp"),
        _ranges(span),
    ]


def table(
    parts: Sequence[ComponentState], span: Range, now: datetime, zone: ZoneInfo
) -> list[Component]:
    """Draw a row for each part, the worst first, and how to read the bars."""
    rows: list[Component] = []
    for part in parts:
        rows += _rows(part, span, now, zone)
    body = html.Table(
        [
            html.Caption("Parts of the program, the worst first", className="vh"),
            html.Colgroup(
                [html.Col(className=f"sv-{number}") for number in range(1, _COLUMNS + 1)]
            ),
            html.Thead(_heads(span)),
            html.Tbody(rows),
        ],
        className="tbl sv",
    )
    return [body, _legend()] if parts else []


def _figures(
    parts: Sequence[ComponentState], traffic: Traffic, zone: ZoneInfo
) -> list[tuple[str, str]]:
    in_use = [part for part in parts if part.status is not Health.OFF]
    well = sum(part.status is Health.OPERATIONAL for part in in_use)
    probed = max((part.checked_at for part in parts), default=None)
    return [
        (f"{well} of {len(in_use)}", "well"),
        (words.per_minute(traffic.whole), "requests a minute"),
        (words.percent_of_checks(traffic.whole.error_share), "errors"),
        (words.milliseconds(traffic.whole.p95_ms), "p95, all"),
        (f"{probed.astimezone(zone):%H:%M:%S}" if probed else "–", "last probe"),
    ]


def _figure(value: str, name: str) -> html.Div:
    return html.Div([html.B(value), html.Span(name)])


def _ranges(span: Range) -> html.Div:
    links = [
        html.A(
            name,
            href=f"/health?range={each.value}",
            className="on" if each is span else "",
            **aria(current="true" if each is span else None),
        )
        for each, name in words.RANGE_NAMES.items()
    ]
    return html.Div(links, className="seg", role="group", **aria(label="Range of the history"))


def _heads(span: Range) -> html.Tr:
    bars = html.Span(
        [
            html.Span(f"Last {words.RANGE_NAMES[span]}"),
            html.Span(f"{words.GRAIN_NAMES[span]} per bar", className="t3"),
        ],
        className="sv-h",
    )
    plain, figures = ("Part", bars), ("Up, 30 days", "p95 latency", "Failed checks", "Since")
    return html.Tr(
        [
            *[html.Th(title, scope="col") for title in plain],
            *[html.Th(title, scope="col", className="n") for title in figures],
        ]
    )


def _rows(part: ComponentState, span: Range, now: datetime, zone: ZoneInfo) -> list[Component]:
    look = look_of(SERVICE_LOOKS, part.status.value)
    tinted = _ROW_CLASSES.get(part.status, "")
    noted = bool(tinted and part.detail)
    row = html.Tr(
        [
            html.Th(
                [
                    status(look, word=part.label),
                    html.Span(f" {look.word}", className="vh"),
                ],
                scope="row",
                className="nm",
            ),
            html.Td(_bars(part, span, zone)),
            _availability(part),
            html.Td(_latency(part), className="n"),
            html.Td(words.percent_of_checks(words.failed_share(part.history)), className="n t2"),
            html.Td(_since(part, now), className="n t2", title=fmt.tooltip_time(part.since)),
        ],
        className=f"{tinted} {'has' if noted else ''}".strip(),
        **optional(title=part.detail or None),
    )
    if not noted:
        return [row]
    note = html.Tr(html.Td(part.detail, colSpan=_COLUMNS), className=f"note {tinted}")
    return [row, note]


def _availability(part: ComponentState) -> html.Td:
    rests_on = words.rests_on(part.measured_30d)
    note = [html.Span(rests_on, className="t3 up")] if rests_on else []
    return html.Td(
        [html.Span(words.percent_of_checks(part.uptime_30d)), *note],
        className="n t2",
        title=words.availability_title(part),
    )


def _since(part: ComponentState, now: datetime) -> str:
    return "" if part.status is Health.OFF else fmt.age(now - part.since)


def _latency(part: ComponentState) -> html.Span:
    p95 = None if part.latency_p95_ms is None else part.latency_p95_ms / 1000
    trend = sparkline(part.trend_ms) if len(part.trend_ms) >= _LEAST_OF_A_TREND else None
    return html.Span([trend, html.Span(fmt.latency(p95), className="num md")], className="sp2")


def _bars(part: ComponentState, span: Range, zone: ZoneInfo) -> html.Div:
    bars = [
        Bar(
            words.bucket_title(bucket, span, zone),
            (bucket.failed or bucket.degraded) / bucket.total if bucket.total else None,
            degraded=bool(bucket.degraded) and not bucket.failed,
        )
        for bucket in part.history
    ]
    return history_bars(
        bars, label=words.history_label(part, span), height=BARS_HEIGHT, width=BARS_WIDTH
    )


def _legend() -> html.P:
    entries = (
        ("is-ok", "healthy"),
        ("is-warn", "degraded, height shows share of failed checks"),
        ("is-crit", "down"),
        ("is-none", "no data"),
    )
    return html.P(
        [
            html.Span([html.I(className=f"swatch {look}"), name], className="lg mi")
            for look, name in entries
        ],
        className="sv-k mi t3",
    )
