"""Nothing to show: what it is, why, and one action. Also the panel that failed."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.icon import icon as draw_icon


def empty_state(
    title: str, why: str, *actions: Component, icon: str = "collection", reference: str = ""
) -> html.Div:
    """Draw an empty panel. ``reference`` is the small number under a failure."""
    parts: list[Component] = [
        draw_icon(icon),
        html.B(title),
        html.P(why, className="t2"),
    ]
    if actions:
        parts.append(html.Div(list(actions), className="row-x"))
    if reference:
        parts.append(html.P(reference, className="mi t3 mono"))
    return html.Div(parts, className="emp")


def skeleton(rows: int = 4, *, label: str = "Loading") -> html.Div:
    """Draw grey rows in the shape of a table; they appear only after 300 ms."""
    row = html.Div([html.Span(className="sk-l") for _ in range(5)], className="sk-r")
    return html.Div(
        [row for _ in range(rows)], className="skel", role="status", **aria(label=label)
    )
