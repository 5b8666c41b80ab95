"""The bell of the top bar: how much is unread, and the newest notifications below it.

The page behind it (dashboard/pages/notifications) has them all.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from backend.notifications.views import NotificationView
from dashboard import format as fmt
from dashboard import shell_ids as ids
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state, skeleton
from dashboard.components.icon import icon
from dashboard.components.status import SEVERITY_LOOKS, look_of

SHOWN = 8
_MOST_COUNTED = 99


def bell(unread: int) -> list[Component]:
    """Draw the bell and its closed popover; what it lists is fetched when it opens."""
    control = html.Button(
        [
            icon("bell"),
            html.Span("Notifications", className="vh"),
            html.Span(unread_mark(unread), id=ids.BELL_COUNT),
        ],
        id=ids.BELL,
        type="button",
        n_clicks=0,
        className="ib",
        title="Notifications",
        **data(pop=ids.BELL_POPOVER),
        **aria(haspopup="true", expanded=False, controls=ids.BELL_POPOVER),
    )
    return [control, _popover(), dcc.Store(id=ids.BELL_CHANGED)]


def unread_mark(unread: int) -> list[Component | str]:
    """Draw the number on the bell; nothing when everything is read."""
    if not unread:
        return []
    shown = f"{_MOST_COUNTED}+" if unread > _MOST_COUNTED else str(unread)
    return [
        html.Span(shown, className="dot", **aria(hidden=True)),
        html.Span(f", {fmt.count(unread)} unread", className="vh"),
    ]


def newest(notices: Sequence[NotificationView], *, unread: int, zone: ZoneInfo) -> list[Component]:
    """Draw what the popover lists, newest first."""
    if not notices:
        why = "Plans, imports, reports and alarms that concern you are told here."
        return [empty_state("Nothing was told to you yet", why, icon="bell")]
    parts: list[Component] = [html.Ul([_notice(each, zone) for each in notices], className="nts")]
    if unread:
        parts.append(
            html.Div(
                button("Mark all as read", id=ids.BELL_ALL_READ, size="sm", icon="check2-all"),
                className="bl-f",
            )
        )
    return parts


def _popover() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.H2("Notifications"),
                    html.Span(html.A("All notifications", href="/notifications"), className="r"),
                ],
                className="ph",
            ),
            html.Div(skeleton(3, label="Loading notifications"), id=ids.BELL_LIST),
        ],
        id=ids.BELL_POPOVER,
        className="pop pop-bell",
        hidden=True,
        role="region",
        **aria(label="Newest notifications"),
    )


def _notice(notice: NotificationView, zone: ZoneInfo) -> html.Li:
    look = look_of(SEVERITY_LOOKS, notice.severity.value)
    is_unread = notice.read_at is None
    parts = [
        icon(look.icon, look.tone),
        html.Span(
            [
                html.Span(
                    [html.Span(f"{look.word}. ", className="vh"), notice.title], className="el"
                ),
                html.Span(notice.body, className="el t3 sm"),
                html.Span(" (unread)", className="vh") if is_unread else None,
            ],
            className="nt-x",
        ),
        html.Time(
            fmt.clock_time(notice.at, zone),
            dateTime=notice.at.isoformat(),
            title=fmt.tooltip_time(notice.at),
            className="t3 sm num",
        ),
    ]
    return html.Li(
        html.A(
            parts,
            href=notice.href,
            id=ids.bell_link(str(notice.id)),
            n_clicks=0,
            className="nt un" if is_unread else "nt",
        )
    )
