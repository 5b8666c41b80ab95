"""Tokens for drawings. The values live in assets/00-tokens.css and nowhere else.

A figure names roles, ``"color": token("pred")``, and is drawn in either theme: the script
assets/plotly-theme.js puts the current theme's value in for every ``var(--ts-…)`` before plotly
sees it, and again when the theme changes, with no callback. So
figures are plain dicts (plotly.py would refuse the names).
``resolved()`` gives the same figure with fixed values, for paper.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

TOKENS_FILE = Path(__file__).resolve().parent.parent / "assets" / "00-tokens.css"
SERIES = ("c1", "c2", "c3", "c4", "c5", "c6")
OCCUPANCY = ("q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7")
DEVIATION = ("t-3", "t-2", "t-1", "t0", "t1", "t2", "t3")

_FONT = "IBM Plex Sans, system-ui, sans-serif"
_VARIABLE = re.compile(r"^var\(--ts-([\w-]+)\)$")


def token(role: str) -> str:
    """Return a colour by its role: ``token("pred")``, ``token("c1")``."""
    return f"var(--ts-{role})"


@lru_cache(maxsize=1)
def token_values() -> dict[str, dict[str, str]]:
    """Return the hex value of every colour token, by theme (``light``, ``dark``) and role."""
    light, dark = TOKENS_FILE.read_text("utf-8").split('[data-bs-theme="dark"]', 1)
    dark = dark.split("/* Scale tokens */", 1)[0]
    found = {}
    for theme, css in (("light", light), ("dark", dark)):
        found[theme] = dict(re.findall(r"--ts-([\w-]+):\s*(#[0-9A-Fa-f]{6})", css))
    return found


def template() -> dict[str, Any]:
    """Return the plotly template in token names: horizontal grid, no frame, direct labels."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": token("axis"),
        "linewidth": 1,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": token("axis"),
        "tickfont": {"size": 11, "color": token("axis-text")},
        "title": {"font": {"size": 11, "color": token("axis-text")}, "standoff": 8},
        "automargin": True,
    }
    value_axis = axis | {
        "showgrid": True,
        "gridcolor": token("grid"),
        "gridwidth": 1,
        "showline": False,
        "ticks": "",
        "nticks": 5,
        "rangemode": "tozero",
    }
    return {"layout": _frame() | {"xaxis": axis, "yaxis": value_axis}}


def resolved(figure: Any, theme: str = "light") -> Any:
    """Return a figure with one theme's hex values in place of the token names."""
    if isinstance(figure, dict):
        return {key: resolved(value, theme) for key, value in figure.items()}
    if isinstance(figure, list | tuple):
        return [resolved(value, theme) for value in figure]
    found = _VARIABLE.match(figure) if isinstance(figure, str) else None
    return token_values()[theme][found[1]] if found else figure


def _frame() -> dict[str, Any]:
    return {
        "font": {"family": _FONT, "size": 12, "color": token("text-2")},
        "colorway": [token(name) for name in SERIES],
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 44, "r": 16, "t": 8, "b": 28, "pad": 0},
        "hovermode": "x unified",
        "hoverdistance": 24,
        "showlegend": False,
        "bargap": 0.18,
        "separators": ".,",
        "hoverlabel": {
            "bgcolor": token("surface"),
            "bordercolor": token("axis"),
            "align": "left",
            "namelength": -1,
            "font": {"family": _FONT, "size": 12, "color": token("text")},
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": 12, "color": token("text-2")},
            "itemsizing": "constant",
            "bgcolor": "rgba(0,0,0,0)",
        },
        "colorscale": {"sequential": _scale(OCCUPANCY), "diverging": _scale(DEVIATION)},
        "coloraxis": {
            "colorbar": {
                "thickness": 8,
                "outlinewidth": 0,
                "ticks": "",
                "tickfont": {"size": 11, "color": token("axis-text")},
            }
        },
        "uirevision": "keep",
        "transition": {"duration": 0},
    }


def _scale(roles: tuple[str, ...]) -> list[list[Any]]:
    return [[index / (len(roles) - 1), token(role)] for index, role in enumerate(roles)]
