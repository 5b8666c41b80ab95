"""A box from above, small: one position lit, the taken ones shaded."""

from collections.abc import Collection

from dash import html

from backend.storage.rules import BoxShape, Position, row_letters
from dashboard.components.attributes import aria

_DENSE_FROM = 13
"""Columns from which the cells are small."""


def box_thumbnail(
    shape: BoxShape, lit: Position | None, taken: Collection[Position], *, name: str
) -> html.Div:
    """Draw the box; what is lit is also said."""
    cells = [
        html.Span(className="pk-c is-lit" if at == lit else "pk-c is-in" if at in taken else "pk-c")
        for at in shape.positions()
    ]
    row = "" if lit is None else str(lit.row) if shape.is_numbered else row_letters(lit.row)
    said = f"{name}: " + (
        f"{lit.label}, row {row}, column {lit.column}"
        if lit is not None
        else "the first free position"
    )
    dense = " is-dense" if shape.columns >= _DENSE_FROM else ""
    return html.Div(
        cells,
        className=f"pk-map{dense}",
        role="img",
        style={"--columns": shape.columns},
        **aria(label=said),
    )
