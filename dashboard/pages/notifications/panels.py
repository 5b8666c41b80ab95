"""The list of notifications and the choices beside it. Views in, components out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.notifications.ids import Channel, DeliveryState, Show
from backend.notifications.rules import LABELS
from backend.notifications.views import DeliveryView, NotificationView, PreferenceView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button, icon_button
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import SEVERITY_LOOKS, look_of
from dashboard.components.tones import Tone
from dashboard.pages.notifications import ids

_NOTHING = {
    Show.ALL: "Plans, imports, reports and alarms that concern you are told here.",
    Show.UNREAD: "You have read everything that was told to you.",
    Show.MINE: "A plan, an import or a report that you ask for is told here when it is ready.",
    Show.ALARMS: "No temperature alarm and no silent sensor has been told to you.",
    Show.SEQUENCING: "No run has ended.",
    Show.STORAGE: "No plan was ready and no unit has passed 95%.",
    Show.PROGRAM: "No background work has failed.",
}
_LOCKED = (
    "Alarms, silent sensors and changes of your account are always shown here. "
    "Their mail can be switched off."
)
_CHANNELS = {Channel.IN_APP: "In TracSeq", Channel.EMAIL: "By e-mail"}


def told(
    notices: Sequence[NotificationView],
    *,
    show: Show,
    unread: Mapping[Show, int],
    more: bool,
    now: datetime,
    zone: ZoneInfo,
) -> list[Component]:
    """Draw a view: its days from today backwards, in each the unread first."""
    here = unread[show]
    parts: list[Component] = [_head(here)]
    if not notices:
        parts.append(_nothing(show, unread[Show.ALL]))
    for on, group in groupby(notices, key=lambda each: each.at.astimezone(zone).date()):
        parts.append(_day(on, list(group), now=now, zone=zone))
    if more:
        parts.append(button("Show older", id=ids.OLDER, kind="ghost"))
    return [html.Section(parts, className="panel", **aria(label="Notifications"))]


def choices(preferences: Sequence[PreferenceView]) -> html.Section:
    """Draw how the person hears of each kind. What is locked says so."""
    by_kind = {
        kind: list(group) for kind, group in groupby(preferences, key=lambda each: each.kind)
    }
    heads = [html.Th("Kind", scope="col")]
    heads += [html.Th(word, scope="col", className="c") for word in _CHANNELS.values()]
    rows = [
        html.Tr(
            [
                html.Th(LABELS[kind], scope="row"),
                *[html.Td(_choice(each), className="c") for each in group],
            ]
        )
        for kind, group in by_kind.items()
    ]
    return panel(
        "How you hear of it",
        html.Table(
            [
                html.Caption("Kinds of notification and how each reaches you", className="vh"),
                html.Thead(html.Tr(heads)),
                html.Tbody(rows),
            ],
            className="tbl plain flush no-c",
        ),
        html.P(
            [
                icon("lock"),
                f" {_LOCKED}",
            ],
            className="sm t3",
        ),
        class_name="no-p",
    )


def _head(unread: int) -> html.Div:
    parts: list[Component] = [
        html.H2("Told to you"),
        html.Span(f"{fmt.count(unread)} unread" if unread else "none unread", className="m"),
    ]
    if unread:
        parts.append(
            html.Span(
                button("Mark all as read", id=ids.ALL_READ, size="sm", icon="check2-all"),
                className="r",
            )
        )
    return html.Div(parts, className="ph")


def _nothing(show: Show, unread: int) -> html.Div:
    title = "Nothing is unread" if show is Show.UNREAD else "Nothing here"
    actions: list[Component] = []
    if show not in {Show.ALL, Show.UNREAD}:
        words = f"Show all ({fmt.count(unread)} unread)" if unread else "Show all"
        actions.append(button(words, href="/notifications"))
    return empty_state(title, _NOTHING[show], *actions, icon="bell")


def _day(
    on: date, notices: Sequence[NotificationView], *, now: datetime, zone: ZoneInfo
) -> html.Div:
    unread_first = sorted(notices, key=lambda each: each.read_at is not None)
    return html.Div(
        [
            html.H3(_day_words(on, now.astimezone(zone).date()), className="no-d"),
            html.Ul([_notice(each, zone) for each in unread_first], className="no-u"),
        ]
    )


def _day_words(on: date, today: date) -> str:
    if on == today:
        return "Today"
    if on == today - timedelta(days=1):
        return "Yesterday"
    return fmt.calendar_day(on, with_year=on.year != today.year)


def _notice(notice: NotificationView, zone: ZoneInfo) -> html.Li:
    look = look_of(SEVERITY_LOOKS, notice.severity.value)
    unread = notice.read_at is None
    words: list[Component | str] = [
        html.Span(f"{look.word}. ", className="vh"),
        html.A(notice.title, href=notice.href, id=ids.link(str(notice.id)), n_clicks=0),
    ]
    if unread:
        words.append(html.Span(" (unread)", className="vh"))
    key = str(notice.id)
    mark = (
        icon_button("check2", f"Mark as read: {notice.title}", id=ids.mark(key)) if unread else None
    )
    return html.Li(
        [
            icon(look.icon, look.tone),
            html.Div(
                [
                    html.P(words, className="no-t"),
                    html.P(notice.body, className="t2"),
                    html.P(_mail(notice.email, zone), className="sm t3 no-m")
                    if notice.email
                    else None,
                ],
                className="no-x",
            ),
            html.Time(
                fmt.clock_time(notice.at, zone),
                dateTime=notice.at.isoformat(),
                title=fmt.tooltip_time(notice.at),
                className="sm t3 num",
            ),
            html.Span(mark, className="no-a"),
        ],
        className="no-i un" if unread else "no-i",
    )


def _mail(mail: DeliveryView, zone: ZoneInfo) -> list[Component | str]:
    match mail.state:
        case DeliveryState.SENT:
            at = f" {fmt.clock_time(mail.sent_at, zone)}" if mail.sent_at else ""
            return [icon("envelope-check"), f"Mailed{at}"]
        case DeliveryState.PENDING:
            why = f": {mail.detail}" if mail.detail else ""
            return [icon("hourglass"), f"The mail waits to be sent{why}"]
        case DeliveryState.FAILED:
            return [icon("x-octagon-fill", Tone.CRIT), f"The mail was not sent. {mail.detail}"]
        case DeliveryState.NOT_CONFIGURED:
            return [icon("dash-circle-dotted", Tone.OFF), f"Not mailed. {mail.detail}"]


def _choice(preference: PreferenceView) -> Component:
    label = f"{LABELS[preference.kind]}: {_CHANNELS[preference.channel].lower()}"
    drawn: Component = dbc.Checkbox(
        id=ids.choice(preference.kind.value, preference.channel.value),
        value=preference.enabled,
        disabled=preference.locked,
        label=html.Span(label, className="vh"),
    )
    return drawn
