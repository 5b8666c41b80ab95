"""The frame around every page: sidebar, top bar, banners, layers. Drawn once per visit."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.auth import queries as auth_queries
from backend.core.principal import Permission, Principal
from backend.core.transaction import reading
from dashboard import shell_ids as ids
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import skeleton
from dashboard.components.icon import brand_mark, fan, icon
from dashboard.components.kbd import kbd
from dashboard.components.toast import TOAST, UNDO_KINDS, undo_id
from dashboard.components.tones import Tone
from dashboard.laboratory import is_demonstration
from dashboard.navigation import NavigationEntry, slug, visible_groups
from dashboard.session import current_principal, is_signed_in

KEYS = (
    ("Search or scan", ("/",)),
    ("Register", ("n",)),
    ("Overview", ("g", "o")),
    ("Samples", ("g", "s")),
    ("Register page", ("g", "r")),
    ("Storage", ("g", "t")),
    ("Sequencing", ("g", "q")),
    ("Predictions", ("g", "p")),
    ("Documents", ("g", "d")),
    ("Reports", ("g", "e")),
    ("System health", ("g", "h")),
    ("Admin", ("g", "a")),
    ("Next, previous row", ("j", "k")),
    ("Open", ("Enter",)),
    ("Select row", ("x",)),
    ("Filter", ("f",)),
    ("Export", ("e",)),
    ("Next problem", ("F8",)),
    ("Undo", ("z",)),
    ("Close, back", ("Esc",)),
)


def layout() -> Component:
    """Draw the frame for the person of this request.

    Dash also calls this once at start, to check it, when nobody is signed in: nothing is drawn.
    """
    if not is_signed_in():
        return html.Div()
    principal = current_principal()
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            *_stores(),
            html.A("Skip to the page", href=f"#{ids.PAGE}", className="skip"),
            html.Div(
                [_sidebar(principal), _main(principal), _bottom_bar(principal)], className="app"
            ),
            _account_menu(),
            _shortcuts(),
            _session_warning(),
            html.Div(id="toasts", className="toasts", role="status", **aria(live="polite")),
            html.Div(id="said", className="vh", **aria(live="polite")),
            html.Div(id="said-now", className="vh", role="alert"),
        ]
    )


def _stores() -> list[Component]:
    live = [dcc.Store(id=ids.live(topic)) for topic in ids.LIVE_TOPICS]
    undo = [dcc.Store(id=undo_id(kind)) for kind in UNDO_KINDS]
    own = [
        dcc.Store(id=name)
        for name in (
            ids.PAGE_META,
            ids.SCAN,
            ids.SCAN_ANSWER,
            ids.PREFERENCE,
            TOAST,
        )
    ]
    # Where toasts, titles and beeps are handed to the browser's side; nothing reads these.
    sinks = [dcc.Store(id=name) for name in ids.SINKS]
    return [*live, *undo, *own, *sinks]


def _sidebar(principal: Principal) -> Component:
    groups = [
        html.Div([_entry(entry) for entry in group], className="nav-g")
        for group in visible_groups(principal)
    ]
    return html.Nav(
        [
            html.A(
                [brand_mark(), html.Span([html.B("Trac"), "Seq"])],
                href="/",
                className="brand",
                **aria(label="TracSeq, overview"),
            ),
            *groups,
            html.Div([_shortcuts_entry(), _who(principal)], className="side-foot"),
        ],
        className="side",
        **aria(label="Main"),
    )


def _entry(entry: NavigationEntry) -> html.A:
    return html.A(
        [
            fan() if entry.icon == "fan" else icon(entry.icon),
            html.Span(entry.label),
            html.Span(id=ids.navigation_count(slug(entry)), className="c"),
        ],
        href=entry.href,
        className="nav-i",
        title=entry.label,
        **data(nav=entry.href, chord=entry.key),
    )


def _shortcuts_entry() -> html.Button:
    return html.Button(
        [icon("keyboard"), html.Span("Shortcuts"), html.Span(kbd("?"), className="c")],
        type="button",
        className="nav-i nav-b",
        title="Keyboard shortcuts",
        **data(dialog=ids.SHORTCUTS),
    )


def _role_words(principal: Principal) -> str:
    if principal.user_id is None:
        return ""
    with reading() as session:
        person = auth_queries.get_person(session, principal, principal.user_id)
    return ", ".join(role.value.replace("_", " ") for role in person.roles).capitalize()


def _who(principal: Principal) -> html.Button:
    return html.Button(
        [
            html.Span(initials(principal.name), className="ava", **aria(hidden=True)),
            html.Span(
                [
                    html.Span(principal.name, className="el"),
                    html.Span(_role_words(principal), className="sm t3 el"),
                ],
                className="who-t",
            ),
        ],
        type="button",
        className="who",
        title=f"Account of {principal.name}",
        **data(pop=ids.ACCOUNT_MENU),
        **aria(haspopup="true", expanded=False, controls=ids.ACCOUNT_MENU),
    )


def initials(name: str) -> str:
    """Return the first letters of the first and the last word: ``ML`` of Mara Lindqvist."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _main(principal: Principal) -> Component:
    return html.Div(
        [
            _top_bar(principal),
            html.Div([*_banners(), html.Div(id=ids.PAGE_BANNER)], className="bns"),
            html.Nav(id=ids.PAGE_TABS, className="tabs", **aria(label="Views")),
            html.Main(
                skeleton(8, label="Loading the page"), id=ids.PAGE, className="page", tabIndex="-1"
            ),
        ],
        className="main",
    )


