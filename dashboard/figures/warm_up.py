"""A warm-up that the model never saw: measured in ink, predicted in violet with its 80 % band."""

from typing import Any

import numpy as np

from backend.telemetry.thermal_views import HeldOut
from dashboard.theme import token


def held_out_warm_up(trial: HeldOut, factors: tuple[float, float]) -> dict[str, Any]:
    """Return the figure of one trial; ``factors`` on its times span the band, early and late."""
    early, late = factors
    hours = [minutes / 60 for minutes in trial.minutes]
    # As far as its early side is known: what comes after the last predicted minute is not.
    known = [each * early for each in hours]
    coldest = np.interp(known, [each * late for each in hours], trial.predicted_c).tolist()
    band = {
        "x": [*known, *reversed(known)],
        "y": [*trial.predicted_c, *reversed(coldest)],
        "type": "scatter",
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": token("fan-1"),
        "hoverinfo": "skip",
    }
    predicted = {
        "x": hours,
        "y": list(trial.predicted_c),
        "type": "scatter",
        "mode": "lines",
        "name": "Model",
        "line": {"color": token("pred"), "width": 1.75, "dash": "5px,3px"},
        "hovertemplate": "%{y:.1f} °C predicted<extra></extra>",
    }
    measured = {
        "x": hours,
        "y": list(trial.measured_c),
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Measured",
        "line": {"color": token("text"), "width": 1.75},
        "marker": {"color": token("text"), "size": 4},
        "hovertemplate": "%{y:.1f} °C measured<extra></extra>",
    }
    return {"data": [band, predicted, measured], "layout": _layout(trial, hours[-1])}


def _layout(trial: HeldOut, last_h: float) -> dict[str, Any]:
    lowest = min(*trial.measured_c, *trial.predicted_c)
    highest = max(*trial.measured_c, *trial.predicted_c)
    room = 0.08 * max(highest - lowest, 1.0)
    return {
        "margin": {"l": 60, "r": 24, "t": 8, "b": 44},
        "xaxis": {
            "title": {"text": "Hours without cooling"},
            "range": [0, last_h * 1.04],
            "showgrid": False,
        },
        "yaxis": {
            "title": {"text": "Sensor, °C"},
            "range": [lowest - room, highest + room],
            "rangemode": "normal",
        },
    }
