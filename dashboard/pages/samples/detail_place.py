"""Drawn parts of a sample's page: its position in the box, and a value beside its usual band."""

from decimal import Decimal
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from backend.samples.ids import Custody
from backend.samples.quality import Band
from backend.storage.rules import Position, parse_position
from backend.storage.views import BoxContents, LocationView
from dashboard.components.button import button
from dashboard.components.drawing import Node, drawing, node
from dashboard.components.panel import panel
from dashboard.pages.samples.detail_facts import SampleFacts

_CELL, _HEAD = 15, 15
_WIDEST = 12
"""Columns of a box that are drawn whole; beyond, the drawing grows smaller, not the region."""
_BAR_WIDTH, _BAR_HEIGHT = 72, 12
_SCALES: dict[str, tuple[float, float]] = {
    "concentration_ng_per_ul": (0, 200),
    "a260_280": (1.4, 2.4),
    "a260_230": (1.0, 2.6),
    "rin": (1, 10),
    "din": (1, 10),
}
"""Ends of the little scales; a value beyond stands at the end, its figure beside it is exact."""


def location(facts: SampleFacts) -> html.Section:
    """Draw where the sample stands, with a way to its position."""
    place = facts.location
    if place is None:
        return panel("Location", *_nowhere(facts), class_name="bt")
    is_loose = facts.box is not None and facts.box.box.is_loose
    parts = place.path.split("/")
    href = f"/storage/{quote(place.path)}?pos={quote(place.position)}"
    pairs: list[tuple[str, Component | str]] = [
        ("Number" if is_loose else "Position", html.B(place.position, className="mono")),
        ("Loose place" if is_loose else "Box", parts[-1]),
        ("Rack, shelf", ", ".join(reversed(parts[1:-1])) or "none"),
        ("Freezer", place.unit_label),
    ]
    words = html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs], className="where"
    )
    drawn = [_box(facts.box, place)] if facts.box is not None and not is_loose else []
    return panel(
        "Location",
        html.Div([*drawn, words], className="place"),
        aside=html.A("Open box", href=href),
        class_name="bt",
    )


def band_bar(name: str, value: Decimal, band: Band) -> html.Div:
    """Draw a value as a dot on its scale, the usual band behind it; the figure stands beside."""
    low, high = _SCALES[name]

    def x(at: float) -> float:
        return 4 + (min(max(at, low), high) - low) / (high - low) * (_BAR_WIDTH - 8)

    start = x(float(band.low)) if band.low is not None else x(low)
    end = x(float(band.high)) if band.high is not None else x(high)
    middle = _BAR_HEIGHT / 2
    return drawing(
        _BAR_WIDTH,
        _BAR_HEIGHT,
        [
            node("line", x1=4, y1=middle, x2=_BAR_WIDTH - 4, y2=middle, class_="sd-scale"),
            node("line", x1=start, y1=middle, x2=end, y2=middle, class_="sd-band"),
            node(
                "circle",
                cx=f"{x(float(value)):.1f}",
                cy=middle,
                r=3.5,
                class_="sd-dot" if band.holds(value) else "sd-dot is-outside",
            ),
        ],
        label="",
    )


def _nowhere(facts: SampleFacts) -> list[Component]:
    if facts.sample.row.custody == Custody.IN_STORAGE:
        return [html.P("It stands in storage; your role does not show where.", className="t3")]
    last = next(iter(facts.stays), None)
    said = f"It stood in {last.path}/{last.position} last." if last else "It was never placed."
    return [
        html.P(["It stands in no box. ", said], className="t2"),
        html.Div(button("Find a place", href="/storage", icon="box-seam", size="sm")),
    ]


def _box(contents: BoxContents, place: LocationView) -> Component:
    shape = contents.box.shape
    here = parse_position(place.position, shape)
    taken = contents.taken()
    cells = [
        _cell(position, is_here=position == here, is_taken=position in taken)
        for position in shape.positions()
    ]
    letters = [
        node("text", x=_HEAD - 5, y=_HEAD + row * _CELL - 4, class_="e", text=shape.row_head(row))
        for row in range(1, shape.rows + 1)
    ]
    numbers = [
        node(
            "text",
            x=_HEAD + column * _CELL - 8,
            y=_HEAD - 5,
            class_="m",
            text=shape.column_head(column),
        )
        for column in range(1, shape.columns + 1)
    ]
    return drawing(
        _HEAD + shape.columns * _CELL,
        _HEAD + shape.rows * _CELL,
        [*letters, *numbers, *cells],
        label=f"Box {place.path.rpartition('/')[2]}, {len(taken)} of {shape.capacity} positions "
        f"taken; this sample stands in {place.position}",
        class_name="sd-box" if shape.columns <= _WIDEST else "sd-box is-wide",
    )


def _cell(position: Position, *, is_here: bool, is_taken: bool) -> Node:
    kind = "is-here" if is_here else "is-taken" if is_taken else "is-free"
    return node(
        "rect",
        x=_HEAD + (position.column - 1) * _CELL,
        y=_HEAD + (position.row - 1) * _CELL,
        width=_CELL - 2,
        height=_CELL - 2,
        rx=2,
        class_=kind,
    )
