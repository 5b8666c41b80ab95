"""How full something is, with the two limits that people act on."""

from dash import html

from dashboard import format as fmt
from dashboard.components.attributes import aria

PLAN_SPACE, STOP_INTAKE = 0.80, 0.95


def meter(used_fraction: float, *, label: str, thin: bool = False) -> html.Span:
    """Draw a bar for a fraction 0–1: accent under 80 %, warning to 95 %, critical above.

    ``label`` names what is full: "−80 °C". The figure itself is printed beside it by the caller.
    """
    tone = "c" if used_fraction >= STOP_INTAKE else "w" if used_fraction >= PLAN_SPACE else ""
    percent = round(min(max(used_fraction, 0.0), 1.0) * 100, 1)
    return html.Span(
        [html.I(className=tone), html.U(className="t80"), html.U(className="t95")],
        className="meter thin" if thin else "meter",
        role="meter",
        style={"--used": percent},
        **aria(
            label=label,
            valuemin=0,
            valuemax=100,
            valuenow=percent,
            valuetext=f"{fmt.percent(used_fraction)} full",
        ),
    )
