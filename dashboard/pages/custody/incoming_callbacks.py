"""Parcels from outside: announced, received by scan, closed."""

from datetime import date
from typing import Any

import dash
from dash import Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.custody import incoming_queries, service
from backend.custody.errors import IncomingRefused
from backend.custody.ids import Arrival
from backend.custody.service import Announcement
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.scan_target import answer_scan
from dashboard.components.tones import Tone
from dashboard.pages.custody import ids as page_ids
from dashboard.pages.custody import incoming
from dashboard.pages.custody import incoming_ids as ids
from dashboard.pages.custody.acting import done
from dashboard.session import current_principal
from dashboard.shell_ids import SCAN_PAGE, live

_WHICH = State(ids.WHICH, "data")
_CHANGED = Output(ids.CHANGED, "data", allow_duplicate=True)

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.NEW_PROBLEMS, "children"),
    Output(page_ids.CLOSE, "data", allow_duplicate=True),
    Output(page_ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.NEW_SEND, "n_clicks"),
    State(ids.NEW_PROJECT, "value"),
    State(ids.NEW_SENDER, "value"),
    State(ids.NEW_EXPECTED, "value"),
    State(ids.NEW_CARRIER, "value"),
    State(ids.NEW_TRACKING, "value"),
    State(ids.NEW_SEAL, "value"),
    State(ids.NEW_DOCUMENT, "value"),
    State(ids.NEW_CODES, "value"),
    prevent_initial_call=True,
)
def announce(presses: int | None, *given: str | None) -> tuple[Any, ...]:
    """Write down a parcel that is expected, or say what lacks."""
    project, sender, expected, *numbers = (each or "" for each in given)

    def act(session: WriteSession, principal: Principal) -> str:
        carrier, tracking, seal, document, codes = numbers
        announced = Announcement(
            project=project,
            sender=sender,
            expected_on=_day(expected),
            carrier=carrier,
            tracking=tracking,
            seal=seal,
            document=document,
            codes=codes.splitlines(),
        )
        code = service.announce(session, principal, announced=announced)
        return f"{code} is expected; open it and scan when it is here"

    return done(presses, act, ids.NEW_DIALOG, ids.NEW_SENDER)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.BODY, "children"),
    Output(ids.SCANNING, "hidden"),
    Input(live("custody"), "data"),
    Input(ids.CHANGED, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_newest(
    _version: int | None, _changed: str | None, which: str
) -> tuple[list[Component], bool]:
    """Draw the parcel as the rows say now."""
    principal = current_principal()
    with reading() as session:
        found = incoming_queries.get_incoming(session, principal, which)
    may_act = principal.may(Permission.SHIPMENTS_MANAGE)
    is_still = not incoming.takes_codes(found, may_act=may_act)
    return incoming.body(found, may_act=may_act), is_still


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.PROBLEMS, "children"),
    Output(ids.CODE, "value"),
    Output(ids.CONDITION, "value"),
    Output(ids.HOW, "value"),
    _CHANGED,
    Input(SCAN_PAGE, "data"),
    Input(ids.CODE, "n_submit"),
    State(ids.CODE, "value"),
    State(ids.HOW, "value"),
    State(ids.CONDITION, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def take_code(scan: dict[str, str] | None, _submits: int | None, *given: Any) -> tuple[Any, ...]:
    """Say that the scanned tube arrived; every scan is answered by ear and word."""
    typed, how, condition, which = given
    code = (scan or {}).get("code", "") if ctx.triggered_id == SCAN_PAGE else (typed or "")
    if not code.strip():
        return (no_update,) * 5
    try:
        is_named = _scanned(which, code, Arrival(how), condition or "")
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        problems = vars(error_summary({ids.CODE: refusal.message}))["children"]
        return problems, no_update, no_update, no_update, no_update
    if is_named:
        answer_scan(Tone.OK, f"{code} arrived.")
    else:
        answer_scan(Tone.CRIT, f"{code} is not named by the sender; it is kept as over.")
    return [], "", "", Arrival.EXPECTED.value, str(new_id())


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.END_PROBLEMS, "children"),
    Output(ids.CLOSE, "data"),
    _CHANGED,
    Input(ids.END_SEND, "n_clicks"),
    State(ids.END_SHORT, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def close(presses: int | None, short: list[str], which: str) -> tuple[Any, ...]:
    """Close the parcel, or say what was not scanned."""

    def act(session: WriteSession, principal: Principal) -> str:
        found = incoming_queries.get_incoming(session, principal, which)
        service.close_incoming(
            session, principal, incoming_id=found.id, missing_are_short=bool(short)
        )
        return f"{which} is closed"

    return done(presses, act, ids.END_DIALOG, ids.END_SHORT)


def _scanned(which: str, code: str, arrival: Arrival, condition: str) -> bool:
    principal = current_principal()
    with writing() as session:
        found = incoming_queries.get_incoming(session, principal, which)
        return service.scan_incoming(
            session,
            principal,
            incoming_id=found.id,
            code=code,
            arrival=arrival,
            condition=condition,
        )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise IncomingRefused("Write the day as 2031-01-31.") from error
