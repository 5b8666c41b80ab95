"""Callbacks of a sample's custody: handing over, checking out, returning."""

from decimal import Decimal
from typing import Any

from dash import Input, Output, State

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.custody import service
from backend.custody.service import Returned
from backend.samples.ids import SampleId
from dashboard.callbacks import page_callback
from dashboard.pages.custody import offer_dialog
from dashboard.pages.samples import detail_custody as dialogs
from dashboard.pages.samples import detail_custody_ids as ids
from dashboard.pages.samples import detail_ids
from dashboard.pages.samples.detail_acting import Done, Which, carried_out, day, perhaps
from dashboard.pages.samples.detail_facts import facts_of
from dashboard.session import current_principal
from dashboard.shell_ids import live

_CLOSE = Output(detail_ids.CLOSE, "data", allow_duplicate=True)
_WHICH = State(detail_ids.WHICH, "data")


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.RETURN_WHO, "children"),
    Input(live("custody"), "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_holder(_version: int | None, which: Which) -> str:
    """Say in the dialog who has it now."""
    with reading() as session:
        return dialogs.out_sentence(facts_of(session, current_principal(), which["barcode"]))


@page_callback(
    Permission.CUSTODY_HANDLE,
    Output(ids.OFFER.problems, "children"),
    _CLOSE,
    Output(ids.OFFER.condition, "value"),
    Output(ids.OFFER.note, "value"),
    Input(ids.OFFER.send, "n_clicks"),
    *ids.OFFER.fields,
    _WHICH,
    prevent_initial_call=True,
)
def hand_over(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Offer the sample to somebody, or say why not."""
    *fields, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        offer_dialog.offer(session, principal, [key], fields)
        return f"{which['barcode']} is offered; it stays with you until they accept"

    return carried_out(presses, which, act, ids.OFFER.dialog, ids.OFFER.to, ["", ""])


@page_callback(
    Permission.CUSTODY_HANDLE,
    Output(ids.OUT_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.OUT_PURPOSE, "value"),
    Input(ids.OUT_SEND, "n_clicks"),
    State(ids.OUT_PURPOSE, "value"),
    State(ids.OUT_DUE, "value"),
    State(ids.OUT_TEMPERATURE, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def check_out(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Take the sample until a day, or say why not."""
    purpose, due, warmth, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        degrees = perhaps(warmth, "Temperature", "°C")
        service.check_out(
            session,
            principal,
            sample_id=key,
            purpose=purpose or "",
            due_on=day(due, "Due back"),
            temperature_c=None if degrees is None else float(degrees),
        )
        return f"{which['barcode']} is with you now"

    return carried_out(presses, which, act, ids.OUT_DIALOG, ids.OUT_PURPOSE, [""])


@page_callback(
    Permission.CUSTODY_HANDLE,
    Output(ids.RETURN_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.RETURN_USED, "value"),
    Output(ids.RETURN_THAWED, "value"),
    Output(ids.RETURN_BENCH, "value"),
    Input(ids.RETURN_SEND, "n_clicks"),
    State(ids.RETURN_USED, "value"),
    State(ids.RETURN_THAWED, "value"),
    State(ids.RETURN_BENCH, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def bring_back(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Put the sample away and write down what was used, or say why not."""
    used, thawed, bench, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        returned = Returned(
            used_ul=perhaps(used, "Used", "µL") or Decimal(0),
            was_thawed=bool(thawed),
            bench=bench or "",
        )
        place = service.return_sample(session, principal, sample_id=key, returned=returned)
        return f"{which['barcode']} is back: {place}"

    return carried_out(presses, which, act, ids.RETURN_DIALOG, ids.RETURN_USED, ["", [], ""])
