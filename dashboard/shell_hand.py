"""The hand of the top bar: how many tubes the person has in hand, and whether for too long."""

from datetime import datetime

from dash import html
from dash.development.base_component import Component

from backend.storage.hand_views import REMIND_AFTER, HandTray
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon


def hand_badge(tray: HandTray, now: datetime) -> list[Component]:
    """Draw the way to what is in hand; nothing when nothing is."""
    oldest = tray.oldest_at
    if oldest is None:
        return []
    is_late = now - oldest > REMIND_AFTER
    words = f"{fmt.plural(len(tray.items), 'tube', 'tubes')} in your hand"
    words += ", the first for more than an hour" if is_late else ""
    return [
        html.A(
            [
                icon("hand-index-thumb"),
                html.Span(words, className="vh"),
                html.Span(fmt.count(len(tray.items)), className="dot", **aria(hidden=True)),
            ],
            href="/storage",
            className="ib ib-hand is-late" if is_late else "ib ib-hand",
            title=words,
        )
    ]