def _top_bar(principal: Principal) -> Component:
    parts: list[Component] = [
        html.Div(
            [
                html.Nav(id=ids.PAGE_CRUMBS, className="crumb", **aria(label="Breadcrumb")),
                html.H1(id=ids.PAGE_TITLE, tabIndex="-1"),
            ],
            className="topbar-t",
        ),
        _search(),
    ]
    if principal.may(Permission.NOTIFICATIONS_VIEW):
        parts += [_bell(), _bell_popover()]
    parts.append(html.Div(id=ids.PAGE_ACTIONS, className="acts"))
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


def _bell() -> html.Button:
    return html.Button(
        [icon("bell"), html.Span(id=ids.BELL_COUNT)],
        id="bell",
        type="button",
        className="ib",
        title="Notifications",
        **data(pop=ids.BELL_POPOVER),
        **aria(label="Notifications", haspopup="true", expanded=False, controls=ids.BELL_POPOVER),
    )


def _bell_popover() -> html.Div:
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
        **aria(label="Notifications"),
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


def _bottom_bar(principal: Principal) -> html.Nav:
    entries = [e for group in visible_groups(principal) for e in group if e.on_phone]
    links: list[Component] = [
        html.A([icon(entry.icon), entry.label], href=entry.href, **data(nav=entry.href))
        for entry in entries
    ]
    scan = html.Button(
        [icon("upc-scan"), "Scan"], type="button", className="tabbar-b", **data(focus=ids.SEARCH)
    )
    more = html.Button(
        [icon("list"), "More"],
        type="button",
        className="tabbar-b",
        **data(pop=ids.ACCOUNT_MENU),
        **aria(haspopup="true", expanded=False, controls=ids.ACCOUNT_MENU),
    )
    return html.Nav([*links[:2], scan, *links[2:], more], className="tabbar", **aria(label="Phone"))


def _account_menu() -> html.Div:
    principal = current_principal()
    rest = [e for group in visible_groups(principal) for e in group if not e.on_phone]
    return html.Div(
        [
            html.Div(
                [
                    html.A(entry.label, href=entry.href, className="menu-i", **data(nav=entry.href))
                    for entry in rest
                ],
                className="only-phone",
            ),
            html.P("Theme", className="menu-h"),
            _choice("theme", (("system", "System"), ("light", "Light"), ("dark", "Dark"))),
            html.P("Density", className="menu-h"),
            _choice(
                "density",
                (("compact", "Compact"), ("comfortable", "Comfortable"), ("bench", "Bench")),
            ),
            html.Hr(),
            html.Button(
                [icon("box-arrow-right"), "Sign out"],
                type="button",
                className="menu-i",
                **data(sign_out=""),
            ),
        ],
        id=ids.ACCOUNT_MENU,
        className="pop menu pop-account",
        hidden=True,
        role="region",
        **aria(label=f"Account of {principal.name}"),
    )


def _choice(kind: str, values: tuple[tuple[str, str], ...]) -> html.Div:
    return html.Div(
        [
            html.Button(label, type="button", **data(preference=kind, value=value))
            for value, label in values
        ],
        className="seg",
        role="group",
        **aria(label=kind.capitalize()),
    )


def _shortcuts() -> Component:
    rows = [
        html.Div([html.Span(label), html.Span([kbd(key) for key in keys], className="k")])
        for label, keys in KEYS
    ]
    return dialog(
        ids.SHORTCUTS,
        "Shortcuts",
        html.Div(rows, className="ks"),
        html.Div(
            [
                html.Label(
                    [
                        html.Button(
                            "Switch single keys off",
                            type="button",
                            className="btn btn-ghost",
                            id="single-keys",
                            **data(single_keys=""),
                            **aria(pressed=False),
                        )
                    ]
                ),
                button("Close", **data(close="")),
            ],
            className="row-x",
        ),
        wide=True,
    )


def _session_warning() -> Component:
    return dialog(
        ids.SESSION_DIALOG,
        "You are about to be signed out",
        html.P(
            [
                "Nobody has used this window for a while. It is signed out in ",
                html.B("60", id="session-seconds"),
                " seconds.",
            ],
            className="t2",
        ),
        html.Div(
            [
                button("Sign out", **data(sign_out="")),
                button("Stay signed in", kind="primary", **data(stay="")),
            ],
            className="row-x",
        ),
    )
