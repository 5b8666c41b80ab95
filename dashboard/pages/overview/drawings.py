"""The Overview's small drawings: sample flow, interval whisker, run bars. Views in, SVG out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dash import html

from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

FLOW_WIDTH, FLOW_HEIGHT = 362.0, 98.0
_LEFT, _TOP, _BASE = 30.0, 8.0, 82.0
WHISKER_WIDTH, WHISKER_HEIGHT = 132.0, 29.0
RUNS_WIDTH, RUNS_TOP, RUN_ROW = 362.0, 18.0, 31.0
_RUN_LEFT = 84.0
RUN_WINDOW = timedelta(hours=48)
_HOURS_BEFORE_NOW = 10
_DAY_NAME_WIDTH = 40


@dataclass(frozen=True, slots=True)
class FlowDay:
    """One day's bar and point."""

    label: str
    registered: int
    completed: int


def flow_bars(days: Sequence[FlowDay]) -> html.Div:
    """Draw registered samples as bars and completed ones as a line; the last bar is today's."""
    top = _nice_top(max((max(d.registered, d.completed) for d in days), default=0))
    parts = _axis(top)
    width = (FLOW_WIDTH - _LEFT) / max(len(days), 1)
    points: list[str] = []
    for index, day in enumerate(days):
        x = _LEFT + index * width
        y = _height(day.registered, top)
        shade = "f-acc" if index == len(days) - 1 else "f-q3"
        parts.append(
            node(
                "rect",
                node("title", text=f"{day.label}: {fmt.count(day.registered)} registered"),
                x=f"{x + 1:.1f}",
                y=f"{y:.1f}",
                width=f"{max(width - 2.5, 1):.1f}",
                height=f"{_BASE - y:.1f}",
                class_=shade,
            )
        )
        points.append(f"{x + width / 2:.1f},{_height(day.completed, top):.1f}")
    if points:
        parts.append(node("path", d="M" + " ".join(points), class_="ln ln-2"))
    parts.extend(_day_names(days, width))
    return drawing(
        FLOW_WIDTH,
        FLOW_HEIGHT,
        parts,
        label=f"Samples registered and completed per day, last {len(days)} days",
        fluid=True,
    )


def whisker(low: float, middle: float, high: float, *, end: float, end_label: str) -> html.Div:
    """Draw an 80 % interval and its median on a scale from 0 to ``end``, all in one unit."""

    def at(value: float) -> float:
        return 4 + min(max(value / end, 0.0), 1.0) * (WHISKER_WIDTH - 8)

    return drawing(
        WHISKER_WIDTH,
        WHISKER_HEIGHT,
        [
            node("line", x1=4, y1=8, x2=f"{WHISKER_WIDTH - 4:g}", y2=8, class_="gl"),
            node(
                "rect",
                x=f"{at(low):.1f}",
                y=5,
                width=f"{max(at(high) - at(low), 2):.1f}",
                height=6,
                rx=3,
                class_="f-fan1",
            ),
            node("circle", cx=f"{at(middle):.1f}", cy=8, r=3.5, class_="f-pred"),
            node("text", text="0", x=4, y=26),
            node("text", text=end_label, x=f"{WHISKER_WIDTH - 4:g}", y=26, class_="e"),
        ],
        label="",
    )


@dataclass(frozen=True, slots=True)
class RunBlock:
    """A run on an instrument's line."""

    code: str
    start: datetime
    end: datetime
    tone: str
    """``running``, ``planned`` or ``blocked``."""


