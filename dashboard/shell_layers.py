"""What floats above the page: the account's menu, the keyboard map, the warning before time-out."""

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Principal
from dashboard import shell_ids as ids
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.icon import icon
from dashboard.components.kbd import kbd
from dashboard.navigation import visible_groups
from dashboard.still import drawn_once

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
    ("Pick list: what is wrong", ("1", "2", "3", "4")),
    ("Pick list: skip", ("5",)),
    ("Box map: extend the selection", ("Shift", "→")),
    ("Box map: row, column, whole box", ("Shift Space", "Ctrl Space", "Ctrl A")),
    ("Box map: move what is selected", ("m",)),
    ("Box map: take out or discard", ("Del",)),
    ("Undo", ("z",)),
    ("Close, back", ("Esc",)),
)


def account_menu(principal: Principal) -> html.Div:
    """Draw the own account, theme, density and sign-out.

    On a phone also the pages that the bar has no room for.
    """
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
            html.A(
                [icon("key"), "Your account"],
                href="/account",
                className="menu-i",
                **data(nav="/account"),
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
            html.Button(
                [icon("x-circle"), "Sign out everywhere"],
                type="button",
                className="menu-i",
                title="Ends every session and API token of yours, on every device",
                **data(sign_out="everywhere"),
            ),
        ],
        id=ids.ACCOUNT_MENU,
        className="pop menu pop-account",
        hidden=True,
        role="region",
        **aria(label=f"Account of {principal.name}"),
    )


@drawn_once
def shortcuts() -> Component:
    """Draw the keyboard map."""
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
                button(
                    "Switch single keys off", kind="ghost", id="single-keys", **data(single_keys="")
                ),
                button("Close", **data(close="")),
            ],
            className="row-x",
        ),
        wide=True,
    )


@drawn_once
def session_warning() -> Component:
    """Draw the question of the last minute before time-out (assets/session.js)."""
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
