"""One's own account: change the password, end sessions, make and revoke keys for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from flask import request

from backend.auth import service
from backend.auth.ids import NamedTokenId, UserSessionId
from backend.auth.views import Locked, Refused
from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.account import ids, panels
from dashboard.pages.account.layout import session_list, token_list
from dashboard.pages.admin.forms import by_field, shown
from dashboard.session import current_principal, session_token
from dashboard.shell_ids import live

_SELF = Permission.ACCOUNT_SELF
_PASSWORD_FIELDS: Mapping[str, str] = {
    "current": ids.CURRENT,
    "new": ids.NEW,
    "again": ids.AGAIN,
}
_TOKEN_FIELDS: Mapping[str, str] = {"name": ids.TOKEN_NAME, "days": ids.TOKEN_DAYS}


@page_callback(
    _SELF,
    *[Output(field, "value") for field in _PASSWORD_FIELDS.values()],
    Output(ids.PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _PASSWORD_FIELDS.values()],
    Output(ids.TOKENS, "children"),
    Input(ids.CHANGE, "n_clicks"),
    Input(ids.AGAIN, "n_submit"),
    *[State(field, "value") for field in _PASSWORD_FIELDS.values()],
    prevent_initial_call=True,
)
def change_password(
    presses: int | None, submits: int | None, *typed: str | None
) -> tuple[Any, ...]:
    """Change the password, or say at each field what to correct; what was typed stays."""
    if not (presses or submits):
        return (no_update,) * (2 * len(_PASSWORD_FIELDS) + 2)
    current, new, again = (text or "" for text in typed)
    problems = _change(current, new, again)
    lines = shown(problems, _PASSWORD_FIELDS)
    if problems:
        return (*(no_update,) * len(_PASSWORD_FIELDS), *lines, no_update)
    toast("Your password is changed. Your other browsers are signed out.")
    return (*("",) * len(_PASSWORD_FIELDS), *lines, token_list())


@page_callback(
    _SELF,
    Output(ids.SESSIONS, "children"),
    Input(live("auth"), "data"),
    prevent_initial_call=True,
)
def show_newest(_auth: int | None) -> Component:
    """Draw where the person is signed in as the rows say now."""
    return session_list()


@page_callback(
    _SELF,
    Output(ids.SESSIONS, "children", allow_duplicate=True),
    Input(ids.end(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def end_session(_presses: list[int | None]) -> Any:
    """End the sign-in whose button was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    key = UserSessionId(UUID(pressed["session"]))
    with writing() as session:
        service.end_own_session(session, current_principal(), session_id=key)
    toast("The sign-in is ended")
    return session_list()


@page_callback(
    _SELF,
    Output(ids.TOKENS, "children", allow_duplicate=True),
    Output(ids.TOKEN_MADE, "children"),
    Output(ids.TOKEN_NAME, "value"),
    Output(ids.TOKEN_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _TOKEN_FIELDS.values()],
    Input(ids.TOKEN_MAKE, "n_clicks"),
    Input(ids.TOKEN_NAME, "n_submit"),
    State(ids.TOKEN_NAME, "value"),
    State(ids.TOKEN_DAYS, "value"),
    prevent_initial_call=True,
)
def make_token(
    presses: int | None, submits: int | None, name: str | None, days: str | None
) -> tuple[Any, ...]:
    """Make the key and show it this once, or say at each field what to correct."""
    if not (presses or submits):
        return (no_update,) * (len(_TOKEN_FIELDS) + 4)
    holds = int(days) if days and days.isdecimal() else 0
    try:
        with writing() as session:
            made = service.make_named_token(
                session, current_principal(), name=name or "", days=holds
            )
    except AppError as refusal:
        problems = by_field(refusal, _TOKEN_FIELDS)
        return (no_update, no_update, no_update, *shown(problems, _TOKEN_FIELDS))
    return (
        token_list(),
        panels.secret_shown(made, lab_zone()),
        "",
        *shown({}, _TOKEN_FIELDS),
    )


@page_callback(
    _SELF,
    Output(ids.TOKENS, "children", allow_duplicate=True),
    Output(ids.TOKEN_MADE, "children", allow_duplicate=True),
    Input(ids.revoke(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def revoke_token(_presses: list[int | None]) -> tuple[Any, Any]:
    """Revoke the key; its dialog has asked."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update, no_update
    key = NamedTokenId(UUID(pressed["token"]))
    with writing() as session:
        gone = service.revoke_named_token(session, current_principal(), token_id=key)
    toast(f"The token {gone.name} is revoked")
    return token_list(), None


def _change(current: str, new: str, again: str) -> dict[str, str]:
    if new != again:
        return {ids.AGAIN: "The two passwords differ. Type the same one twice."}
    try:
        with writing() as session:
            refused = service.change_password(
                session,
                current_principal(),
                current=current,
                new=new,
                keep_token=session_token(request),
            )
    except AppError as refusal:
        return by_field(refusal, _PASSWORD_FIELDS)
    match refused:
        case Refused():
            return {ids.CURRENT: refused.message}
        case Locked():
            until = fmt.clock_time(refused.until, lab_zone())
            return {ids.CURRENT: f"Too many tries. Nothing is checked before {until}."}
        case None:
            return {}
