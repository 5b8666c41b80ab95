"""Tables of the Libraries pages: headings, rows, and a region that scrolls by itself."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria

Cell = Component | str | None


def table(label: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Component:
    """Draw a table; a heading that begins with ``#`` stands over numbers."""
    numeric = [head.startswith("#") for head in heads]
    head = [
        html.Th(word.removeprefix("#"), scope="col", className="n" if is_number else "")
        for word, is_number in zip(heads, numeric, strict=True)
    ]
    body = [
        html.Tr(
            [
                html.Td(cell, className="n" if is_number else "")
                for cell, is_number in zip(row, numeric, strict=True)
            ]
        )
        for row in rows
    ]
    drawn = html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], className="tbl flush plain")
    return html.Div(drawn, className="tbl-x", tabIndex="0", role="region", **aria(label=label))
