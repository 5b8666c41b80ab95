"""Filter chips: pressed or not, with the rows that each would give."""

from typing import Any

from dash import html

from dashboard import format as fmt
from dashboard.components.attributes import aria


def chip(
    label: str,
    *,
    id: str | dict[str, Any],
    pressed: bool = False,
    count: int | None = None,
) -> html.Button:
    """Draw a filter that a press switches on or off."""
    inside: list[Any] = [label] if count is None else [label, html.B(fmt.count(count))]
    return html.Button(
        inside,
        id=id,
        type="button",
        n_clicks=0,
        className="chip",
        **aria(pressed=pressed),
    )


def tag(text: str) -> html.Span:
    """Draw a quiet label that does nothing."""
    return html.Span(text, className="tag")
