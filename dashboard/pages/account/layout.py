"""One's own account: the password, where one is signed in, and keys for programs."""

from dash import html
from dash.development.base_component import Component
from flask import current_app, request

from backend.auth import named_tokens
from backend.auth import queries as auth_queries
from backend.auth.errors import UserNotFound
from backend.core import clock
from backend.core.transaction import reading
from dashboard.components.page import Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.account import ids, panels
from dashboard.session import current_principal, session_token


def layout() -> Page:
    """Draw the page of the person who is signed in; there is none of anybody else."""
    principal = current_principal()
    if principal.user_id is None:
        raise UserNotFound
    with reading() as session:
        person = auth_queries.get_person(session, principal, principal.user_id)
    return page(
        title="Your account",
        children=[
            html.Div(
                [
                    panels.password_form(person),
                    html.Div(session_list(), id=ids.SESSIONS),
                    panels.tokens(html.Div(token_list(), id=ids.TOKENS)),
                ],
                className="ac",
            )
        ],
    )


def session_list() -> Component:
    """Return where the person is signed in now."""
    idle_minutes = current_app.config["IDLE_SECONDS"] // 60
    with reading() as session:
        found = auth_queries.own_sessions(
            session,
            current_principal(),
            current_token=session_token(request),
            idle_minutes=idle_minutes,
        )
    return panels.sessions(found, now=clock.utc_now(), zone=lab_zone())


def token_list() -> list[Component]:
    """Return the person's keys as the rows say now."""
    with reading() as session:
        found = named_tokens.own_tokens(session, current_principal())
    return panels.token_table(found, now=clock.utc_now(), zone=lab_zone())