def run_lines(
    lines: Sequence[tuple[str, Sequence[RunBlock]]], now: datetime, zone: ZoneInfo
) -> html.Div:
    """Draw one line an instrument with its runs, from some hours ago to two days on."""
    start = now - timedelta(hours=_HOURS_BEFORE_NOW)
    height = RUNS_TOP + RUN_ROW * len(lines) + 2
    parts = _day_lines(start, zone, height)
    for index, (instrument, runs) in enumerate(lines):
        y = RUNS_TOP + index * RUN_ROW
        parts.append(node("text", text=instrument, x=0, y=f"{y + 19:g}", class_="tx2"))
        parts.append(node("line", x1=0, y1=y + RUN_ROW, x2=RUNS_WIDTH, y2=y + RUN_ROW, class_="gl"))
        for run in runs:
            parts.extend(_run(run, start, y))
    x = _time_x(now, start)
    parts.append(node("line", x1=x, y1=12, x2=x, y2=height, class_="now"))
    parts.append(node("circle", cx=x, cy=14, r=2.5, class_="f-ink2"))
    return drawing(
        RUNS_WIDTH, height, parts, label="Sequencing runs for the next 48 hours", fluid=True
    )


def _run(run: RunBlock, window_start: datetime, y: float) -> list[Node]:
    left = max(_time_x(run.start, window_start), _RUN_LEFT)
    right = min(_time_x(run.end, window_start), RUNS_WIDTH)
    if right <= left:
        return []
    parts = [
        node(
            "rect",
            node("title", text=f"{run.code}, {run.tone}"),
            x=f"{left:.1f}",
            y=f"{y + 5:g}",
            width=f"{right - left:.1f}",
            height=20,
            rx=3,
            class_=f"run-{run.tone}",
        )
    ]
    words = f"{run.code} blocked" if run.tone == "blocked" else run.code
    if right - left > 7.0 * len(words):
        parts.append(
            node(
                "text",
                text=words,
                x=f"{left + 6:.1f}",
                y=f"{y + 19:g}",
                class_=f"md run-{run.tone}-t",
            )
        )
    return parts


def _day_lines(start: datetime, zone: ZoneInfo, height: float) -> list[Node]:
    local = start.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    parts: list[Node] = []
    for half_day in range(6):
        instant = midnight + timedelta(hours=12 * half_day)
        if not start <= instant <= start + RUN_WINDOW:
            continue
        x = f"{_time_x(instant, start):.1f}"
        is_midnight = half_day % 2 == 0
        parts.append(node("line", x1=x, y1=0 if is_midnight else 18, x2=x, y2=height, class_="gl"))
        if is_midnight and float(x) < RUNS_WIDTH - _DAY_NAME_WIDTH:
            parts.append(
                node("text", text=f"{instant:%a} {instant.day}", x=f"{float(x) + 4:.1f}", y=11)
            )
    return parts


def _time_x(instant: datetime, window_start: datetime) -> float:
    share = (instant - window_start) / RUN_WINDOW
    return _RUN_LEFT + share * (RUNS_WIDTH - _RUN_LEFT)


def _axis(top: int) -> list[Node]:
    parts: list[Node] = []
    for share in (0.0, 0.5, 1.0):
        y = _BASE - share * (_BASE - _TOP)
        style = "gl" if share else "axl"
        parts.append(node("line", x1=_LEFT, y1=y, x2=FLOW_WIDTH, y2=y, class_=style))
        label = fmt.count(round(top * share))
        parts.append(node("text", text=label, x=_LEFT - 6, y=y + 4, class_="e"))
    return parts


def _day_names(days: Sequence[FlowDay], width: float) -> list[Node]:
    bottom = FLOW_HEIGHT - 2
    names = [
        node("text", text=days[index].label, x=f"{_LEFT + index * width:.1f}", y=bottom)
        for index in range(0, max(len(days) - 5, 0), 10)
    ]
    if days:
        names.append(node("text", text="today", x=FLOW_WIDTH, y=bottom, class_="e"))
    return names


def _height(value: int, top: int) -> float:
    return _BASE - min(value / top, 1.0) * (_BASE - _TOP)


def _nice_top(highest: int) -> int:
    """Return the first of 2, 4, 6, 8, 10, 20, 40, 60, … that holds ``highest``."""
    scale = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if highest <= step * scale:
                return step * scale
        scale *= 10
