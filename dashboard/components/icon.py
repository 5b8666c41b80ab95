"""Bootstrap icons from the subset that ``dashboard.assets_build`` finds in our sources."""

from dash import html

from dashboard.components.attributes import aria
from dashboard.components.tones import Tone


def icon(name: str, tone: Tone | None = None) -> html.I:
    """Draw a decorative icon: ``icon("box-seam")``. The word beside it carries the meaning.

    The name must stand in the source as a literal, or the icon font's subset misses it.
    """
    colour = f" i-{tone}" if tone else ""
    return html.I(className=f"bi bi-{name}{colour}", **aria(hidden=True))


def fan() -> html.I:
    """Draw the glyph of everything predicted: one line that opens into three."""
    return html.I(className="fan", **aria(hidden=True))


def brand_mark() -> html.I:
    """Draw the three peaks of a chromatogram."""
    return html.I(className="brand-mark", **aria(hidden=True))
