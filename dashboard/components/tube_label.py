"""A tube's label as the browser prints it, 50 × 25 mm; and the Data Matrix alone.

    tube_label(contents.of_text(LabelText(barcode="DNA-251118-K7F3")))
    button("Print label", icon="printer", **data(print_label=""))

It is laid out by backend.labels like every other print. The button prints the label on the page and
nothing else (assets/label.js). A label is paper: it keeps the light theme.
"""

from collections.abc import Sequence

from dash import html

from backend.labels import sizes
from backend.labels.printing import layouts_of
from backend.labels.rendering import svg
from backend.labels.views import LabelContent
from backend.samples.labels import QUIET_MODULES
from dashboard.components.attributes import aria, data
from dashboard.components.drawing import drawing, node

_MODULE = 6
_SQUARE = f"h{_MODULE}v{_MODULE}h-{_MODULE}z"
_TEMPLATE = "box"
_DPI = 300
assert sizes.TEMPLATES[_TEMPLATE].width_mm == 50, "assets/30-label.css sizes the paper"  # noqa: S101, PLR2004


def tube_label(content: LabelContent) -> html.Div:
    """Draw the whole label."""
    (layout,) = layouts_of(_TEMPLATE, [content], dpi=_DPI)
    drawn = html.Div(
        className="drawing",
        role="img",
        **aria(label=f"Data Matrix of {content.barcode}"),
        **data(svg=svg.draw(layout, edge=False)),
    )
    return html.Div(drawn, className="tube-label", **data(bs_theme="light"))


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
