"""Regions divided by hairlines. A sheet is made of panels; nothing on it is a card."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, optional


def panel(
    title: str,
    *children: Component | str,
    meta: str | Component | None = None,
    aside: Component | None = None,
    id: str | None = None,
    class_name: str = "",
    predicted: bool = False,
) -> html.Section:
    """Draw a titled region. ``meta`` is the quiet words after the title, ``aside`` sits right.

    ``predicted`` puts the fan before the title, as on everything that was not measured.
    """
    heading: list[Component | str] = [html.I(className="fan"), title] if predicted else [title]
    head: list[Component] = [html.H2(heading)]
    if meta is not None:
        head.append(html.Span(meta, className="m"))
    if aside is not None:
        head.append(html.Span(aside, className="r"))
    return html.Section(
        [html.Div(head, className="ph"), *children],
        className=f"panel {class_name}".strip(),
        **aria(label=title),
        **optional(id=id),
    )
