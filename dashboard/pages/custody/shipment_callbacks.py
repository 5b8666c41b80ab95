"""Shipments: begun, packed by scan, sent, received by scan, closed."""

from contextlib import suppress
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core import barcodes
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.custody import service, shipment_queries
from backend.custody.ids import ShipmentId, ShipmentState
from backend.custody.service import Dispatch
from backend.samples import queries as samples_queries
from backend.samples.errors import SampleNotFound
from backend.samples.ids import SampleId
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.pages.custody import hold_dialog, parcel_parts, scan_form, shipment
from dashboard.pages.custody import shipment_ids as ids
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
    Permission.SAMPLES_VIEW,
    Output(ids.BODY, "children"),
    Output(ids.SCAN.box, "hidden"),
    Output(ids.SCAN.on_arrival, "hidden"),
    Input(live("custody"), "data"),
    Input(ids.STORES.changed, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_newest(
    _version: int | None, _changed: str | None, code: str
) -> tuple[list[Component], bool, bool]:
    """Draw the shipment as the rows say now."""
    principal = current_principal()
    with reading() as session:
        found = shipment_queries.get_shipment(session, principal, code)
    may_act = principal.may(Permission.SHIPMENTS_MANAGE)
    is_still = not shipment.takes_codes(found, may_act=may_act)
    is_packing = found.state is not ShipmentState.SHIPPED
    return shipment.body(found, may_act=may_act), is_still, is_packing


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    *scan_form.wires(ids.SCAN, ids.STORES),
    _WHICH,
    prevent_initial_call=True,
)
def take_code(scan: dict[str, str] | None, _submits: int | None, *given: Any) -> tuple[Any, ...]:
    """Pack the scanned tube, or say that it arrived."""
    return scan_form.take(ids.SCAN, _scanned, scan, given)


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    _CHANGED,
    Input(ids.PACKED, "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def close_box(presses: int | None, which: str) -> Any:
    """Fix the packing list."""
    if not presses:
        return no_update
    principal = current_principal()
    with writing() as session:
        found = shipment_queries.get_shipment(session, principal, which)
        service.close_box(session, principal, shipment_id=found.id)
    toast(f"{which} is packed")
    return str(new_id())


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.SHIP_PROBLEMS, "children"),
    Output(ids.STORES.close, "data", allow_duplicate=True),
    _CHANGED,
    Input(ids.SHIP_SEND, "n_clicks"),
    State(ids.SHIP_CARRIER, "value"),
    State(ids.SHIP_TRACKING, "value"),
    State(ids.SHIP_SEAL, "value"),
    State(ids.SHIP_DOCUMENT, "value"),
    State(ids.SHIP_EXPECTED, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def send(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Hand the shipment to its carrier, or say what is missing."""
    carrier, tracking, seal, document, expected, which = given

    def act(session: WriteSession, principal: Principal) -> str:
        found = shipment_queries.get_shipment(session, principal, which)
        dispatch = Dispatch(
            carrier=carrier or "",
            tracking=tracking or "",
            seal=seal or "",
            document=document or "",
            expected_on=parcel_parts.day(expected),
        )
        service.ship(session, principal, shipment_id=found.id, dispatch=dispatch)
        return f"{which} is under way"

    return done(presses, act, ids.SHIP_DIALOG, ids.SHIP_CARRIER)


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.FINISH.problems, "children"),
    Output(ids.STORES.close, "data", allow_duplicate=True),
    _CHANGED,
    Input(ids.FINISH.send, "n_clicks"),
    State(ids.FINISH.short, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def finish(presses: int | None, short: list[str], which: str) -> tuple[Any, ...]:
    """Close the shipment, or say what was not scanned."""

    def act(session: WriteSession, principal: Principal) -> str:
        found = shipment_queries.get_shipment(session, principal, which)
        service.finish(session, principal, shipment_id=found.id, missing_are_short=bool(short))
        missing.extend(line.barcode for line in found.lines if line.arrival is None)
        return f"{which} is closed"

    missing: list[str] = []
    answer = done(presses, act, ids.FINISH.dialog, ids.FINISH.short)
    hold_dialog.show(
        hold_dialog.ask(current_principal(), missing, f"Missing on arrival of {which}")
    )
    return answer


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    _CHANGED,
    Input(ids.unpack(ALL), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def unpack(_presses: list[int | None], which: str) -> Any:
    """Take a sample out of the open box; it is with the person then."""
    if not ctx.triggered[0]["value"]:
        return no_update
    principal, code = current_principal(), ctx.triggered_id["barcode"]
    with writing() as session:
        found = shipment_queries.get_shipment(session, principal, which)
        key = samples_queries.sample_id_of(session, principal, code)
        service.unpack_sample(session, principal, shipment_id=found.id, sample_id=key)
    toast(f"{code} is with you now")
    return str(new_id())


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
        found = shipment_queries.get_shipment(session, principal, which)
    line = next(line for line in found.lines if line.barcode == code)
    hold_dialog.show(parcel_parts.ask(principal, line, which))


def _scanned(session: WriteSession, principal: Principal, scanned: Scanned) -> Answer:
    which, code = scanned.which, scanned.code
    found = shipment_queries.get_shipment(session, principal, which)
    if found.state is ShipmentState.DRAFT:
        tube = samples_queries.sample_id_of(session, principal, code)
        service.pack_sample(session, principal, shipment_id=found.id, sample_id=tube)
        return Tone.OK, f"{code} is in {which}.", None
    key: SampleId | None = None  # nobody can put on hold what is not registered
    with suppress(SampleNotFound):
        key = samples_queries.sample_id_of(session, principal, code)
    tidy = barcodes.tidy(code)
    if key is None or tidy not in {line.barcode for line in found.lines}:
        service.note_over(session, principal, shipment_id=found.id, code=code)
        reason = f"Came with {which} and is not on its packing list"
        asked = None if key is None else hold_dialog.ask(principal, [tidy], reason)
        return Tone.CRIT, f"{code} is not on the packing list; it is kept as over.", asked
    return _arrived(session, principal, found.id, key, scanned)


def _arrived(
    session: WriteSession,
    principal: Principal,
    shipment_id: ShipmentId,
    key: SampleId,
    scanned: Scanned,
) -> Answer:
    is_new = service.receive_sample(
        session,
        principal,
        shipment_id=shipment_id,
        sample_id=key,
        arrival=scanned.arrival,
        condition=scanned.condition,
    )
    tone, said = (Tone.OK, "arrived") if is_new else (Tone.WARN, "is scanned already")
    # What was said of it first counts.
    found = shipment_queries.get_shipment(session, principal, scanned.which)
    line = next(line for line in found.lines if line.barcode == barcodes.tidy(scanned.code))
    return tone, f"{scanned.code} {said}.", parcel_parts.ask(principal, line, scanned.which)
