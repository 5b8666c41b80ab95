"""Buttons and links that look like them: a verb, its object and the count."""

from typing import Any, Literal

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.icon import icon as draw_icon
from dashboard.components.kbd import kbd

Kind = Literal["primary", "outline", "ghost", "danger", "danger-o"]
Size = Literal["sm", "md", "lg"]


def button(
    label: str,
    *,
    id: str | dict[str, Any] | None = None,
    href: str | None = None,
    kind: Kind = "outline",
    size: Size = "md",
    icon: str | None = None,
    key: str | None = None,
    opens: str | None = None,
    disabled: bool = False,
    **attributes: Any,
) -> Component:
    """Draw a button, or with ``href`` a link in a button's clothes.

    ``key`` shows the shortcut; ``opens`` is the id of the dialog that a press opens. Why a
    disabled button is disabled is said beside it (``html.Span(…, className="btn-why")``).
    """
    inside: list[Component | str] = [draw_icon(icon)] if icon else []
    inside.append(label)
    if key:
        inside.append(kbd(key))
    classes = f"btn btn-{kind}" + (f" btn-{size}" if size != "md" else "")
    if id is not None:
        attributes["id"] = id
    if href is not None:
        return html.A(inside, href=href, className=classes, **attributes)
    if opens:
        attributes["data-dialog"] = opens
    return html.Button(
        inside, type="button", n_clicks=0, disabled=disabled, className=classes, **attributes
    )


def icon_button(
    name: str,
    label: str,
    *,
    id: str | dict[str, Any] | None = None,
    **attributes: Any,
) -> html.Button:
    """Draw a square button with only an icon; ``label`` is its accessible name and tooltip."""
    if id is not None:
        attributes["id"] = id
    return html.Button(
        draw_icon(name),
        type="button",
        n_clicks=0,
        className="ib",
        title=label,
        **aria(label=label),
        **attributes,
    )
