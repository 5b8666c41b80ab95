"""What the page about one's own account is drawn of. Views in, components out."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.auth.rules import PASSWORD_MAXIMUM, PASSWORD_MINIMUM, TOKEN_DAYS
from backend.auth.views import NamedTokenView, NewToken, SessionView, UserView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.dialog import confirm
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.account import ids
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.admin.sign_ins import browser

_SESSION_HEADS = (
    ("Browser", ""),
    ("Since", "ad-wide"),
    ("Last used", ""),
    ("Ends", "ad-wide"),
    ("", "n"),
)
_TOKEN_HEADS = (
    ("Token", ""),
    ("Made", "ad-wide"),
    ("Last used", ""),
    ("", "n"),
)
_CHOSEN_DAYS = 90


def password_form(person: UserView) -> html.Section:
    """Draw the change of the password; its errors stand at their fields."""
    return panel(
        "Password",
        error_summary({}, id=ids.PROBLEMS),
        form_field("Current password", _password(ids.CURRENT, "current-password")),
        form_field(
            "New password",
            _password(ids.NEW, "new-password"),
            help_text=f"At least {PASSWORD_MINIMUM} characters; several unrelated words are best.",
        ),
        form_field("New password again", _password(ids.AGAIN, "new-password")),
        html.Div(
            [
                button("Change password", id=ids.CHANGE, kind="primary"),
                html.Span(
                    "Signs out your other browsers and ends your API tokens.", className="sm t2"
                ),
            ],
            className="row-x ac-act",
        ),
        meta=f"{person.name}, {person.email}",
        class_name="ad-p ac-f",
    )


def sessions(found: Sequence[SessionView], *, now: datetime, zone: ZoneInfo) -> html.Section:
    """Draw the browsers in which the person is signed in, the last used first."""
    return panel(
        "Signed in",
        table("Your browsers", _SESSION_HEADS, [_session(each, now, zone) for each in found]),
        meta=fmt.plural(len(found), "browser", "browsers"),
        class_name="ad-p",
    )


def tokens(listed: Component) -> html.Section:
    """Draw the keys for programs around their list, with the form for a new one."""
    days = [{"value": str(each), "label": f"{each} days"} for each in TOKEN_DAYS]
    return panel(
        "API tokens",
        html.P(
            "A token lets a program of yours use the API as you, without your password: it is sent "
            "as “Authorization: Bearer …”. Give each program its own.",
            className="t2",
        ),
        listed,
        error_summary({}, id=ids.TOKEN_PROBLEMS),
        html.Div(
            [
                form_field(
                    "What the token is for",
                    dbc.Input(id=ids.TOKEN_NAME, maxLength=80, autoComplete="off"),
                ),
                form_field(
                    "Holds for",
                    dbc.Select(id=ids.TOKEN_DAYS, options=days, value=str(_CHOSEN_DAYS)),
                ),
                button("Make token", id=ids.TOKEN_MAKE, size="lg", icon="key"),
            ],
            className="ac-new",
        ),
        html.Div(id=ids.TOKEN_MADE, role="status"),
        class_name="ad-p",
    )


def token_table(
    found: Sequence[NamedTokenView], *, now: datetime, zone: ZoneInfo
) -> list[Component]:
    """Draw the keys that hold; nothing of a secret is known any more."""
    if not found:
        return [empty_state("No token yet", "Make one for a program or an instrument.", icon="key")]
    rows = [_token(each, now, zone) for each in found]
    return [table("Your API tokens", _TOKEN_HEADS, rows), *[_question(each) for each in found]]


def secret_shown(made: NewToken, zone: ZoneInfo) -> list[Component]:
    """Draw the secret of a new key, told this once."""
    until = fmt.moment(made.token.expires_at, zone)
    return [
        banner(
            f"Copy the token for {made.token.name} now: it is not shown again. It holds until "
            f"{until}.",
            tone=Tone.INFO,
            icon="key",
        ),
        html.Div(
            [
                html.Label("New token", htmlFor=ids.TOKEN_SECRET, className="vh"),
                dbc.Input(id=ids.TOKEN_SECRET, value=made.secret, readonly=True, className="mono"),
                button("Copy token", icon="clipboard", **data(copy=ids.TOKEN_SECRET)),
            ],
            className="ad-link",
        ),
    ]


def _password(field_id: str, kind: str) -> dbc.Input:
    return dbc.Input(
        id=field_id, type="password", value="", maxLength=PASSWORD_MAXIMUM, autoComplete=kind
    )


def _session(each: SessionView, now: datetime, zone: ZoneInfo) -> list[Component]:
    through = browser(each.agent)
    act: Component = html.Span("This browser", className="t3")
    if not each.is_current:
        act = button(
            "End",
            id=ids.end(str(each.id)),
            size="sm",
            **aria(label=f"End the sign-in through {through} from {each.address or 'unknown'}"),
        )
    return [
        html.Td(two_lines(through, f"from {each.address or 'an unknown address'}")),
        html.Td(fmt.moment(each.created_at, zone, now=now), className="ad-wide num"),
        html.Td(f"{fmt.age(now - each.last_seen_at)} ago", className="num"),
        html.Td(fmt.moment(each.expires_at, zone, now=now), className="ad-wide num"),
        html.Td(act, className="n"),
    ]


def _token(each: NamedTokenView, now: datetime, zone: ZoneInfo) -> list[Component]:
    used = "not yet" if each.last_used_at is None else f"{fmt.age(now - each.last_used_at)} ago"
    return [
        html.Td(two_lines(each.name, f"until {fmt.moment(each.expires_at, zone, now=now)}")),
        html.Td(fmt.moment(each.created_at, zone, now=now), className="ad-wide num"),
        html.Td(used, className="num"),
        html.Td(
            button(
                "Revoke",
                size="sm",
                opens=ids.revoke_dialog(each.id),
                **aria(label=f"Revoke {each.name}"),
            ),
            className="n",
        ),
    ]


def _question(each: NamedTokenView) -> html.Dialog:
    return confirm(
        ids.revoke_dialog(each.id),
        title=f"Revoke {each.name}?",
        body="Whatever uses it is refused from its next request on. What it has done stays.",
        act="Revoke token",
        act_id=ids.revoke(str(each.id)),
        keep="Keep token",
    )
