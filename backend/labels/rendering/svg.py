"""A label as SVG: the preview on a page, and what the browser prints. Same layout as print."""

from html import escape
from urllib.parse import quote

from backend.labels import symbols
from backend.labels.ids import Symbology
from backend.labels.layout import MM_PER_POINT
from backend.labels.views import Layout, PlacedSymbol, PlacedText

MEDIA_TYPE = "image/svg+xml"
# DejaVu and Verdana are drawn on the same skeleton as the print's Vera; textLength does the rest.
_FAMILY = "'Bitstream Vera Sans','DejaVu Sans',Verdana,sans-serif"


def draw(layout: Layout, *, edge: bool = True) -> str:
    """Return the label as an SVG document in mm; ``edge`` draws where the label ends."""
    template = layout.template
    width, height = template.width_mm, template.height_mm
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(_said(layout), quote=True)}">'
    )
    parts = [
        head,
        _ground(layout, edge=edge),
        _symbol(layout.symbol),
        *(_text(text) for text in layout.texts),
        "</svg>",
    ]
    return "".join(parts)


def data_uri(layout: Layout) -> str:
    """Return the label as an address that an image shows without a request."""
    return f"data:{MEDIA_TYPE};charset=utf-8,{quote(draw(layout))}"


def code_uri(code: str, *, module_mm: float = 0.5) -> str:
    """Return a bare Data Matrix with its quiet zone as an address that an image shows."""
    rows = symbols.modules(Symbology.DATA_MATRIX, code)
    quiet = symbols.QUIET_MODULES[Symbology.DATA_MATRIX]
    side = len(rows) + 2 * quiet
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side * module_mm:g}mm" '
        f'height="{side * module_mm:g}mm" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/>'
        f'<g data-part="symbol" transform="translate({quiet} {quiet})">'
        f'<path d="{path}" fill="#000" shape-rendering="crispEdges"/></g></svg>'
    )
    return f"data:{MEDIA_TYPE};charset=utf-8,{quote(drawn)}"


def _said(layout: Layout) -> str:
    words = ", ".join(text.text for text in layout.texts)
    return f"Label of {layout.content.barcode}" + (f": {words}" if words else "")


def _ground(layout: Layout, *, edge: bool) -> str:
    template = layout.template
    stroke = ' stroke="#999" stroke-width="0.1"' if edge else ""
    if template.is_round:
        radius = template.width_mm / 2
        return f'<circle cx="{radius}" cy="{radius}" r="{radius}" fill="#fff"{stroke}/>'
    return f'<rect width="{template.width_mm}" height="{template.height_mm}" fill="#fff"{stroke}/>'


def _symbol(symbol: PlacedSymbol) -> str:
    # One path, so that no hairline shows between modules.
    path = "".join(
        f"M{x:.4f} {y:.4f}h{width:.4f}v{height:.4f}h-{width:.4f}z"
        for x, y, width, height in symbol.bars()
    )
    return (
        f'<g data-part="symbol" transform="translate({symbol.x_mm:.4f} {symbol.y_mm:.4f})">'
        f'<path d="{path}" fill="#000" shape-rendering="crispEdges"/></g>'
    )


def _text(text: PlacedText) -> str:
    size = text.size_pt * MM_PER_POINT
    # In a style, not in attributes: a page's own rules for drawings would go before those.
    style = f"font:{700 if text.bold else 400} {size:.4f}px {_FAMILY};fill:#000"
    return (
        f'<g data-part="{text.field.value}" '
        f'transform="translate({text.x_mm:.4f} {text.y_mm:.4f})">'
        f'<text y="{text.baseline_mm:.4f}" style="{style}" '
        f'textLength="{text.width_mm:.4f}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text.text)}</text></g>"
    )
