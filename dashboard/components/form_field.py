"""A field: label, help, input, error. The error keeps what the person typed.

    form_field("Volume", dbc.Input(id=ids.VOLUME, type="number", min=0), unit="µL",
               help_text="What is in the tube now.")

A callback shows an error through ``Output(error_id(ids.VOLUME), "children")``; the text is the
same as in the summary on top (error_summary).
"""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components.icon import icon
from dashboard.components.tones import Tone


def error_id(field_id: str) -> str:
    """Return the id of a field's error line."""
    return f"{field_id}-error"


def help_id(field_id: str) -> str:
    """Return the id of a field's help line."""
    return f"{field_id}-help"


def form_field(
    label: str,
    control: Component,
    *,
    help_text: str = "",
    error: str = "",
    unit: str = "",
    optional: bool = False,
    class_name: str = "",
) -> html.Div:
    """Draw one labelled field around ``control``, which must carry an id."""
    field_id = str(vars(control)["id"])
    name: list[Component | str] = [label]
    if optional:
        name.append(html.Span(" (optional)", className="opt"))
    parts: list[Component] = [html.Label(name, htmlFor=field_id)]
    if help_text:
        parts.append(html.P(help_text, id=help_id(field_id), className="help"))
    box = html.Div([control, html.Span(unit, className="u")], className="ipt") if unit else control
    parts.append(box)
    parts.append(
        html.Div(
            field_error(error) if error else None,
            id=error_id(field_id),
            className="err-x",
            role="alert",
        )
    )
    bad = " is-bad" if error else ""
    return html.Div(parts, className=f"fld{bad} {class_name}".strip())


def field_error(message: str) -> html.P | None:
    """Draw a field's error sentence; nothing for an empty one."""
    if not message:
        return None
    return html.P([icon("exclamation-octagon-fill", Tone.CRIT), message], className="err")


def error_summary(errors: Mapping[str, str], *, id: str = "problems") -> html.Div:
    """Draw "There is a problem" with a link to each field: ``{field_id: sentence}``.

    An empty mapping draws nothing. assets/forms.js moves the focus here when it appears.
    """
    links = [html.Li(html.A(text, href=f"#{field}")) for field, text in errors.items()]
    inside = [html.H2("There is a problem"), html.Ul(links)] if links else []
    return html.Div(inside, id=id, className="sum", role="alert", tabIndex="-1")
