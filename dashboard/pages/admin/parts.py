"""What several of Admin's tabs are drawn of."""

from collections.abc import Iterable, Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.auth.ids import Role
from backend.auth.views import Invitation
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.form_field import error_id, field_error
from dashboard.components.status import Look
from dashboard.components.tones import Tone
from dashboard.pages.admin import ids
from dashboard.pages.admin.words import ROLE_MEANINGS, ROLE_NAMES

ACTIVE = Look("Active", "check-circle-fill", Tone.OK)
LOCKED = Look("Locked", "lock-fill", Tone.WARN)


def table(
    caption: str, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Component]]
) -> html.Div:
    """Draw a plain table; ``heads`` are words and class of each column."""
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="vh"),
                html.Thead(
                    html.Tr([html.Th(name, scope="col", className=kind) for name, kind in heads])
                ),
                html.Tbody([html.Tr(list(cells)) for cells in rows]),
            ],
            className="tbl plain",
        ),
        className="tbl-x",
        tabIndex="0",
        role="region",
        **aria(label=caption),
    )


def choices(
    legend: str,
    id: str,
    options: Sequence[tuple[str, str, str]],
    chosen: Sequence[str],
    *,
    help_text: str = "",
) -> html.Fieldset:
    """Draw checkboxes: value, name and meaning of each. An error stands under them."""
    inside: list[Component] = [html.Legend(legend)]
    if help_text:
        inside.append(html.P(help_text, className="help"))
    inside += [
        dbc.Checklist(
            id=id,
            options=[
                {
                    "value": value,
                    "label": html.Span([html.B(name), html.Span(meaning, className="t2")]),
                }
                for value, name, meaning in options
            ],
            value=list(chosen),
            className="ad-choices",
        ),
        html.Div(field_error(""), id=error_id(id), className="err-x", role="alert"),
    ]
    return html.Fieldset(inside, className="fld ad-set")


def role_choices(id: str, chosen: Sequence[Role]) -> html.Fieldset:
    """Draw the six roles as checkboxes with what each means."""
    options = [(role.value, ROLE_NAMES[role], ROLE_MEANINGS[role]) for role in Role]
    return choices(
        "Roles",
        id,
        options,
        [role.value for role in chosen],
        help_text="A person may do what any of their roles may.",
    )


def link_shown(link: Invitation, *, site: str, until: str) -> Component:
    """Draw a one-time link, told this once."""
    address = f"{site.rstrip('/')}/password?token={link.token}"
    return html.Div(
        [
            banner(
                f"Hand this link to {link.user.name}. It leads to a password of their own, works "
                f"once, until {until}, and is not shown again.",
                tone=Tone.INFO,
                icon="key",
            ),
            html.Div(
                [
                    html.Label("One-time link", htmlFor=ids.LINK_TEXT, className="vh"),
                    dbc.Input(id=ids.LINK_TEXT, value=address, readonly=True, className="mono"),
                    button("Copy link", icon="clipboard", **data(copy=ids.LINK_TEXT)),
                ],
                className="ad-link",
            ),
        ]
    )


def two_lines(first: Component | str, second: str) -> html.Div:
    """Draw a cell of two lines: what it is, and the quiet words under it."""
    return html.Div([html.Div(first), html.Div(second, className="sm t3")], className="ad-2")
