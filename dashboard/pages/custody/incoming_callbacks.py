"""Parcels from outside: announced, received by scan, closed."""

from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx
from dash.development.base_component import Component

from backend.core import barcodes
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.custody import incoming_queries, service
from backend.custody.service import Announcement
from backend.samples import queries as samples_queries
from backend.samples.errors import SampleNotFound
from dashboard.callbacks import page_callback
from dashboard.components.tones import Tone
from dashboard.pages.custody import hold_dialog, incoming, parcel_parts, scan_form
from dashboard.pages.custody import ids as custody_ids
from dashboard.pages.custody import incoming_ids as ids
from dashboard.pages.custody.acting import done
from dashboard.pages.custody.scan_form import Answer, Scanned
from dashboard.session import current_principal
from dashboard.shell_ids import live

_WHICH = State(ids.WHICH, "data")
_CHANGED = Output(ids.STORES.changed, "data", allow_duplicate=True)

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.STORES.close_sink, "data"),
    Input(ids.STORES.close, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.NEW_PROBLEMS, "children"),
    Output(custody_ids.CLOSE, "data", allow_duplicate=True),
    Output(custody_ids.CHANGED, "data", allow_duplicate=True),
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
            expected_on=parcel_parts.day(expected),
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
    Output(ids.SCAN.box, "hidden"),
    Input(live("custody"), "data"),
    Input(live("samples"), "data"),
    Input(ids.STORES.changed, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_newest(
    _custody: int | None, _samples: int | None, _changed: str | None, which: str
) -> tuple[list[Component], bool]:
    """Draw the parcel as the rows say now; a tube of it may just have been registered."""
    principal = current_principal()
    with reading() as session:
        found = incoming_queries.get_incoming(session, principal, which)
    may_act = principal.may(Permission.SHIPMENTS_MANAGE)
    is_still = not incoming.takes_codes(found, may_act=may_act)
    return incoming.body(found, principal), is_still


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    *scan_form.wires(ids.SCAN, ids.STORES),
    _WHICH,
    prevent_initial_call=True,
)
def take_code(scan: dict[str, str] | None, _submits: int | None, *given: Any) -> tuple[Any, ...]:
    """Say that the scanned tube arrived."""
    return scan_form.take(ids.SCAN, _scanned, scan, given)


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.END.problems, "children"),
    Output(ids.STORES.close, "data", allow_duplicate=True),
    _CHANGED,
    Input(ids.END.send, "n_clicks"),
    State(ids.END.short, "value"),
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
        open_ones = [line.barcode for line in found.lines if line.arrival is None]
        missing.extend(barcode for barcode in open_ones if barcode is not None)
        return f"{which} is closed"

    missing: list[str] = []
    answer = done(presses, act, ids.END.dialog, ids.END.short)
    hold_dialog.show(
        hold_dialog.ask(current_principal(), missing, f"Missing on arrival of {which}")
    )
    return answer


@page_callback(
    Permission.SAMPLES_HOLD,
    Input(ids.hold(ALL), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def ask_hold(_presses: list[int | None], which: str) -> None:
    """Open the dialog for a sample that came damaged or went missing."""
    if not ctx.triggered[0]["value"]:
        return
    principal, code = current_principal(), ctx.triggered_id["barcode"]
    with reading() as session:
        found = incoming_queries.get_incoming(session, principal, which)
    line = next(line for line in found.lines if line.barcode == code)
    hold_dialog.show(parcel_parts.ask(principal, line, which))


def _scanned(session: WriteSession, principal: Principal, scanned: Scanned) -> Answer:
    which, code = scanned.which, scanned.code
    found = incoming_queries.get_incoming(session, principal, which)
    is_named = service.scan_incoming(
        session,
        principal,
        incoming_id=found.id,
        code=code,
        arrival=scanned.arrival,
        condition=scanned.condition,
    )
    if not is_named:
        asked = _ask_over(session, principal, scanned)
        return Tone.CRIT, f"{code} is not named by the sender; it is kept as over.", asked
    # What was said of it first counts.
    tidy = barcodes.tidy(code)
    lines = incoming_queries.get_incoming(session, principal, which).lines
    line = next(line for line in lines if barcodes.tidy(line.code) == tidy)
    return Tone.OK, f"{code} arrived.", parcel_parts.ask(principal, line, which)


def _ask_over(
    session: WriteSession, principal: Principal, scanned: Scanned
) -> hold_dialog.Asked | None:
    try:
        samples_queries.sample_id_of(session, principal, scanned.code)
    except SampleNotFound:
        return None  # nobody can put on hold what is not registered
    reason = f"Came with {scanned.which} and its sender did not name it"
    return hold_dialog.ask(principal, [barcodes.tidy(scanned.code)], reason)
