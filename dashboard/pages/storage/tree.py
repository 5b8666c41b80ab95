"""The tree of places: open along the way to where one is, with how full everything is."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from dash import html
from dash.development.base_component import Component

from backend.storage.place_kinds import GROUND
from backend.storage.views import NodeView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.icon import icon
from dashboard.components.meter import meter
from dashboard.components.tones import Tone
from dashboard.pages.storage.kind_icons import KIND_ICONS
from dashboard.pages.storage.place import Here, href_of, place_name

_MOST_FOUND = 60
_DEEPEST = 4


def tree(here: Here, wanted: str = "") -> Component:
    """Draw the tree, or with ``wanted`` the list of places whose path contains it."""
    if wanted.strip():
        return _found(here, wanted.strip())
    on_way = {node.id for node in here.way}
    current = here.way[-1].id if here.way else None
    rows = [
        _row(node, level, is_open=is_open, is_here=node.id == current)
        for node, level, is_open in _opened(here.tree, on_way, 0)
    ]
    if not rows:
        return html.P("No storage is set up yet.", className="sm t3 tr-none")
    return html.Ul(rows, **data(list=""))


def _opened(
    nodes: Sequence[NodeView], on_way: AbstractSet[object], level: int
) -> Iterator[tuple[NodeView, int, bool]]:
    for node in nodes:
        is_open = bool(node.children) and (node.kind in GROUND or node.id in on_way)
        yield node, level, is_open
        if is_open:
            yield from _opened(node.children, on_way, level + 1)


def _found(here: Here, wanted: str) -> Component:
    words = wanted.casefold().replace(" ", "")
    found = [node for node in _every(here.tree) if words in node.path.casefold().replace(" ", "")]
    if not found:
        return html.P(f"No place is called “{wanted}”.", className="sm t3 tr-none", role="status")
    rows = [_row(node, 0, is_open=False, words=node.path) for node in found[:_MOST_FOUND]]
    more = len(found) - _MOST_FOUND
    if more > 0:
        rows.append(html.Li(f"{fmt.count(more)} more. Type more of it.", className="sm t3 tr-none"))
    return html.Ul(rows, **data(list=""))


def _every(nodes: Sequence[NodeView]) -> Iterator[NodeView]:
    for node in nodes:
        yield node
        yield from _every(node.children)


def _row(
    node: NodeView, level: int, *, is_open: bool, is_here: bool = False, words: str = ""
) -> html.Li:
    name = words or place_name(node)
    share = fmt.percent(node.used_fraction, 0) if node.capacity else ""
    inside = [
        _mark(node, is_open=is_open),
        html.Span(html.B(name, className="md") if level == 0 and not words else name),
        meter(node.used_fraction, label=name, thin=True) if node.capacity else html.Span(),
        html.Span(share, className="p"),
    ]
    look = f"tr l{min(level, _DEEPEST)}" + (" on" if is_here else "")
    link = html.A(
        inside, href=href_of(node.path), className=look, **aria(current="page" if is_here else None)
    )
    return html.Li(link, **data(row=""))


def _mark(node: NodeView, *, is_open: bool) -> Component:
    if node.in_alarm:
        return html.Span(
            [icon("exclamation-octagon-fill", Tone.CRIT), html.Span("in alarm", className="vh")]
        )
    if not node.children:
        return icon(KIND_ICONS[node.kind])
    return icon("chevron-down") if is_open else icon("chevron-right")
