"""A plotly graph with its table: the same data, with units, for those who cannot see the drawing.

    chart(ids.FLOW, summary="Registered and completed samples per day, last 30 days.")

Callbacks fill ``Output(ids.FLOW, "figure")`` and ``Output(table_id(ids.FLOW), "children")`` with
``data_table(head, rows)``. The Chart/Table switch is assets/charts.js; the template follows the
theme by itself, so figures carry ``template=None`` and no colours of their own.
"""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboard.components.attributes import aria, data

GRAPH_CONFIG: Any = {"displayModeBar": False, "responsive": True, "showTips": False}


def table_id(chart_id: str) -> str:
    """Return the id of the element that holds a chart's table."""
    return f"{chart_id}-table"


def chart(
    id: str,
    *,
    summary: str,
    figure: Any = None,
    table: html.Table | None = None,
    height_class: str = "h-220",
) -> html.Div:
    """Draw a graph and its switch. ``summary`` is the sentence that a screen reader hears."""
    switch = html.Div(
        [_side("Chart", "chart", pressed=True), _side("Table", "table", pressed=False)],
        className="seg",
        role="group",
        **aria(label="Show as"),
    )
    graph = dcc.Graph(
        id=id,
        figure=figure if figure is not None else {"data": [], "layout": {}},
        config=GRAPH_CONFIG,
        responsive=True,
        className=f"chart-p {height_class}",
    )
    return html.Div(
        [
            switch,
            html.P(summary, className="vh", id=f"{id}-summary"),
            html.Div(graph, className="chart-g", **aria(hidden=True)),
            html.Div(
                table,
                id=table_id(id),
                className="chart-t",
                tabIndex="0",
                role="region",
                **aria(label=f"Table: {summary}"),
            ),
        ],
        className="chart-x",
    )


def data_table(
    head: Sequence[str], rows: Sequence[Sequence[Any]], *, numeric_from: int = 1, caption: str = ""
) -> html.Table:
    """Draw a plain table; columns from ``numeric_from`` on are right-aligned figures."""
    cells = [
        html.Tr(
            [
                html.Td(value, className="n" if index >= numeric_from else "")
                for index, value in enumerate(row)
            ]
        )
        for row in rows
    ]
    heads = [
        html.Th(text, scope="col", className="n" if index >= numeric_from else "")
        for index, text in enumerate(head)
    ]
    parts: list[Any] = [html.Caption(caption, className="vh")] if caption else []
    return html.Table(
        [*parts, html.Thead(html.Tr(heads)), html.Tbody(cells)], className="tbl plain flush"
    )


def _side(label: str, shows: str, *, pressed: bool) -> html.Button:
    return html.Button(
        label,
        type="button",
        className="on" if pressed else "",
        **data(chart=shows),
        **aria(pressed=pressed),
    )
