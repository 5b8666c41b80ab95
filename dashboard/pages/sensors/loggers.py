"""Tokens of loggers: which hold, the form for a new one, and messages that were refused."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.storage.views import UnitOccupancy
from backend.telemetry.device_tokens import DeviceTokenView
from backend.telemetry.message_views import RefusedView
from backend.telemetry.standings import SensorStanding
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.sensors import ids

PATH = "/sensors?tab=loggers"
UNIT, SENSOR = "unit:", "sensor:"
_HEADS = (("Logger", ""), ("Records for", ""), ("Made", "ad-wide"), ("Last used", ""), ("", "n"))
_REFUSED_HEADS = (("Logger", ""), ("Why", ""), ("Times", "n"), ("Last", ""), ("Begins", "ad-wide"))


def listed(tokens: Sequence[DeviceTokenView], *, now: datetime, zone: ZoneInfo) -> Component:
    """Draw the tokens that hold; nothing of a secret is known any more."""
    if not tokens:
        why = "Make one for each logger; it records readings and opens nothing else."
        return panel("Tokens of loggers", empty_state("No token yet", why, icon="key"))
    return panel(
        "Tokens of loggers",
        table("Tokens of loggers", _HEADS, [_row(each, now, zone) for each in tokens]),
        meta=fmt.plural(len(tokens), "token", "tokens"),
        class_name="ad-p",
    )


def make_form(units: Sequence[UnitOccupancy], sensors: Sequence[SensorStanding]) -> html.Section:
    """Draw the form for a new token: for a unit, with what is added to it later, or a sensor."""
    options = [
        {"value": f"{UNIT}{each.unit_id}", "label": f"All sensors of {each.label}"}
        for each in units
    ]
    options += [
        {"value": f"{SENSOR}{each.code}", "label": f"Only {each.code}, {each.unit_label}"}
        for each in sensors
    ]
    return panel(
        "Make a token",
        html.P(
            "A logger sends it with each push, “Authorization: Bearer …”, or signs in to the MQTT "
            "broker with it, under the token's name. Give each logger its own.",
            className="t2",
        ),
        error_summary({}, id=ids.TOKEN_PROBLEMS),
        html.Div(
            [
                form_field(
                    "Name of the logger",
                    dbc.Input(id=ids.TOKEN_NAME, maxLength=80, autoComplete="off"),
                ),
                form_field(
                    "Records for",
                    dbc.Select(
                        id=ids.TOKEN_FOR,
                        options=options,
                        value=options[0]["value"] if options else None,
                    ),
                ),
                button("Make token", id=ids.TOKEN_MAKE, size="lg", icon="key"),
            ],
            className="ac-new se-new",
        ),
        html.Div(id=ids.TOKEN_MADE, role="status"),
        class_name="ad-p bt",
    )


def secret_shown(name: str, secret: str) -> list[Component]:
    """Draw the secret of a new token, told this once."""
    said = f"Copy the token of {name} now: it is not shown again."
    return [
        banner(said, tone=Tone.INFO, icon="key"),
        html.Div(
            [
                html.Label("New token", htmlFor=ids.TOKEN_SECRET, className="vh"),
                dbc.Input(id=ids.TOKEN_SECRET, value=secret, readonly=True, className="mono"),
                button("Copy token", icon="clipboard", **data(copy=ids.TOKEN_SECRET)),
            ],
            className="ad-link",
        ),
    ]


def revoke_form(name: str) -> html.Section:
    """Draw the question before a token is taken back, with the words that it needs."""
    return panel(
        f"Take the token of {name} back?",
        dcc.Store(id=ids.REVOKED, data=name),
        html.P(
            "Whatever uses it is refused from now on. Its readings stay.",
            className="t2",
        ),
        error_summary({}, id=ids.REVOKE_PROBLEMS),
        form_field(
            "Why",
            dbc.Input(id=ids.REVOKE_REASON, maxLength=500, value=""),
            help_text="It stands in the audit trail with your name.",
        ),
        html.Div(
            [
                button("Keep token", href=PATH),
                button("Take back", id=ids.REVOKE, kind="danger-o"),
            ],
            className="row-x",
        ),
        class_name="ad-p ac-f",
    )


def refused(found: Sequence[RefusedView], *, now: datetime) -> Component | None:
    """Draw why messages from the broker were refused; nothing where none was."""
    if not found:
        return None
    return panel(
        "Refused messages",
        table("Refused messages", _REFUSED_HEADS, [_refused_row(each, now) for each in found]),
        meta="from the MQTT broker, the last 30 days",
        class_name="ad-p bt",
    )


def _row(token: DeviceTokenView, now: datetime, zone: ZoneInfo) -> list[Component]:
    used = "not yet" if token.last_used_at is None else f"{fmt.age(now - token.last_used_at)} ago"
    made = fmt.moment(token.made_at, zone, now=now)
    return [
        html.Td(html.B(token.name, className="md")),
        html.Td(token.records_for, className="ad-wrap"),
        html.Td(two_lines(made, f"by {token.made_by}"), className="ad-wide"),
        html.Td(used, className="num"),
        html.Td(
            button(
                "Take back",
                href=f"{PATH}&revoke={quote(token.name, safe='')}",
                size="sm",
                **aria(label=f"Take back the token of {token.name}"),
            ),
            className="n",
        ),
    ]


def _refused_row(each: RefusedView, now: datetime) -> list[Component]:
    return [
        html.Td(html.B(each.device or "no name", className="md")),
        html.Td(each.reason, className="ad-wrap"),
        html.Td(fmt.count(each.times), className="n"),
        html.Td(f"{fmt.age(now - each.last_at)} ago", className="num"),
        html.Td(html.Span(each.excerpt[:60], className="mono sm"), className="ad-wide ad-wrap"),
    ]
