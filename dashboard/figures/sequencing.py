"""Runs and services by instrument over some days, drawn on the server (DESIGN 7)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html

from backend.sequencing.views import RunBar
from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

WINDOW = timedelta(hours=48)
BEFORE_NOW = timedelta(hours=8)
WEEK = timedelta(days=7)
WIDTH = 1130.0
_LEFT, _TOP, _ROW = 120.0, 20.0, 31.0
_LETTER, _PADDING, _INSET = 6.6, 8.0, 6.0
_MOST_WITH_HOURS = timedelta(hours=72)
_SATURDAY = 5
_NAME_LETTERS = 17


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where instants lie between two of them, both in UTC, on a drawing of a width in px."""

    start: datetime
    end: datetime
    width: float

    def x(self, instant: datetime) -> float:
        """Return how far right an instant is drawn."""
        return _LEFT + (instant - self.start) / (self.end - self.start) * (self.width - _LEFT)

    def cut(self, start: datetime, end: datetime) -> tuple[float, float]:
        """Return left and right of a time, as far as it is drawn."""
        return max(self.x(start), _LEFT), min(self.x(end), self.width)


def run_calendar(
    instruments: Sequence[str],
    bars: Sequence[RunBar],
    *,
    start: datetime,
    window: timedelta = WINDOW,
    now: datetime,
    zone: ZoneInfo,
    openable: Collection[str] = (),
    here: str = "",
    width: float = WIDTH,
) -> html.Div:
    """Draw one line an instrument from ``start`` on; ``bars`` touch the window.

    Bars of the runs in ``openable`` are links to their plans; the run ``here`` is marked.
    """
    # Days are the laboratory's: one of them has 23 hours, another 25.
    end = (start.astimezone(zone) if window > _MOST_WITH_HOURS else start) + window
    scale = _Scale(start.astimezone(UTC), end.astimezone(UTC), width)
    height = _TOP + _ROW * len(instruments) + 2
    parts = _days(scale, zone, height) if window > _MOST_WITH_HOURS else _hours(scale, zone, height)
    for index, name in enumerate(instruments):
        y = _TOP + index * _ROW
        parts.append(_name(name, y))
        parts.append(node("line", x1=0, y1=y + _ROW, x2=width, y2=y + _ROW, class_="gl"))
        for bar in (each for each in bars if each.instrument == name):
            parts.extend(_bar(bar, scale, y, now=now, openable=openable, here=here))
    if scale.start <= now <= scale.end:
        x = f"{scale.x(now):.1f}"
        parts.append(node("line", x1=x, y1=12, x2=x, y2=height, class_="now"))
        parts.append(node("circle", cx=x, cy=14, r=2.5, class_="f-ink2"))
    said = in_words(bars, zone, days=round(window / timedelta(days=1)))
    # An image's inside is read to nobody, and bars with links have to be reached.
    has_links = any(bar.run_code in openable for bar in bars)
    return drawing(width, height, parts, label=said, role="group" if has_links else "img")


def in_words(bars: Sequence[RunBar], zone: ZoneInfo, *, days: int = 2) -> str:
    """Return what the drawing shows, for those who do not see it."""
    if not bars:
        return f"No run in these {days} days."
    return "Runs: " + "; ".join(_told(bar, zone) for bar in bars)


def _told(bar: RunBar, zone: ZoneInfo) -> str:
    what = f"{bar.run_code} on {bar.instrument}, {bar.state}"
    if not bar.run_code:
        what = f"{bar.instrument} in service ({bar.why})"
    return f"{what}, {fmt.moment(bar.start, zone)} to {fmt.moment(bar.end, zone)}"


def _name(name: str, y: float) -> Node:
    is_long = len(name) > _NAME_LETTERS
    words = f"{name[: _NAME_LETTERS - 1]}…" if is_long else name
    title = [node("title", text=name)] if is_long else []
    return node("text", *title, text=words, x=0, y=f"{y + 19:g}", class_="tx2")


def _bar(
    bar: RunBar,
    scale: _Scale,
    y: float,
    *,
    now: datetime,
    openable: Collection[str],
    here: str,
) -> Iterator[Node]:
    left, right = scale.cut(bar.start, bar.end)
    if right <= left:
        return
    says = f"{bar.label} {bar.state}" if bar.run_code else f"service: {bar.why}"
    parts = [
        node(
            "rect",
            node("title", text=says),
            x=f"{left:.1f}",
            y=f"{y + 5:g}",
            width=f"{right - left:.1f}",
            height=20,
            rx=3,
            class_=f"run-{bar.state}" + (" is-here" if here and bar.run_code == here else ""),
        )
    ]
    words, at = _words_in((says, bar.label), left, right, scale.x(now))
    if words:
        parts.append(
            node(
                "text",
                text=words,
                x=f"{at:.1f}",
                y=f"{y + 19:g}",
                class_=f"md run-{bar.state}-t",
            )
        )
    if bar.run_code not in openable:
        yield from parts
        return
    yield node(
        "a",
        *parts,
        href=f"/sequencing/plans/{quote(bar.run_code)}",
        class_="cal-bar",
        aria_label=f"{says}, on {bar.instrument}",
    )


def _words_in(choices: Sequence[str], left: float, right: float, now_x: float) -> tuple[str, float]:
    """Return the first words that fit a bar, and where they begin; empty where none do.

    They stand before or behind the line that marks now, which would hide a digit of a run's code.
    """
    starts = (left + _INSET, max(left, now_x) + _INSET)
    fitting = [
        (words, start, start + _LETTER * len(words))
        for words in choices
        for start in starts
        if start + _LETTER * len(words) <= right - (_PADDING - _INSET)
    ]
    clear = [each for each in fitting if not each[1] - 2 < now_x < each[2] + 2]
    words, at, _ = next(iter(clear or fitting), ("", left, left))
    return words, at


def _hours(scale: _Scale, zone: ZoneInfo, height: float) -> list[Node]:
    parts: list[Node] = []
    midnight = _midnight(scale.start, zone)
    for sixth in range(13):
        instant = midnight + timedelta(hours=6 * sixth)
        if not scale.start <= instant <= scale.end:
            continue
        x = scale.x(instant)
        is_midnight = instant.hour == 0
        parts.append(_tick(x, 0 if is_midnight else 18, height))
        words = f"{instant:%a} {instant.day}" if is_midnight else f"{instant:%H:%M}"
        parts.append(node("text", text=words, x=f"{x + 4:.1f}", y=11))
    return parts


def _days(scale: _Scale, zone: ZoneInfo, height: float) -> list[Node]:
    parts: list[Node] = []
    day = _midnight(scale.start, zone)
    while day < scale.end:
        left, right = scale.cut(day, day + timedelta(days=1))
        if day.weekday() >= _SATURDAY:
            parts.append(
                node(
                    "rect",
                    x=f"{left:.1f}",
                    y=18,
                    width=f"{right - left:.1f}",
                    height=f"{height - 18:g}",
                    class_="cal-rest",
                )
            )
        parts.append(_tick(left, 0, height))
        words = f"{day:%a} {day.day}"
        if right - left < _PADDING + _LETTER * len(words):
            words = f"{day.day}"
        parts.append(node("text", text=words, x=f"{left + 4:.1f}", y=11))
        day += timedelta(days=1)
    return parts


def _tick(x: float, top: int, height: float) -> Node:
    return node("line", x1=f"{x:.1f}", y1=top, x2=f"{x:.1f}", y2=f"{height:g}", class_="gl")


def _midnight(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
