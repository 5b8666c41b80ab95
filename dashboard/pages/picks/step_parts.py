"""What a step at the freezer is drawn of: how far it is, from where to where, what is scanned."""

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon


def progress(done: int, total: int, words: str) -> html.Div:
    """Draw how many of the steps are done; ``words`` count them all, "of 7 boxes"."""
    return html.Div(
        [
            html.Progress(value=str(done), max=str(total), **aria(label="Lines answered")),
            html.Span([html.B(fmt.count(done)), f" {words}"], className="num"),
        ],
        className="pk-progress",
    )


def place(name: str, unit: str, way: str, spot: str, *, is_now: bool) -> html.Div:
    """Draw one end of a way; ``is_now`` is where the person is to be."""
    return html.Div(
        [
            html.Span(name, className="t2 sm"),
            html.B(unit),
            html.Span(way),
            html.Span(spot, className="pk-spot mono"),
        ],
        className="pk-place is-now" if is_now else "pk-place",
    )


def arrow() -> Component:
    """Draw what stands between two places."""
    return html.Span(icon("arrow-right"), className="pk-arrow")


def scan_box(hint: str, then: str) -> html.Div:
    """Say large what is scanned next, and small what after it."""
    return html.Div(
        [
            html.Span(icon("upc-scan"), className="pk-icon"),
            html.Span([html.B(hint), html.Span(then, className="t2")]),
        ],
        className="pk-scan",
    )
