"""Tabs are links: each view has its address."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.page import Crumb, Tab


def tab_links(tabs: Sequence[Tab]) -> list[Component]:
    """Draw the links of a ``.tabs`` row."""
    return [_tab(tab) for tab in tabs]


def crumbs(steps: Sequence[Crumb]) -> list[Component]:
    """Draw the way above this page; the page's own title follows it."""
    drawn: list[Component] = []
    for step in steps:
        drawn.append(html.A(step.label, href=step.href))
        drawn.append(html.I(className="bi bi-chevron-right", **aria(hidden=True)))
    return drawn


def _tab(tab: Tab) -> html.A:
    inside: list[Component | str] = [tab.label]
    if tab.count is not None:
        inside.append(html.Span(fmt.count(tab.count), className="c"))
    return html.A(
        inside,
        href=tab.href,
        className="on" if tab.selected else "",
        **aria(current="page" if tab.selected else None),
    )
