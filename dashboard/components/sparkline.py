"""A trend small enough to sit beside its figure."""

from collections.abc import Sequence

from dash import html

from dashboard.components.drawing import drawing, node

WIDTH, HEIGHT, INSET = 48.0, 22.0, 2.5
LEAST_VALUES = 2


def sparkline(values: Sequence[float], *, label: str = "") -> html.Div | None:
    """Draw the values oldest first, a dot on the last; fewer than two have no trend: None."""
    if len(values) < LEAST_VALUES:
        return None
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (WIDTH - 2 * INSET) / (len(values) - 1)
    points = [
        (INSET + index * step, HEIGHT - INSET - (value - low) / span * (HEIGHT - 2 * INSET))
        for index, value in enumerate(values)
    ]
    path = "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return drawing(
        WIDTH,
        HEIGHT,
        [
            node("path", d=path, class_="ln thin ln-ink"),
            node("circle", cx=f"{last_x:.1f}", cy=f"{last_y:.1f}", r=2, class_="f-ink2"),
        ],
        label=label,
        class_name="sk",
    )
