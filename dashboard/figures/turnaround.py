"""The share of requests finished after so many working days, open ones counted."""

from collections.abc import Sequence
from typing import Any

from backend.sequencing.turnaround.estimates import Step
from dashboard.theme import token

_SHARES = (0, 25, 50, 75, 100)


def finished_curve(steps: Sequence[Step], target_days: float) -> dict[str, Any]:
    """Return the figure: a stair of finished shares, and the target as a dashed line."""
    days = [step.days for step in steps]
    done = [100 * (1 - step.open_share) for step in steps]
    stair = {
        "x": days,
        "y": done,
        "type": "scatter",
        "mode": "lines",
        "line": {"color": token("accent"), "width": 1.75, "shape": "hv"},
        "hovertemplate": "%{y:.0f}% finished after %{x:.1f} working days<extra></extra>",
    }
    last = max(days[-1], target_days) * 1.04
    return {
        "data": [stair],
        "layout": {
            "margin": {"l": 48, "r": 16, "t": 8, "b": 40},
            "showlegend": False,
            "xaxis": {
                "title": {"text": "Working days since the clock began"},
                "range": [0, last],
                "showgrid": False,
            },
            "yaxis": {
                "range": [0, 104],
                "tickvals": _SHARES,
                "ticktext": [f"{share}%" for share in _SHARES],
            },
            "shapes": [
                {
                    "type": "line",
                    "x0": target_days,
                    "x1": target_days,
                    "y0": 0,
                    "y1": 104,
                    "line": {"color": token("text-2"), "width": 1, "dash": "dot"},
                }
            ],
        },
    }
