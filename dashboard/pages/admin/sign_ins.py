"""Who is signed in now, through which door, and ending it. Views in, components out."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.auth.views import OpenSignIn
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.pages.admin import ids
from dashboard.pages.admin.parts import table, two_lines

_HEADS = (
    ("Person", ""),
    ("Through", "ad-wide"),
    ("Since", "ad-wide"),
    ("Last used", ""),
    ("Ends", "ad-wide"),
    ("", "n"),
)
_BROWSERS = ("Edg", "Firefox", "Chromium", "Chrome", "Safari")
_BROWSER_NAMES = {"Edg": "Edge"}


def listed(sign_ins: Sequence[OpenSignIn], *, now: datetime, zone: ZoneInfo) -> Component:
    """Draw the open sign-ins, the last used first."""
    if not sign_ins:
        body: Component = empty_state(
            "Nobody is signed in", "Sign-ins appear here while they hold."
        )
    else:
        body = table("Open sign-ins", _HEADS, [_row(each, now=now, zone=zone) for each in sign_ins])
    clients = sum(each.door == "api" for each in sign_ins)
    return panel(
        "Signed in now",
        html.P(
            "Browsers end by themselves when nobody uses them; API clients renew their tokens for "
            "30 days at most. What is ended here is refused with its next request.",
            className="t2",
        ),
        body,
        meta=f"{fmt.plural(len(sign_ins) - clients, 'browser', 'browsers')}, "
        f"{fmt.plural(clients, 'API client', 'API clients')}",
        class_name="ad-p",
    )


def _row(each: OpenSignIn, *, now: datetime, zone: ZoneInfo) -> list[Component]:
    through = "API client" if each.door == "api" else browser(each.agent)
    who = html.A(each.name, href=f"/admin?tab=people&person={each.user_id}")
    return [
        html.Td(two_lines(who, f"from {each.address or 'an unknown address'}")),
        html.Td(through, className="ad-wide"),
        html.Td(fmt.moment(each.since, zone, now=now), className="ad-wide num"),
        html.Td(f"{fmt.age(now - each.last_used_at)} ago", className="num"),
        html.Td(fmt.moment(each.until, zone, now=now), className="ad-wide num"),
        html.Td(
            button(
                "End",
                id=ids.end(each.door, str(each.key)),
                size="sm",
                **aria(label=f"End the sign-in of {each.name} through {through}"),
            ),
            className="n",
        ),
    ]


def browser(agent: str) -> str:
    """Return a browser's name from its user agent; the agent's beginning when it is another."""
    for name in _BROWSERS:
        if f"{name}/" in agent:
            return _BROWSER_NAMES.get(name, name)
    return agent[:30] or "Browser"
