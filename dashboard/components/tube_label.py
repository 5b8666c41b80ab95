"""A tube's label as it is printed: Data Matrix, serial, code and what is known of the tube.

    tube_label(label_of(LabelText(barcode="DNA-251118-K7F3")))
    button("Print label", icon="printer", **data(print_label=""))

The button prints the label on the page and nothing else (assets/label.js). A label is paper: it
keeps the light theme.
"""

from collections.abc import Sequence

from dash import html

from backend.samples.labels import QUIET_MODULES, Label
from dashboard.components.attributes import data
from dashboard.components.drawing import drawing, node

_MODULE = 6
_SQUARE = f"h{_MODULE}v{_MODULE}h-{_MODULE}z"


def tube_label(label: Label) -> html.Div:
    """Draw the whole label."""
    words = [
        html.B(label.serial),
        html.Span(label.barcode, className="mono"),
        *[html.Span(line) for line in label.lines],
    ]
    return html.Div(
        [data_matrix(label.modules, label.barcode), html.Div(words, className="tl-words")],
        className="tube-label",
        **data(bs_theme="light"),
    )


def data_matrix(modules: Sequence[Sequence[bool]], code: str) -> html.Div:
    """Draw the code with its quiet zone; one path, so that no seams show between modules."""
    side = (len(modules) + 2 * QUIET_MODULES) * _MODULE
    dark = "".join(
        f"M{(x + QUIET_MODULES) * _MODULE} {(y + QUIET_MODULES) * _MODULE}{_SQUARE}"
        for y, row in enumerate(modules)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    path = node("path", d=dark, fill="currentColor", shape_rendering="crispEdges")
    return drawing(side, side, [path], label=f"Data Matrix of {code}", class_name="data-matrix")
