"""What the frame itself does: toasts, theme and density, the bell, the counts of the sidebar."""

from typing import Any
from uuid import UUID

from dash import (
    ALL,
    ClientsideFunction,
    Input,
    Output,
    clientside_callback,
    ctx,
    no_update,
    set_props,
)
from dash.development.base_component import Component

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.notifications import queries as notification_queries
from backend.notifications import service as notification_service
from backend.notifications.ids import NotificationId
from backend.storage import hand_queries
from dashboard import format as fmt
from dashboard import shell_counts
from dashboard import shell_ids as ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import TOAST, Undo, toast
from dashboard.laboratory import lab_zone
from dashboard.session import current_principal
from dashboard.shell_bell import SHOWN, newest, unread_mark
from dashboard.shell_hand import hand_badge

PERSONAL_DENSITIES = ("compact", "comfortable")

clientside_callback(
    ClientsideFunction("toasts", "show"), Output(ids.TOAST_SINK, "data"), Input(TOAST, "data")
)
clientside_callback(
    ClientsideFunction("scanner", "answer"),
    Output(ids.SCAN_SINK, "data"),
    Input(ids.SCAN_ANSWER, "data"),
)


@page_callback(Permission.ACCOUNT_SELF, Input(ids.PREFERENCE, "data"), prevent_initial_call=True)
def keep_preference(chosen: dict[str, str] | None) -> None:
    """Remember theme and density for the person; the browser has already changed them."""
    if not chosen:
        return
    # Bench and wall belong to the device (its cookie), not to the person.
    density = chosen["density"] if chosen["density"] in PERSONAL_DENSITIES else None
    with writing() as session:
        auth_service.set_preferences(
            session, current_principal(), theme=chosen["theme"], density=density
        )


@page_callback(
    Permission.NOTIFICATIONS_VIEW,
    Output(ids.BELL_COUNT, "children"),
    Output(ids.BELL_LIST, "children"),
    Input(ids.live("notifications"), "data"),
    Input(ids.BELL, "n_clicks"),
    Input(ids.BELL_CHANGED, "data"),
    prevent_initial_call=True,
)
def show_bell(_version: int | None, _opened: int | None, _changed: str | None) -> tuple[Any, Any]:
    """Draw what is unread and the newest, as the rows say now."""
    with reading() as session:
        unread = notification_queries.unread_count(session, current_principal())
        notices = notification_queries.latest(session, current_principal(), SHOWN)
    return unread_mark(unread), newest(notices, unread=unread, zone=lab_zone())


@page_callback(
    Permission.NOTIFICATIONS_VIEW,
    Output(ids.BELL_CHANGED, "data"),
    Input(ids.BELL_ALL_READ, "n_clicks"),
    prevent_initial_call=True,
)
def mark_all_read(presses: int | None) -> Any:
    """Mark everything told to the person as read; it can be taken back."""
    if not presses:
        return no_update
    with writing() as session:
        marked = notification_service.mark_all_read(session, current_principal())
    if marked.at is not None:
        words = fmt.plural(marked.count, "notification", "notifications")
        undo = Undo("notifications", {"read_at": marked.at.isoformat()})
        toast(f"{words} marked as read", undo=undo)
    return str(new_id())


@page_callback(
    Permission.NOTIFICATIONS_VIEW,
    Output(ids.BELL_CHANGED, "data", allow_duplicate=True),
    Input(ids.bell_link(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def follow(_clicks: list[int | None]) -> Any:
    """Mark as read what the person has gone to look at from the bell."""
    if not ctx.triggered[0]["value"]:
        return no_update
    key = NotificationId(UUID(ctx.triggered_id["notification"]))
    with writing() as session:
        notification_service.mark_read(session, current_principal(), notification_ids=[key])
    return str(new_id())


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.HAND, "children"),
    Input(ids.live("storage"), "data"),
    Input(ids.live("custody"), "data"),
    prevent_initial_call=True,
)
def show_hand(_version: int | None, _custody: int | None) -> list[Component]:
    """Draw how many tubes the person has in hand, as the rows say now."""
    with reading() as session:
        tray = hand_queries.get_tray(session, current_principal())
    return hand_badge(tray, clock.utc_now())


@page_callback(
    Permission.ACCOUNT_SELF,
    *[Input(ids.live(topic), "data") for topic in shell_counts.TOPICS],
    prevent_initial_call=True,
)
def show_counts(*_versions: int | None) -> None:
    """Draw the counts of the sidebar, all of them: a second commit drops the first one's answer."""
    with reading() as session:
        found = shell_counts.counts(session, current_principal())
    for entry, count in found.items():
        set_props(ids.navigation_count(entry), {"children": shell_counts.draw(count)})
