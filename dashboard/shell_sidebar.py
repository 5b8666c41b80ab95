"""The sidebar with its foot, and the bottom bar that stands in for it on a phone."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from backend.auth.ids import Role
from backend.core.principal import Principal
from dashboard import shell_ids as ids
from dashboard.components.attributes import aria, data
from dashboard.components.icon import brand_mark, fan, icon
from dashboard.components.kbd import kbd
from dashboard.navigation import NavigationEntry, slug, visible_groups
from dashboard.shell_counts import Count, draw
from dashboard.still import keep_live


def sidebar(principal: Principal, roles: Sequence[Role], waiting: Mapping[str, Count]) -> Component:
    """Draw the entries that the person may open, each with what waits for them there."""
    groups = [
        html.Div([_entry(entry, waiting.get(slug(entry))) for entry in group], className="nav-g")
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
            html.Div([_shortcuts_entry(), _who(principal, roles)], className="side-foot"),
        ],
        className="side",
        **aria(label="Main"),
    )


def bottom_bar(principal: Principal) -> html.Nav:
    """Draw the five stops of a phone; the rest is behind “More”."""
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


def initials(name: str) -> str:
    """Return the first letters of the first and the last word: ``ML`` of Mara Lindqvist."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _entry(entry: NavigationEntry, count: Count | None) -> html.A:
    return html.A(
        [
            fan() if entry.icon == "fan" else icon(entry.icon),
            html.Span(entry.label),
            html.Span(draw(count), id=keep_live(ids.navigation_count(slug(entry))), className="c"),
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


def _who(principal: Principal, roles: Sequence[Role]) -> html.Button:
    return html.Button(
        [
            html.Span(initials(principal.name), className="ava", **aria(hidden=True)),
            html.Span(
                [
                    html.Span(principal.name, className="el"),
                    html.Span(_role_words(roles), className="sm t3 el"),
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


def _role_words(roles: Sequence[Role]) -> str:
    return ", ".join(role.value.replace("_", " ") for role in roles).capitalize()
