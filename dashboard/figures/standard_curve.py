"""A plate's standard curve, drawn on the server: signals over concentration, and what is off.

Both axes of the curve are logarithmic, as standards are dilutions of one another. Under it stands
by how much each standard reads back too high or low, with the share that is allowed.
"""

from dataclasses import dataclass
from math import log10
from typing import Final

from dash import html

from backend.sequencing.preparation.readings.standard_curve import (
    TOLERANCE,
    Curve,
    FittedStandard,
    in_words,
)
from dashboard.components.drawing import Node, drawing, node

_WIDTH, _HEIGHT = 560.0, 300.0
_LEFT, _RIGHT, _TOP = 64.0, 16.0, 10.0
_CURVE_END, _OFF_MIDDLE, _OFF_HALF = 188.0, 232.0, 28.0
_OFF_MOST: Final = 0.30
"""Of the lower part's scale; what is further off is drawn at its edge."""
_ROOM = 0.06
_STEPS = 60


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where powers of ten lie on a logarithmic axis, in px."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value is drawn; what is under the axis, at its beginning."""
        share = (log10(max(value, self.low)) - log10(self.low)) / log10(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def tens(self) -> list[float]:
        """Return the powers of ten on the axis."""
        exponents = range(int(log10(self.low)) - 1, int(log10(self.high)) + 2)
        return [10.0**each for each in exponents if self.low <= 10.0**each <= self.high]


def curve_figure(curve: Curve) -> html.Div:
    """Draw a curve with its standards; those left out are hollow, the limits dashed."""
    across = _axis([each.concentration for each in curve.standards], _LEFT, _WIDTH - _RIGHT)
    signals = [each.signal for each in curve.standards if each.signal > 0]
    up = _axis([*signals, curve.signal_at(curve.highest)], _CURVE_END, _TOP)
    parts = [*_grid(curve, across, up), _line(curve, across, up), *_limits(curve, across)]
    for each in curve.standards:
        x = across.at(each.concentration)
        parts.append(_dot(each, x, up.at(each.signal)))
        parts.append(_dot(each, x, _off(each.error)))
    said = f"Standard curve. {in_words(curve)}"
    return drawing(_WIDTH, _HEIGHT, parts, label=said)


def _axis(values: list[float], start: float, end: float) -> _Axis:
    low, high = min(values), max(values)
    room = (high / low) ** _ROOM if high > low else 2.0
    return _Axis(low / room, high * room, start, end)


def _grid(curve: Curve, across: _Axis, up: _Axis) -> list[Node]:
    right = _WIDTH - _RIGHT
    parts = []
    for ten in up.tens():
        y = f"{up.at(ten):.1f}"
        parts.append(node("line", x1=_LEFT, y1=y, x2=right, y2=y, class_="gl"))
        parts.append(node("text", x=_LEFT - 8, y=y, dy=4, class_="e", text=_short(ten)))
    parts.append(node("text", x=4, y=_TOP + 8, text="RFU"))
    parts.append(node("line", x1=_LEFT, y1=_CURVE_END, x2=right, y2=_CURVE_END, class_="axl"))
    top, bottom = _off(TOLERANCE), _off(-TOLERANCE)
    width, height = right - _LEFT, f"{bottom - top:.1f}"
    parts.append(node("rect", x=_LEFT, y=f"{top:.1f}", width=width, height=height, class_="f-s3"))
    for share in (TOLERANCE, 0.0, -TOLERANCE):
        label = "as given" if share == 0 else f"{share:+.0%}".replace("-", "−")
        parts.append(
            node("text", x=_LEFT - 8, y=f"{_off(share):.1f}", dy=4, class_="e", text=label)
        )
    parts.append(node("line", x1=_LEFT, y1=_OFF_MIDDLE, x2=right, y2=_OFF_MIDDLE, class_="axl"))
    foot = _OFF_MIDDLE + _OFF_HALF
    for ten in across.tens():
        x = f"{across.at(ten):.1f}"
        parts.append(node("line", x1=x, y1=foot, x2=x, y2=foot + 4, class_="axl"))
        parts.append(node("text", x=x, y=foot + 16, class_="m", text=_short(ten)))
    said = f"Concentration in the plate, {curve.unit}"
    parts.append(node("text", x=(_LEFT + right) / 2, y=foot + 34, class_="m", text=said))
    return parts


def _line(curve: Curve, across: _Axis, up: _Axis) -> Node:
    low, high = curve.lowest, curve.highest
    xs = [low * (high / low) ** (step / _STEPS) for step in range(_STEPS + 1)]
    points = [f"{across.at(x):.1f},{up.at(curve.signal_at(x)):.1f}" for x in xs]
    return node("polyline", points=" ".join(points), class_="ln ln-1")


def _limits(curve: Curve, across: _Axis) -> list[Node]:
    foot = _OFF_MIDDLE + _OFF_HALF
    return [
        node("line", x1=x, y1=_TOP, x2=x, y2=foot, class_="thr-w")
        for x in (f"{across.at(limit):.1f}" for limit in (curve.lowest, curve.highest))
    ]


def _dot(each: FittedStandard, x: float, y: float) -> Node:
    look = "f-ink" if each.is_kept else "sc-out"
    return node("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=3.5, class_=look)


def _off(error: float | None) -> float:
    share = _OFF_MOST if error is None else max(-_OFF_MOST, min(_OFF_MOST, error))
    return _OFF_MIDDLE - share / _OFF_MOST * _OFF_HALF


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
