"""Twenty equally likely dates as a dot plot: a chance that can be counted."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from dash import html

from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

WIDTH, HEIGHT = 332.0, 84.0
_LEFT, _RIGHT, _BASE, _STEP, _RADIUS = 14.0, 318.0, 66.0, 9.5, 4.2
_BINS = 10


def chance_dots(days: Sequence[date | None], *, early: int) -> html.Div | None:
    """Draw the dates that lie within the horizon; the ``early`` first ones are darker.

    None without any: a sentence says that there is no limit within a year.
    """
    known = [day for day in days if day is not None]
    if not known:
        return None
    first, width = known[0], _bin_days(known)
    stacked: defaultdict[int, int] = defaultdict(int)
    parts: list[Node] = []
    for index, day in enumerate(known):
        column = (day - first).days // width
        height = stacked[column]
        stacked[column] += 1
        parts.append(
            node(
                "circle",
                cx=f"{_x(column):.1f}",
                cy=f"{_BASE - 7 - height * _STEP:.1f}",
                r=_RADIUS,
                class_="f-pred" if index < early else "f-pred is-later",
            )
        )
    parts.append(node("line", x1=4, y1=_BASE, x2=WIDTH - 4, y2=_BASE, class_="axl"))
    parts.extend(_names(first, width, max(stacked)))
    beyond = len(days) - len(known)
    label = f"{len(known)} of {len(days)} equally likely dates lie within a year"
    label += f", {beyond} beyond" if beyond else ""
    return drawing(WIDTH, HEIGHT, parts, label=label)


def _names(first: date, width: int, last: int) -> list[Node]:
    """Name the first, the middle and the last column; the outer ones stay inside the drawing."""
    anchors = {0: (_LEFT - _RADIUS, ""), last // 2: (_x(last // 2), "m"), last: (_x(last), "m")}
    if last == _BINS - 1:
        anchors[last] = (_RIGHT + _RADIUS, "e")
    return [
        node(
            "text",
            text=fmt.calendar_day(first + timedelta(days=column * width)),
            x=f"{x:.1f}",
            y=HEIGHT - 5,
            class_=anchor,
        )
        for column, (x, anchor) in anchors.items()
    ]


def _bin_days(known: Sequence[date]) -> int:
    """Return the width of a column, days: at most _BINS columns."""
    return max(1, -(-((known[-1] - known[0]).days + 1) // _BINS))


def _x(column: int) -> float:
    return _LEFT + column * (_RIGHT - _LEFT) / (_BINS - 1)
