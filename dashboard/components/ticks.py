"""A switch over a day: a tall tick where it was on, a low one where it was off.

Where nothing was measured there is no tick at all: nobody knows.
"""

from collections.abc import Sequence

from dash import html

from dashboard.components.drawing import drawing, node

WIDTH, GAP, HEIGHT, OFF_HEIGHT = 2.0, 1.0, 14.0, 3.0


def ticks(states: Sequence[bool | None], *, label: str) -> html.Div:
    """Draw the states oldest first; ``label`` sums them up in words."""
    drawn = [
        node(
            "rect",
            x=f"{index * (WIDTH + GAP):g}",
            y=f"{HEIGHT - (HEIGHT if is_on else OFF_HEIGHT):g}",
            width=f"{WIDTH:g}",
            height=f"{HEIGHT if is_on else OFF_HEIGHT:g}",
            class_="f-ink2" if is_on else "h-none",
        )
        for index, is_on in enumerate(states)
        if is_on is not None
    ]
    whole = max(len(states) * (WIDTH + GAP) - GAP, WIDTH)
    return drawing(whole, HEIGHT, drawn, label=label, class_name="hist")
