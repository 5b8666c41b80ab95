"""Key figures. A tile links to the filtered list behind its number."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, optional
from dashboard.components.sparkline import sparkline


def stat_tile(
    label: str,
    value: str | None,
    *,
    unit: str = "",
    detail: str | Component = "",
    href: str | None = None,
    trend: Sequence[float] = (),
    no_value: str = "no data yet",
    id: str | None = None,
) -> Component:
    """Draw one figure; ``value`` None shows the words of ``no_value``, never a nought."""
    if value is None:
        shown = html.P(no_value, className="v is-words")
    else:
        shown = html.P([value, html.Small(unit)] if unit else value, className="v")
    drawn = sparkline(trend)
    inside = [
        html.P(label, className="l"),
        shown,
        html.P(detail, className="d"),
        *([drawn] if drawn is not None else []),
    ]
    if href:
        return html.A(inside, href=href, className="kpi", **optional(id=id))
    return html.Div(inside, className="kpi", **optional(id=id))


def stat_strip(*tiles: Component, label: str = "Key figures") -> html.Section:
    """Draw up to six tiles side by side."""
    return html.Section(list(tiles), className="kpis", **aria(label=label))
