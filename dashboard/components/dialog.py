"""Confirmation, for what cannot be taken back: discard, delete, release, revoke, restore.

    confirm(ids.DISCARD_DIALOG, title="Discard 3 samples?", body="Records and custody stay.",
            act="Discard 3 samples", act_id=ids.DISCARD_CONFIRMED, keep="Keep samples")
    button("Discard", kind="danger-o", opens=ids.DISCARD_DIALOG)

Opening and closing is the browser's (assets/layers.js); the page only hears ``act_id`` pressed.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.components.button import button


def dialog(
    id: str,
    title: str,
    *children: Component,
    wide: bool = False,
) -> html.Dialog:
    """Draw a native modal dialog: focus stays inside, Esc closes."""
    return html.Dialog(
        [html.H2(title, id=f"{id}-title"), *children],
        id=id,
        className="dlg wide" if wide else "dlg",
        **aria(labelledby=f"{id}-title"),
    )


def confirm(
    id: str,
    *,
    title: str,
    body: str,
    act: str,
    act_id: str | dict[str, Any],
    keep: str = "Keep",
    extra: Component | None = None,
) -> html.Dialog:
    """Draw the question with the count, what stays, and the two answers; the safe one has focus."""
    return dialog(
        id,
        title,
        html.P(body, className="t2"),
        *([extra] if extra is not None else []),
        html.Div(
            [
                button(keep, autoFocus=True, **data(close="")),
                button(act, id=act_id, kind="danger-o", **data(close="")),
            ],
            className="row-x",
        ),
    )
