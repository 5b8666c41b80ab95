"""Two days of runs by instrument, drawn on the server (DESIGN 7)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dash import html

from backend.sequencing.views import RunBar
from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

WINDOW = timedelta(hours=48)
BEFORE_NOW = timedelta(hours=8)
WIDTH = 1130.0
_LEFT, _TOP, _ROW = 120.0, 20.0, 31.0
_LETTER = 6.6


def run_calendar(
    instruments: Sequence[str], bars: Sequence[RunBar], *, now: datetime, zone: ZoneInfo
) -> html.Div:
    """Draw one line an instrument; ``bars`` touch the window from BEFORE_NOW before ``now``."""
    start = now - BEFORE_NOW
    height = _TOP + _ROW * len(instruments) + 2
    parts = _hours(start, zone, height)
    for index, name in enumerate(instruments):
        y = _TOP + index * _ROW
        parts.append(node("text", text=name, x=0, y=f"{y + 19:g}", class_="tx2"))
        parts.append(node("line", x1=0, y1=y + _ROW, x2=WIDTH, y2=y + _ROW, class_="gl"))
        for bar in (each for each in bars if each.instrument == name):
            parts.extend(_run(bar, start, y))
    x = f"{_x(now, start):.1f}"
    parts.append(node("line", x1=x, y1=12, x2=x, y2=height, class_="now"))
    parts.append(node("circle", cx=x, cy=14, r=2.5, class_="f-ink2"))
    return drawing(WIDTH, height, parts, label=in_words(bars, zone))


def in_words(bars: Sequence[RunBar], zone: ZoneInfo) -> str:
    """Return what the drawing shows, for those who do not see it."""
    if not bars:
        return "No run in these two days."
    return "Runs: " + "; ".join(
        f"{bar.run_code} on {bar.instrument}, {bar.state}, {fmt.moment(bar.start, zone)} to "
        f"{fmt.moment(bar.end, zone)}"
        for bar in bars
    )


def _run(bar: RunBar, start: datetime, y: float) -> list[Node]:
    left, right = max(_x(bar.start, start), _LEFT), min(_x(bar.end, start), WIDTH)
    if right <= left:
        return []
    words = f"{bar.run_code} {bar.state}"
    parts = [
        node(
            "rect",
            node("title", text=words),
            x=f"{left:.1f}",
            y=f"{y + 5:g}",
            width=f"{right - left:.1f}",
            height=20,
            rx=3,
            class_=f"run-{bar.state}",
        )
    ]
    if right - left > _LETTER * len(words):
        parts.append(
            node(
                "text",
                text=words,
                x=f"{left + 6:.1f}",
                y=f"{y + 19:g}",
                class_=f"md run-{bar.state}-t",
            )
        )
    return parts


def _hours(start: datetime, zone: ZoneInfo, height: float) -> list[Node]:
    midnight = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    parts: list[Node] = []
    for sixth in range(13):
        instant = midnight + timedelta(hours=6 * sixth)
        if not start <= instant <= start + WINDOW:
            continue
        x = f"{_x(instant, start):.1f}"
        is_midnight = instant.hour == 0
        parts.append(node("line", x1=x, y1=0 if is_midnight else 18, x2=x, y2=height, class_="gl"))
        words = f"{instant:%a} {instant.day}" if is_midnight else f"{instant:%H:%M}"
        parts.append(node("text", text=words, x=f"{float(x) + 4:.1f}", y=11))
    return parts


def _x(instant: datetime, start: datetime) -> float:
    return _LEFT + (instant - start) / WINDOW * (WIDTH - _LEFT)
