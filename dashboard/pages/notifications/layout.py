"""Notifications: what the person was told, day by day, and how they want to hear of what."""

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.transaction import reading
from backend.notifications import queries, rules
from backend.notifications.ids import Show
from dashboard.components.page import Page, Tab, page
from dashboard.laboratory import lab_zone
from dashboard.pages.notifications import ids, panels
from dashboard.session import current_principal

STEP = 100
_WORDS = {
    Show.ALL: "All",
    Show.UNREAD: "Unread",
    Show.MINE: "Mine",
    Show.ALARMS: "Alarms",
    Show.STORAGE: "Storage",
    Show.SEQUENCING: "Sequencing",
    Show.PROGRAM: "Program",
}


def layout(*, show: str = "") -> Page:
    """Draw the page; ``show`` names the view, an unknown one shows all."""
    view = view_of(show)
    return page(
        title="Notifications",
        tabs=[Tab(word, _address(each), selected=each is view) for each, word in _WORDS.items()],
        children=[
            dcc.Store(id=ids.CHANGED),
            dcc.Store(id=ids.LIMIT, data=STEP),
            html.Div(
                [html.Div(body(view, STEP), id=ids.LIST, className="no-l"), _choices()],
                className="no",
            ),
        ],
    )


def body(show: Show, limit: int) -> list[Component]:
    """Return the notifications of a view as the rows say now, at most ``limit``."""
    principal = current_principal()
    with reading() as session:
        found = queries.window(
            session,
            principal,
            unread_only=show is Show.UNREAD,
            kinds=rules.kinds_of(show),
            limit=limit + 1,
        )
        unread = queries.unread_by_view(session, principal)
    return panels.told(
        found[:limit],
        show=show,
        unread=unread,
        more=len(found) > limit,
        now=clock.utc_now(),
        zone=lab_zone(),
    )


def view_of(name: str) -> Show:
    """Return the view of a name in the address; all of them for a mistyped one."""
    return Show(name) if name in set(Show) else Show.ALL


def _choices() -> html.Section:
    with reading() as session:
        choices = queries.preferences(session, current_principal())
    return panels.choices(choices)


def _address(show: Show) -> str:
    return "/notifications" if show is Show.ALL else f"/notifications?show={show.value}"
