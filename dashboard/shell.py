"""The frame around every page: sidebar, top bar, banners, layers. Drawn once per visit.

It brings the page that was asked for with it; later pages come from the router.
"""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component
from flask import request

from backend.auth import queries as auth_queries
from backend.auth.ids import Role
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.notifications import queries as notification_queries
from backend.storage import hand_queries
from dashboard import shell_ids as ids
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.empty_state import skeleton
from dashboard.components.icon import icon
from dashboard.components.kbd import kbd
from dashboard.components.toast import TOAST, UNDO_KINDS, undo_id
from dashboard.components.tones import Tone
from dashboard.laboratory import is_demonstration
from dashboard.placing import Placed, page_asked_from
from dashboard.session import current_principal, is_signed_in
from dashboard.shell_bell import bell
from dashboard.shell_counts import counts
from dashboard.shell_hand import hand_badge
from dashboard.shell_layers import account_menu, session_warning, shortcuts
from dashboard.shell_sidebar import bottom_bar, sidebar
from dashboard.still import stilled


def layout() -> Component:
    """Draw the frame for the person of this request.

    Dash also calls this once at start, to check it, when nobody is signed in: nothing is drawn.
    """
    if not is_signed_in():
        return html.Div()
    principal = current_principal()
    page = page_asked_from(request)
    with reading() as session:
        waiting = counts(session, principal)
        unread = _unread(session, principal)
        roles = _roles(session, principal)
    frame = html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            dcc.Store(id=ids.PAGE_META, data=page.meta if page else None),
            *_stores(),
            html.A("Skip to the page", href=f"#{ids.PAGE}", className="skip"),
            html.Div(
                [
                    sidebar(principal, roles, waiting),
                    _main(principal, unread, page or _awaited()),
                    bottom_bar(principal),
                ],
                className="app",
            ),
            account_menu(principal),
            shortcuts(),
            session_warning(),
            html.Div(id="toasts", className="toasts", role="status", **aria(live="polite")),
            html.Div(id="said", className="vh", **aria(live="polite")),
            html.Div(id="said-now", className="vh", role="alert"),
        ]
    )
    drawn: Component = stilled(frame)
    return drawn


def _awaited() -> Placed:
    """Return the places before the router has answered."""
    return Placed(
        children=[skeleton(8, label="Loading the page")],
        class_name="page",
        title="",
        crumbs=[],
        actions=[],
        tabs=[],
        banner=html.Span(hidden=True),
        meta={},
    )


def _unread(session: ReadSession, principal: Principal) -> int:
    if not principal.may(Permission.NOTIFICATIONS_VIEW):
        return 0
    return notification_queries.unread_count(session, principal)


def _hand(principal: Principal) -> list[Component]:
    with reading() as session:
        return hand_badge(hand_queries.get_tray(session, principal), clock.utc_now())


def _roles(session: ReadSession, principal: Principal) -> Sequence[Role]:
    if principal.user_id is None:
        return ()
    return auth_queries.get_person(session, principal, principal.user_id).roles


def _stores() -> list[Component]:
    live = [dcc.Store(id=ids.live(topic)) for topic in ids.LIVE_TOPICS]
    undo = [dcc.Store(id=undo_id(kind)) for kind in UNDO_KINDS]
    own = [
        dcc.Store(id=name)
        for name in (
            ids.SCAN,
            ids.SCAN_ANSWER,
            ids.PREFERENCE,
            TOAST,
        )
    ]
    # Where toasts, titles and beeps are handed to the browser's side; nothing reads these.
    sinks = [dcc.Store(id=name) for name in ids.SINKS]
    return [*live, *undo, *own, *sinks]


def _main(principal: Principal, unread: int, page: Placed) -> Component:
    return html.Div(
        [
            _top_bar(principal, unread, page),
            html.Div([*_banners(), html.Div(page.banner, id=ids.PAGE_BANNER)], className="bns"),
            html.Nav(page.tabs, id=ids.PAGE_TABS, className="tabs", **aria(label="Views")),
            html.Main(page.children, id=ids.PAGE, className=page.class_name, tabIndex="-1"),
        ],
        className="main",
    )


def _top_bar(principal: Principal, unread: int, page: Placed) -> Component:
    parts: list[Component] = [
        html.Div(
            [
                html.Nav(
                    page.crumbs, id=ids.PAGE_CRUMBS, className="crumb", **aria(label="Breadcrumb")
                ),
                html.H1(page.title, id=ids.PAGE_TITLE, tabIndex="-1"),
            ],
            className="topbar-t",
        ),
        _search(),
    ]
    if principal.may(Permission.STORAGE_PLACE):
        parts.append(html.Div(_hand(principal), id=ids.HAND))
    if principal.may(Permission.NOTIFICATIONS_VIEW):
        parts += bell(unread)
    parts.append(html.Div(page.actions, id=ids.PAGE_ACTIONS, className="acts"))
    return html.Header(parts, className="topbar")


def _search() -> Component:
    return html.Div(
        [
            icon("upc-scan"),
            html.Label("Scan a barcode or search", htmlFor=ids.SEARCH, className="vh"),
            dbc.Input(
                id=ids.SEARCH,
                type="text",
                placeholder="Scan a barcode or search",
                autocomplete="off",
                n_submit=0,
            ),
            kbd("/"),
            html.Button(
                type="button", className="scan-to", **data(focus=ids.SEARCH), **aria(label="Search")
            ),
        ],
        className="scan",
        role="search",
    )


def _banners() -> list[Component]:
    shown: list[Component] = [
        banner(
            [html.B("Live updates stopped. "), html.Span(id="stale-since")],
            tone=Tone.WARN,
            icon="exclamation-triangle-fill",
            action=html.Button("Reconnect", className="btn-link-x", **data(reconnect="")),
            id="banner-stale",
            hidden=True,
            role="status",
        ),
        banner(
            [html.B("You were signed out. "), "What you see is no longer kept up to date."],
            tone=Tone.WARN,
            icon="exclamation-triangle-fill",
            action=html.A("Sign in again", href="/login"),
            id="banner-signed-out",
            hidden=True,
        ),
        banner(
            [html.B("Scanner paused. "), "Click into this window to scan again."],
            tone=Tone.INFO,
            icon="upc-scan",
            id="banner-scanner",
            hidden=True,
        ),
    ]
    if is_demonstration():
        shown.append(
            html.Div(
                [
                    icon("info-circle"),
                    html.Span(
                        "Demonstration laboratory: people, samples and figures are made up. "
                        "“tracseq init” sets up a real one."
                    ),
                ],
                className="bn bn-demo",
            )
        )
    return shown
