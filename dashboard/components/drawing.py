"""Server-made SVG.

Dash has no SVG elements, so the markup travels as text; assets/drawing.js parses it as an inert
document and adopts only drawing elements: no script, no foreign content.

Text goes through ElementTree, so a sample named ``<script>`` is five visible characters.
"""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from dash import html

from dashboard.components.attributes import aria, data, optional

Node = ET.Element


def node(tag: str, *children: Node, text: str = "", **attributes: Any) -> Node:
    """Return an SVG element: ``node("rect", x=0, y=1, width=4, height=8, class_="h-ok")``.

    Underscores become hyphens and a trailing one is dropped: ``stroke_width``, ``class_``.
    """
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    made = ET.Element(tag, {name: str(value) for name, value in names.items()})
    made.text = text or None
    made.extend(children)
    return made


def drawing(
    width: float,
    height: float,
    children: Sequence[Node],
    *,
    label: str,
    class_name: str = "",
    fluid: bool = False,
    role: str = "img",
    **attributes: Any,
) -> html.Div:
    """Draw SVG in user units (px at scale 1).

    ``label`` says in words what it shows; an empty one marks decoration beside a value that is
    printed anyway. ``fluid`` fills the width. A drawing with links in it is a ``role="group"``: an
    image's inside is read to nobody.
    """
    svg = node(
        "svg",
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        class_=class_name,
        xmlns="http://www.w3.org/2000/svg",
    )
    svg.set("width", "100%" if fluid else f"{width:g}")
    if not fluid:
        svg.set("height", f"{height:g}")
    spoken = optional(role=role) | aria(label=label) if label else aria(hidden=True)
    return html.Div(
        className="drawing",
        **data(svg=ET.tostring(svg, encoding="unicode")),
        **spoken,
        **attributes,
    )
