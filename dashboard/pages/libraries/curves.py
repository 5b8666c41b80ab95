"""A plate's standard curve: drawn, in a sentence, and its standards one by one."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.sequencing.preparation.readings.standard_curve import (
    Curve,
    FittedStandard,
    in_words,
)
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.figures.standard_curve import curve_figure
from dashboard.pages.libraries.tables import Cell, table

_USED = Look("Used", "check2", Tone.OK)
_LEFT_OUT = Look("Left out", "slash-circle", Tone.WARN)


def curve_parts(curve: Curve, title: str = "Standard curve") -> list[Component]:
    """Draw a curve with everything that says whether it may be trusted."""
    heads = ("Well", f"#{curve.unit}", "#RFU over blank", "#Residual, RFU", "#Reads back")
    rows = [_row(each) for each in curve.standards]
    return [
        html.P([html.B(title), f": {in_words(curve)} {_blank(curve)}"]),
        html.P(
            "Nothing is read outside the dashed limits. A standard is left out where it reads back "
            "more than 15 % off (the lowest 20 %); three of four have to hold (ICH M10).",
            className="t2 sm",
        ),
        html.Div(
            [curve_figure(curve), table("Standards", (*heads, "#Off", "Standard"), rows)],
            className="lb-curve",
        ),
    ]


def _blank(curve: Curve) -> str:
    blank = curve.blank
    if blank.mean == 0:
        return "The reader took the blank off."
    scatter = "" if blank.deviation is None else f" ± {blank.deviation:,.0f}"
    wells = "1 well" if blank.wells == 1 else f"{blank.wells} wells"
    return f"Blank {blank.mean:,.0f}{scatter} RFU in {wells}, taken off."


def _row(each: FittedStandard) -> Sequence[Cell]:
    off = "" if each.error is None else f"{each.error:+.1%}".replace("-", "−")
    return [
        each.well,
        f"{each.concentration:,g}",
        f"{each.signal:,.0f}".replace("-", "−"),
        f"{each.residual:+,.0f}".replace("-", "−"),
        "" if each.read_back is None else f"{each.read_back:,.4g}",
        off,
        status(_USED if each.is_kept else _LEFT_OUT),
    ]
