"""One line above the sheet: stale, paused, read-only, demonstration."""

from typing import Any, Literal

from dash import html
from dash.development.base_component import Component

from dashboard.components.icon import icon as draw_icon
from dashboard.components.tones import Tone

_CLASSES = {Tone.WARN: "bn-w", Tone.INFO: "bn-i", Tone.CRIT: "bn-c"}


def banner(
    text: str | list[Component | str],
    *,
    tone: Literal[Tone.WARN, Tone.INFO, Tone.CRIT] = Tone.INFO,
    icon: str = "info-circle",
    action: Component | None = None,
    **attributes: Any,
) -> html.Div:
    """Draw a line with its icon, its sentence and at most one action."""
    inside: list[Component] = [draw_icon(icon, tone), html.Span(text, className="sp")]
    if action is not None:
        inside.append(action)
    return html.Div(inside, className=f"bn {_CLASSES[tone]}", **attributes)
