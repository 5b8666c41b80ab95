"""By how many bases the libraries of a lane differ: i7 below the diagonal, i5 above it."""

from collections.abc import Sequence
from typing import Any

from dash import html

from backend.sequencing.indexing.collisions import Barcode, clashes, distance
from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

MOST_DRAWN = 32
"""Libraries that are drawn; a larger table cannot be read."""

_CELL, _GAP, _LETTER, _LEAN = 20.0, 1.0, 6.8, 0.6
_NEAR = 2
_SHORT = 4


def index_matrix(barcodes: Sequence[Barcode], *, independent: bool = False) -> html.Div:
    """Draw the distances of a lane's libraries, at most `MOST_DRAWN` of them.

    Libraries that collide come first when not all can be drawn. Red is a pair that cannot be told
    apart, amber one index of a pair that is too close while the other tells them apart, pale what
    is one or two bases away from too close.
    """
    drawn, colliding = _chosen(barcodes, independent=independent)
    if not drawn:
        return html.Div(html.P("No library is in this lane.", className="t2"))
    names = short_names([each.name for each in drawn])
    left = max(map(len, names)) * _LETTER + 8
    top = max(map(len, names)) * _LETTER * (1 - _LEAN / 6) + 8
    parts: list[Node] = []
    in_trouble = {name for pair in colliding for name in pair}
    for place, (each, name) in enumerate(zip(drawn, names, strict=True)):
        classes = "mono b f-critt" if each.name in in_trouble else "mono tx2"
        y, x = top + place * _CELL, left + place * _CELL
        parts.append(
            node("text", text=name, x=f"{left - 6:g}", y=f"{y + 14:g}", class_=f"{classes} e")
        )
        turned = f"rotate(-60 {x + 11:g} {top - 4:g})"
        parts.append(node("text", text=name, x=f"{x + 11:g}", y=f"{top - 4:g}", class_=classes))
        parts[-1].set("transform", turned)
    for row, one in enumerate(drawn):
        for column, other in enumerate(drawn):
            x, y = left + column * _CELL, top + row * _CELL
            parts += _cell(one, other, x, y, row - column, colliding)
    width = left + len(drawn) * _CELL + top * _LEAN
    return drawing(width, top + len(drawn) * _CELL, parts, label=in_words(barcodes, colliding))


def key() -> html.Span:
    """Draw what the colours mean."""
    names = (
        ("clash", "Collision, both too close"),
        ("one", "One too close"),
        ("near", "Near"),
    )
    return html.Span(
        [
            html.Span([html.I(className=f"im-key is-{look}"), said], className="lg")
            for look, said in names
        ],
        className="row-x g12",
    )


def short_names(names: Sequence[str]) -> list[str]:
    """Return the last letters of names, four or as many as tell them apart."""
    longest = max(map(len, names), default=0)
    for length in range(_SHORT, longest):
        cut = [name[-length:] for name in names]
        if len(set(cut)) == len(set(names)):
            return cut
    return list(names)


def in_words(barcodes: Sequence[Barcode], colliding: frozenset[tuple[str, str]]) -> str:
    """Return what the drawing shows, for those who do not see it."""
    libraries = fmt.plural(len(barcodes), "library", "libraries")
    if not colliding:
        return f"Index distances of {libraries}: every pair is told apart."
    pairs = ", ".join(f"{one} and {other}" for one, other in sorted(colliding))
    return f"Index distances of {libraries}: not told apart are {pairs}."


def _chosen(
    barcodes: Sequence[Barcode], *, independent: bool
) -> tuple[list[Barcode], frozenset[tuple[str, str]]]:
    found = clashes(barcodes, independent=independent)
    colliding = frozenset((each.first, each.second) for each in found)
    first = {name for pair in colliding for name in pair}
    order = list(barcodes)
    if len(order) > MOST_DRAWN:
        order.sort(key=lambda each: each.name not in first)
    return order[:MOST_DRAWN], colliding


def _cell(  # noqa: PLR0917 a cell is where it stands and what it compares
    one: Barcode,
    other: Barcode,
    x: float,
    y: float,
    below: int,
    colliding: frozenset[tuple[str, str]],
) -> list[Node]:
    size = _CELL - _GAP
    place: dict[str, Any] = {"x": f"{x:g}", "y": f"{y:g}", "width": size, "height": size, "rx": 2}
    if below == 0:
        return [node("rect", class_="im-self", **place)]
    first, second = (one.i7, other.i7) if below > 0 else (one.i5, other.i5)
    allowed = (
        one.mismatches_i7 + other.mismatches_i7
        if below > 0
        else one.mismatches_i5 + other.mismatches_i5
    )
    if not first or not second:
        return [node("rect", class_="im-none", **place)]
    apart = distance(first, second)
    clash = (one.name, other.name) in colliding or (other.name, one.name) in colliding
    classes, words = _look(apart, allowed, clash=clash)
    told = f"{one.name} and {other.name}: {'i7' if below > 0 else 'i5'} differs by {apart}"
    return [
        node("rect", node("title", text=told), class_=classes, **place),
        node(
            "text",
            text=str(apart),
            x=f"{x + size / 2:g}",
            y=f"{y + 14:g}",
            class_=f"m {words}",
        ),
    ]


def _look(apart: int, allowed: int, *, clash: bool) -> tuple[str, str]:
    """Return the classes of a cell and of the figure in it."""
    if clash:
        return "im-clash", "b im-on"
    if apart <= allowed:
        return "im-one", "tx"
    if apart <= allowed + _NEAR:
        return "im-near", "tx"
    return "im-far", "tx2"
