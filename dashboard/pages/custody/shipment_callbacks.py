"""Shipments: begun, packed by scan, sent, received by scan, closed."""

from datetime import date
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.core import barcodes
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.core.transaction import reading, writing
from backend.custody import service, shipment_queries
from backend.custody.errors import ShipmentRefused
from backend.custody.ids import Arrival, ShipmentState
from backend.custody.service import Dispatch
from backend.custody.views import ShipmentLineView, ShipmentView
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.errors import SampleNotFound
from backend.samples.ids import HoldKind
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.pages.custody import hold_dialog, shipment
from dashboard.pages.custody import shipment_ids as ids
from dashboard.pages.custody.acting import done
from dashboard.session import current_principal
from dashboard.shell_ids import SCAN_PAGE, live

_WHICH = State(ids.WHICH, "data")
_CHANGED = Output(ids.CHANGED, "data", allow_duplicate=True)
Said = tuple[Tone, str]

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)
dash.clientside_callback(
    dash.ClientsideFunction("sample", "open"),
    Output(ids.HOLD_OPEN_SINK, "data"),
    Input(ids.HOLD_OPEN, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.BODY, "children"),
    Output(ids.SCANNING, "hidden"),
    Output(ids.ON_ARRIVAL, "hidden"),
    Input(live("custody"), "data"),
    Input(ids.CHANGED, "data"),
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
    """Pack the scanned tube, or say that it arrived; every scan is answered by ear and word."""
    typed, how, condition, which = given
    code = (scan or {}).get("code", "") if ctx.triggered_id == SCAN_PAGE else (typed or "")
    if not code.strip():
        return (no_update,) * 5
    principal = current_principal()
    try:
        with writing() as session:
            tone, said = _scanned(session, principal, which, code, how, condition or "")
            asked = _asked(session, principal, which, code)
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        problems = vars(error_summary({ids.CODE: refusal.message}))["children"]
        return problems, no_update, no_update, no_update, no_update
    answer_scan(tone, said)
    _open(asked)
    return [], "", "", Arrival.EXPECTED.value, str(new_id())


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
    Output(ids.CLOSE, "data"),
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
            expected_on=_day(expected),
        )
        service.ship(session, principal, shipment_id=found.id, dispatch=dispatch)
        return f"{which} is under way"

    return done(presses, act, ids.SHIP_DIALOG, ids.SHIP_CARRIER)


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(ids.FINISH_PROBLEMS, "children"),
    Output(ids.CLOSE, "data", allow_duplicate=True),
    _CHANGED,
    Input(ids.FINISH_SEND, "n_clicks"),
    State(ids.FINISH_SHORT, "value"),
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
    answer = done(presses, act, ids.FINISH_DIALOG, ids.FINISH_SHORT)
    _open(hold_dialog.ask(current_principal(), missing, f"Missing on arrival of {which}"))
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
    _open(hold_dialog.ask(principal, [code], _why(line, which)))


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.HOLD_PROBLEMS, "children"),
    Output(ids.CLOSE, "data", allow_duplicate=True),
    _CHANGED,
    Input(ids.HOLD_SEND, "n_clicks"),
    State(ids.HOLD_WHICH, "data"),
    State(ids.HOLD_KIND, "value"),
    State(ids.HOLD_REASON, "value"),
    prevent_initial_call=True,
)
def put_on_hold(
    presses: int | None, which: list[str], kind: str, reason: str | None
) -> tuple[Any, ...]:
    """Put the samples on hold; those on it already stay as they are and are named."""

    def act(session: WriteSession, principal: Principal) -> str:
        keys = [samples_queries.sample_id_of(session, principal, code) for code in which]
        outcomes = samples_service.hold_samples(
            session, principal, sample_ids=keys, kind=HoldKind(kind), reason=reason or ""
        )
        refused = [" ".join(each.reasons) for each in outcomes if each.reasons]
        return " ".join(refused) or f"{fmt.plural(len(keys), 'sample is', 'samples are')} on hold"

    return done(presses, act, ids.HOLD_DIALOG, ids.HOLD_REASON)


def _open(asked: hold_dialog.Asked | None) -> None:
    """Fill the dialog and let the browser open it."""
    if asked is None:
        return
    which, opened, what, reason = asked
    set_props(ids.HOLD_WHICH, {"data": which})
    set_props(ids.HOLD_WHAT, {"children": what})
    set_props(ids.HOLD_REASON, {"value": reason})
    set_props(ids.HOLD_PROBLEMS, {"children": []})
    set_props(ids.HOLD_OPEN, {"data": opened})


def _asked(
    session: ReadSession, principal: Principal, which: str, code: str
) -> hold_dialog.Asked | None:
    """Return what there is to ask of a code that has just been scanned."""
    found = shipment_queries.get_shipment(session, principal, which)
    if found.state is not ShipmentState.SHIPPED:
        return None
    tidy = barcodes.tidy(code)
    line = next((line for line in found.lines if line.barcode == tidy), None)
    if line is not None:
        is_well = line.arrival is Arrival.EXPECTED
        return None if is_well else hold_dialog.ask(principal, [tidy], _why(line, which))
    try:
        samples_queries.sample_id_of(session, principal, code)
    except SampleNotFound:
        return None  # nobody can put on hold what is not registered
    return hold_dialog.ask(principal, [tidy], f"Came with {which} and is not on its packing list")


def _why(line: ShipmentLineView, which: str) -> str:
    match line.arrival:
        case Arrival.SHORT:
            return f"Missing on arrival of {which}"
        case Arrival.WRONG_LABEL:
            return f"Arrived in {which} with a wrong label: {line.condition}"
        case _:
            return f"Arrived damaged in {which}: {line.condition}"


def _scanned(  # noqa: PLR0917 -- one call a scan
    session: WriteSession,
    principal: Principal,
    which: str,
    code: str,
    how: str,
    condition: str,
) -> Said:
    found = shipment_queries.get_shipment(session, principal, which)
    if found.state is ShipmentState.DRAFT:
        key = samples_queries.sample_id_of(session, principal, code)
        service.pack_sample(session, principal, shipment_id=found.id, sample_id=key)
        return Tone.OK, f"{code} is in {which}."
    return _arrived(session, principal, found, code, Arrival(how), condition)


def _arrived(  # noqa: PLR0917 -- one call a scan
    session: WriteSession,
    principal: Principal,
    found: ShipmentView,
    code: str,
    arrival: Arrival,
    condition: str,
) -> Said:
    try:
        key = samples_queries.sample_id_of(session, principal, code)
    except SampleNotFound:
        key = None
    if key is None or barcodes.tidy(code) not in {line.barcode for line in found.lines}:
        service.note_over(session, principal, shipment_id=found.id, code=code)
        return Tone.CRIT, f"{code} is not on the packing list; it is kept as over."
    is_new = service.receive_sample(
        session,
        principal,
        shipment_id=found.id,
        sample_id=key,
        arrival=arrival,
        condition=condition,
    )
    if not is_new:
        return Tone.WARN, f"{code} is scanned already."
    return Tone.OK, f"{code} arrived."


def _day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise ShipmentRefused("Write the day as 2031-01-31.") from error
