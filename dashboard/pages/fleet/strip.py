"""How far a unit was from its set point, half hour by half hour, as colours (DESIGN 3)."""

from collections.abc import Sequence

from dash import html

from dashboard import format as fmt
from dashboard.components.drawing import drawing, node

CELL, HEIGHT = 3.0, 14.0
ON_TARGET_K, NEAR_K, FAR_K = 0.5, 2.0, 5.0
"""Up to half a kelvin is on target; the other steps are two and five."""
_HALF_HOURS = 48


def strip(deviations_k: Sequence[float]) -> html.Div | None:
    """Draw the deviations oldest first, blue colder and orange to red warmer; None of none.

    Fewer than a day has half hours end at the right, as wide as those of the other units.
    """
    if not deviations_k:
        return None
    cells = max(_HALF_HOURS, len(deviations_k))
    first = cells - len(deviations_k)
    low, high = (_signed(each) for each in (min(deviations_k), max(deviations_k)))
    return drawing(
        CELL * cells,
        HEIGHT,
        [
            node("rect", x=index * CELL, y=0, width=CELL, height=HEIGHT, class_=tone(deviation))
            for index, deviation in enumerate(deviations_k, start=first)
        ],
        label=f"Warmest of each half hour that has readings: {fmt.between(low, high)} "
        "from the set point",
        class_name="fl-s",
    )


def tone(deviation_k: float) -> str:
    """Return the class of a deviation's colour."""
    away = abs(deviation_k)
    if away <= ON_TARGET_K:
        return "dv-0"
    step = 1 if away <= NEAR_K else 2 if away <= FAR_K else 3
    return f"dv-{'w' if deviation_k > 0 else 'c'}{step}"


def _signed(deviation_k: float) -> str:
    rounded = round(deviation_k, 1)
    return f"{'+' if rounded > 0 else ''}{fmt.with_unit(rounded, 'K', 1)}"
