"""Notifications: redrawn when somebody is told of something, marked as read, chosen."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.notifications import service
from backend.notifications.ids import Channel, Kind, NotificationId, Show
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.toast import Undo, toast, undo_id
from dashboard.pages.notifications import ids
from dashboard.pages.notifications.layout import STEP, body, view_of
from dashboard.session import current_principal
from dashboard.shell_ids import URL, live


@page_callback(
    Permission.NOTIFICATIONS_VIEW,
    Output(ids.LIST, "children"),
    Input(live("notifications"), "data"),
    Input(ids.CHANGED, "data"),
    Input(ids.LIMIT, "data"),
    State(URL, "search"),
    prevent_initial_call=True,
)
def show_newest(
    _version: int | None, _changed: str | None, limit: int | None, search: str | None
) -> list[Component]:
    """Draw the view of the address as the rows say now."""
    return body(_view(search), limit or STEP)


@page_callback(
    Permission.NOTIFICATIONS_VIEW,
    Output(ids.LIMIT, "data"),
    Input(ids.OLDER, "n_clicks"),
    State(ids.LIMIT, "data"),
    prevent_initial_call=True,
)
def show_older(presses: int | None, limit: int | None) -> Any:
    """Draw another hundred."""
    return (limit or STEP) + STEP if presses else no_update


@page_callback(
    Permission.NOTIFICATIONS_VIEW,
    Output(ids.CHANGED, "data"),
    Input(ids.mark(ALL), "n_clicks"),
    Input(ids.ALL_READ, "n_clicks"),
    State(URL, "search"),
    prevent_initial_call=True,
)
def mark_read(_marks: list[int | None], _all: int | None, search: str | None) -> Any:
    """Mark one, or all of the view, as read; it can be taken back."""
    if not ctx.triggered[0]["value"]:
        return no_update
    pressed = ctx.triggered_id
    with writing() as session:
        if pressed == ids.ALL_READ:
            marked = service.mark_all_read(session, current_principal(), show=_view(search))
        else:
            key = NotificationId(UUID(pressed["notification"]))
            marked = service.mark_read(session, current_principal(), notification_ids=[key])
    if marked.at is not None:
        words = fmt.plural(marked.count, "notification", "notifications")
        undo = Undo("notifications", {"read_at": marked.at.isoformat()})
        toast(f"{words} marked as read", undo=undo)
    return str(new_id())


@page_callback(
    Permission.NOTIFICATIONS_VIEW, Input(ids.link(ALL), "n_clicks"), prevent_initial_call=True
)
def follow(_clicks: list[int | None]) -> None:
    """Mark as read what the person has gone to look at."""
    if not ctx.triggered[0]["value"]:
        return
    key = NotificationId(UUID(ctx.triggered_id["notification"]))
    with writing() as session:
        service.mark_read(session, current_principal(), notification_ids=[key])


@page_callback(
    Permission.NOTIFICATIONS_VIEW,
    Input(undo_id("notifications"), "data"),
    prevent_initial_call=True,
)
def take_back(undone: dict[str, str] | None) -> None:
    """Make unread again what was marked; the live topic draws the list."""
    if not undone:
        return
    with writing() as session:
        service.mark_unread(
            session, current_principal(), read_at=datetime.fromisoformat(undone["read_at"])
        )


@page_callback(
    Permission.NOTIFICATIONS_VIEW, Input(ids.choice(ALL, ALL), "value"), prevent_initial_call=True
)
def choose(_choices: list[bool]) -> None:
    """Keep how the person wants to hear of a kind; an unchanged choice changes nothing."""
    chosen = ctx.triggered_id
    if not chosen:
        return
    with writing() as session:
        service.set_preference(
            session,
            current_principal(),
            kind=Kind(chosen["kind"]),
            channel=Channel(chosen["channel"]),
            enabled=bool(ctx.triggered[0]["value"]),
        )


def _view(search: str | None) -> Show:
    return view_of(parse_qs((search or "").lstrip("?")).get("show", [""])[0])
