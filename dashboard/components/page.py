"""What a page's layout function returns. The shell places the parts; the frame itself stays.

def layout(*, barcode: str, tab: str | None = None) -> Page:
return page(
title="DNA-251118-K7F3",
breadcrumb=[Crumb("Samples", "/samples")],
tabs=[Tab("All", "/samples", count=5012, selected=True)],
actions=[button("Register", href="/register", kind="primary", icon="plus-lg")],
children=[panel("Details", …)],
)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dash.development.base_component import Component


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step above this page."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view or a sub-page: its own address, so that it can be sent to a colleague."""

    label: str
    href: str
    count: int | None = None
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The sheet's content and what stands around it."""

    title: str
    children: Sequence[Component]
    actions: Sequence[Component] = ()
    tabs: Sequence[Tab] = ()
    breadcrumb: Sequence[Crumb] = ()
    read_only: str = ""
    """Sentence naming the missing role; shown as a banner above the sheet."""
    class_name: str = ""
    """Extra class of the sheet, for a page whose parts fill its height."""


def page(
    *,
    title: str,
    children: Sequence[Component],
    actions: Sequence[Component] = (),
    tabs: Sequence[Tab] = (),
    breadcrumb: Sequence[Crumb] = (),
    read_only: str = "",
    class_name: str = "",
) -> Page:
    """Return a page; see the module for an example."""
    return Page(
        title=title,
        children=children,
        actions=actions,
        tabs=tabs,
        breadcrumb=breadcrumb,
        read_only=read_only,
        class_name=class_name,
    )
