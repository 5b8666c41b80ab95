"""The Overview's regions as components: views in, a panel out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.samples.views import DayFlow, StageRow
from backend.sequencing.views import QueueSummary, RunBar
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.chart import data_table
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import SAMPLE_LOOKS, SEVERITY_LOOKS, look_of, status
from dashboard.components.tones import Tone
from dashboard.pages.incidents.words import address as incident_address
from dashboard.pages.overview.attention import SHOWN_AT_MOST, Attention, Urgency
from dashboard.pages.overview.drawings import FlowDay, RunBlock, flow_bars, run_lines
from dashboard.still import drawn_once

_LATE = timedelta(days=5)
_RUN_TONES = {"running": "running", "blocked": "blocked", "service": "service"}


def attention(items: Sequence[Attention], zone: ZoneInfo) -> html.Section:
    """Draw what needs a person; when nothing does, one quiet line."""
    critical = sum(item.urgency is Urgency.CRITICAL for item in items)
    if not items:
        quiet = html.P([icon("check-circle", Tone.OK), " Nothing needs you."], className="att-none")
        return panel("Needs attention", quiet, class_name="att-p")
    rows = [_attention_row(item, zone) for item in items[:SHOWN_AT_MOST]]
    more = len(items) - SHOWN_AT_MOST
    meta = f"{len(items)} open, {critical} critical" + (f", {more} not shown" if more > 0 else "")
    return panel(
        "Needs attention",
        html.Ul(rows),
        meta=meta,
        aside=html.A("All notifications", href="/notifications"),
        class_name="att-p",
    )


def _attention_row(item: Attention, zone: ZoneInfo) -> html.Li:
    critical = item.urgency is Urgency.CRITICAL
    look = SEVERITY_LOOKS["critical" if critical else "warning"]
    if item.urgency is Urgency.REVIEW:
        look = SEVERITY_LOOKS["info"]
    actions: list[Component] = []
    if item.incident:
        actions.append(button(item.incident, href=incident_address(item.incident), size="sm"))
    if item.acknowledge:
        actions.append(button("Acknowledge", href=item.acknowledge, size="sm"))
    actions.append(
        button(item.fix, href=item.href, size="sm", kind="primary" if critical else "outline")
    )
    since = fmt.clock_time(item.since, zone) if item.since else ""
    return html.Li(
        [
            icon(look.icon, look.tone),
            html.Span([html.B(item.title), html.Span(item.text)], className="att-w"),
            html.Span(since, className="att-t num"),
            html.Span(actions, className="att-a"),
        ],
        className=f"att {'att-crit' if critical else 'att-warn'}",
    )


def sample_flow(days: Sequence[DayFlow], stages: Sequence[StageRow]) -> html.Section:
    """Draw thirty days of registered and completed samples, and where samples wait."""
    legend = html.Span(
        [
            html.Span([html.I(className="swatch is-bar"), "Registered"], className="lg"),
            html.Span([html.I(className="swatch is-line"), "Completed"], className="lg"),
        ],
        className="row-x g12",
    )
    drawn = [FlowDay(f"{day.day.day} {day.day:%b}", day.registered, day.completed) for day in days]
    return panel(
        "Sample flow",
        _bars(drawn),
        html.Div(_days_table(drawn), className="vh"),
        _stage_table(stages),
        aside=legend,
    )


_bars = drawn_once(flow_bars)


@drawn_once
def _days_table(days: Sequence[FlowDay]) -> html.Table:
    return data_table(
        ("Day", "Registered", "Completed"),
        [(day.label, day.registered, day.completed) for day in days],
        caption="Samples registered and completed per day",
    )


def _stage_table(stages: Sequence[StageRow]) -> html.Table:
    head = html.Tr(
        [
            html.Th("Stage", scope="col"),
            *[html.Th(t, scope="col", className="n") for t in ("Now", "Median wait", "Oldest")],
        ]
    )
    return html.Table(
        [html.Thead(head), html.Tbody([_stage_row(stage) for stage in stages])],
        className="tbl flush plain stages",
    )


def _stage_row(stage: StageRow) -> Component:
    late = stage.oldest_s is not None and timedelta(seconds=stage.oldest_s) > _LATE
    waits = (_seconds(stage.median_wait_s), _seconds(stage.oldest_s))
    return _stage_line(stage.status, fmt.count(stage.now), *waits, late=late)


@drawn_once
def _stage_line(stage: str, number: str, median: str, oldest: str, *, late: bool) -> html.Tr:
    look = look_of(SAMPLE_LOOKS, stage)
    warned: Any = [icon("exclamation-triangle-fill", Tone.WARN), " ", oldest] if late else oldest
    return html.Tr(
        [
            html.Td(html.A(status(look), href=f"/samples?f=status:{stage}")),
            html.Td(number, className="n"),
            html.Td(median, className="n t2"),
            html.Td(warned, className="n md" if late else "n t2"),
        ]
    )


def sequencing(
    queue: QueueSummary, runs: Sequence[RunBar], now: datetime, zone: ZoneInfo
) -> html.Section:
    """Draw the runs of the next two days and the queue's three figures."""
    by_instrument: dict[str, list[RunBlock]] = {}
    for run in runs:
        tone = _RUN_TONES.get(run.state, "planned")
        block = RunBlock(run.label, run.start, run.end, tone)
        by_instrument.setdefault(run.instrument, []).append(block)
    drawn: Component = (
        run_lines(list(by_instrument.items()), now, zone)
        if by_instrument
        else html.P("No run is planned in the next 48 hours.", className="t2")
    )
    q30 = f"{fmt.decimal(queue.last_run_q30, 1)}%" if queue.last_run_q30 is not None else "none yet"
    return panel(
        "Sequencing",
        drawn,
        three_figures(
            ("Waiting", fmt.plural(queue.libraries_waiting, "library", "libraries")),
            ("Pooled, ready", fmt.plural(queue.pools_ready, "pool", "pools")),
            ("Last run Q30", q30),
        ),
        meta="next 48 h",
        aside=html.A("Open plan", href="/sequencing"),
    )


def three_figures(*figures: tuple[str, Any]) -> html.Dl:
    """Draw the quiet row of figures at a panel's foot."""
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in figures], className="st3"
    )


def refused(title: str, why: str) -> html.Section:
    """Draw a region that the person's role does not open, or that failed; the rest stays."""
    return panel(title, html.P(why, className="t2"))


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else fmt.age(timedelta(seconds=seconds))
