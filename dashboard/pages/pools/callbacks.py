"""Drafting, calculating, mending, making and cancelling pools."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.sequencing.pooling import service
from backend.sequencing.pooling.schemas import MembersIn, PoolChangeIn
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.errors import refusal_text
from dashboard.pages.pools import forms, ids, layout, settings_form, words
from dashboard.session import current_principal

_WHICH = State(ids.WHICH, "data")
_AGAIN = (
    Output(ids.PROBLEMS, "children", allow_duplicate=True),
    Output(ids.BODY, "children", allow_duplicate=True),
)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.LIST, "children"),
    Input(shell_ids.live("sequencing"), "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None) -> list[Component]:
    """Draw the list as the rows say now."""
    return layout.newest()


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.DRAFT_PROBLEMS, "children"),
    Input(ids.DRAFT, "n_clicks"),
    State(ids.CODES, "value"),
    State(ids.NAME, "value"),
    prevent_initial_call=True,
)
def draft(presses: int | None, codes: str | None, name: str | None) -> Any:
    """Draft a pool and open it, or say what stands against it; what was typed stays."""
    if not presses:
        return no_update
    try:
        wish = forms.parse_draft(codes, name)
        with writing() as session:
            made = service.draft_pool(session, current_principal(), pool=wish)
    except AppError as refusal:
        return _problems(refusal, ids.CODES)
    set_props(shell_ids.URL, {"pathname": words.href_of(made.code), "search": ""})
    return []


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.PROBLEMS, "children"),
    Output(ids.BODY, "children"),
    Input(ids.CALCULATE, "n_clicks"),
    *[State(field, "value") for field in settings_form.FIELDS],
    State(ids.reads(ALL), "value"),
    State(ids.reads(ALL), "id"),
    _WHICH,
    prevent_initial_call=True,
)
def calculate(presses: int | None, *given: Any) -> tuple[Any, Any]:
    """Change what the pool shall be and draw its recipe; a refusal leaves what was typed."""
    if not presses:
        return no_update, no_update
    *typed, reads, keys, which = given
    by_barcode = {key["barcode"]: value for key, value in zip(keys, reads, strict=True)}
    return _changed(which, lambda: settings_form.parse(typed, by_barcode))


@page_callback(
    Permission.SEQUENCING_PREPARE,
    *_AGAIN,
    Input(ids.fix(ALL, ALL, ALL), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def mend(_presses: list[int | None], which: dict[str, str]) -> tuple[Any, Any]:
    """Do what the pressed button beside a finding says."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update, no_update
    value = Decimal(pressed["value"])
    if pressed["what"] == "dilution":
        change = PoolChangeIn(dilutions={pressed["barcode"]: int(value)})
    elif pressed["what"] == "target_ul":
        change = PoolChangeIn(target_ul=value)
    else:
        change = PoolChangeIn(target_nm=value)
    return _changed(which, lambda: change)


@page_callback(
    Permission.SEQUENCING_PREPARE,
    *_AGAIN,
    Input(ids.ADD, "n_clicks"),
    State(ids.ADD_CODES, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def add(presses: int | None, codes: str | None, which: dict[str, str]) -> tuple[Any, Any]:
    """Put libraries into the draft."""
    if not presses:
        return no_update, no_update
    return _members(which, lambda: forms.parse_added(codes))


@page_callback(
    Permission.SEQUENCING_PREPARE,
    *_AGAIN,
    Input(ids.remove(ALL), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def remove(_presses: list[int | None], which: dict[str, str]) -> tuple[Any, Any]:
    """Take the library whose button was pressed out of the draft."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update, no_update
    return _members(which, lambda: MembersIn(remove=[pressed["barcode"]]))


@page_callback(
    Permission.SEQUENCING_PREPARE,
    *_AGAIN,
    Output(ids.TUBE, "value"),
    Input(ids.MAKE, "n_clicks"),
    State(ids.TUBE, "value"),
    State(ids.ZONE, "value"),
    State(ids.PROJECT, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def make(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Mix the pool, or say every reason why it was not; what was typed stays then."""
    if not presses:
        return no_update, no_update, no_update
    *typed, which = given

    def act(session: WriteSession) -> str:
        ready = forms.parse_ready(*typed)
        made = service.make_pool(session, current_principal(), code=which["code"], ready=ready)
        return f"{made.code} is mixed in {made.tube}"

    return _emptied(_done(which, act, ids.TUBE))


@page_callback(
    Permission.SEQUENCING_PREPARE,
    *_AGAIN,
    Output(ids.CANCEL_REASON, "value"),
    Input(ids.CANCEL, "n_clicks"),
    State(ids.CANCEL_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def cancel(presses: int | None, reason: str | None, which: dict[str, str]) -> tuple[Any, ...]:
    """Cancel the pool."""
    if not presses:
        return no_update, no_update, no_update

    def act(session: WriteSession) -> str:
        wish = forms.parse_cancel(reason)
        service.cancel_pool(session, current_principal(), code=which["code"], cancel=wish)
        return f"{which['code']} is cancelled"

    return _emptied(_done(which, act, ids.CANCEL_REASON))


def _changed(which: dict[str, str], change: Callable[[], PoolChangeIn]) -> tuple[Any, Any]:
    def act(session: WriteSession) -> str:
        service.change_pool(session, current_principal(), code=which["code"], change=change())
        return ""

    return _done(which, act, ids.MODE)


def _members(which: dict[str, str], change: Callable[[], MembersIn]) -> tuple[Any, Any]:
    def act(session: WriteSession) -> str:
        view = service.change_members(
            session, current_principal(), code=which["code"], change=change()
        )
        return f"{view.code} has {fmt.plural(len(view.indexes), 'library', 'libraries')} now"

    return _done(which, act, ids.ADD_CODES)


def _done(which: dict[str, str], act: Callable[[WriteSession], str], field: str) -> tuple[Any, Any]:
    try:
        with writing() as session:
            said = act(session)
    except AppError as refusal:
        return _problems(refusal, field), no_update
    if said:
        toast(said)
    return [], layout.drawn_now(which["code"], which["on"])


def _emptied(shown: tuple[Any, Any]) -> tuple[Any, ...]:
    """Empty the dialog's field once what it asked for is done."""
    return (*shown, no_update if shown[0] else "")


def _problems(refusal: AppError, field: str) -> Any:
    """Draw a refusal: by its own fields of the page, else all of it at one."""
    ours = {name: text for name, text in refusal.fields.items() if name.startswith("pool-")}
    return vars(error_summary(ours or {field: refusal_text(refusal)}))["children"]
