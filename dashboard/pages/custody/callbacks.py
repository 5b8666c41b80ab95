"""Custody: scanned into a hand-over, offered, accepted by scan or press, declined, withdrawn."""

from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import dash
from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.custody import queries, service
from backend.custody.errors import OfferRefused
from backend.custody.ids import OfferId
from backend.samples import queries as samples_queries
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.scan_target import answer_scan
from dashboard.components.tabs import tab_links
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.pages.custody import ids, layout, offer_dialog, panels, shipment
from dashboard.pages.custody import shipment_ids as new_ids
from dashboard.pages.custody.acting import done
from dashboard.session import current_principal
from dashboard.shell_ids import PAGE_TABS, SCAN_PAGE, URL, live

_SEARCH = State(URL, "search")

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.BODY, "children"),
    Output(ids.DECLINE_WHICH, "options"),
    Input(live("custody"), "data"),
    Input(live("storage"), "data"),
    Input(ids.CHANGED, "data"),
    _SEARCH,
    prevent_initial_call=True,
)
def show_newest(
    _custody: int | None, _storage: int | None, _changed: str | None, search: str | None
) -> tuple[list[Component], list[dict[str, str]]]:
    """Draw the view of the address, and how much the others hold, as the rows say now."""
    principal, view = current_principal(), _view(search)
    with reading() as session:
        counts = queries.counts(session, principal)
        drawn = layout.body(session, principal, view)
        options = layout.decline_options(session, principal)
    set_props(PAGE_TABS, {"children": tab_links(layout.tabs(counts, view))})
    return drawn, options


@page_callback(
    Permission.CUSTODY_HANDLE,
    Output(ids.TRAY, "data"),
    Output(ids.TRAY_LIST, "children"),
    Output(ids.CODE, "value"),
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(SCAN_PAGE, "data"),
    Input(ids.CODE, "n_submit"),
    State(ids.CODE, "value"),
    State(ids.TRAY, "data"),
    _SEARCH,
    prevent_initial_call=True,
)
def take_code(
    scan: dict[str, str] | None,
    _submits: int | None,
    typed: str | None,
    tray: list[str],
    search: str | None,
) -> tuple[Any, ...]:
    """Accept the scanned tube where offers wait, else lay it with those to be handed over."""
    code = (scan or {}).get("code", "") if ctx.triggered_id == SCAN_PAGE else (typed or "")
    if not code.strip():
        return no_update, no_update, no_update, no_update
    if _view(search) == layout.WAITING:
        _accept_scanned(code)
        return no_update, no_update, no_update, str(new_id())
    laid = _lay(code, tray)
    return laid, panels.tray(laid), "", no_update


@page_callback(
    Permission.CUSTODY_HANDLE,
    Output(ids.OFFER.problems, "children"),
    Output(ids.CLOSE, "data"),
    Output(ids.TRAY, "data", allow_duplicate=True),
    Output(ids.TRAY_LIST, "children", allow_duplicate=True),
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.OFFER.send, "n_clicks"),
    *ids.OFFER.fields,
    State(ids.TRAY, "data"),
    prevent_initial_call=True,
)
def offer(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Offer what was scanned, or say why not."""
    *fields, tray = given

    def act(session: WriteSession, principal: Principal) -> str:
        keys = [samples_queries.sample_id_of(session, principal, code) for code in tray]
        offer_dialog.offer(session, principal, keys, fields)
        return f"{fmt.plural(len(keys), 'sample', 'samples')} offered"

    problems, close, changed = done(presses, act, ids.OFFER.dialog, ids.OFFER.to)
    if close is no_update:
        return problems, close, no_update, no_update, changed
    return problems, close, [], panels.tray([]), changed


@page_callback(
    Permission.CUSTODY_HANDLE,
    Output(ids.DECLINE_PROBLEMS, "children"),
    Output(ids.CLOSE, "data", allow_duplicate=True),
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.DECLINE_SEND, "n_clicks"),
    State(ids.DECLINE_WHICH, "value"),
    State(ids.DECLINE_REASON, "value"),
    prevent_initial_call=True,
)
def decline(presses: int | None, which: str | None, why: str | None) -> tuple[Any, ...]:
    """Leave an offer with the giver, with a reason."""

    def act(session: WriteSession, principal: Principal) -> str:
        key = OfferId(UUID(_chosen(which, "an offer")))
        count = service.decline_offer(session, principal, offer_id=key, reason=why or "")
        return f"{fmt.plural(count, 'sample', 'samples')} declined"

    return done(presses, act, ids.DECLINE_DIALOG, ids.DECLINE_REASON)


@page_callback(
    Permission.SHIPMENTS_MANAGE,
    Output(new_ids.NEW_PROBLEMS, "children"),
    Output(ids.CLOSE, "data", allow_duplicate=True),
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(new_ids.NEW_SEND, "n_clicks"),
    State(new_ids.NEW_RECIPIENT, "value"),
    State(new_ids.NEW_CONDITION, "value"),
    State(new_ids.NEW_FROM_SITE, "value"),
    State(new_ids.NEW_TO_SITE, "value"),
    prevent_initial_call=True,
)
def begin_shipment(
    presses: int | None,
    to: str | None,
    condition: str | None,
    from_site: str | None,
    to_site: str | None,
) -> tuple[Any, ...]:
    """Begin a packing list; it stands at the top then."""

    def act(session: WriteSession, principal: Principal) -> str:
        code = service.open_shipment(
            session,
            principal,
            recipient=to or "",
            condition=condition or "",
            from_site_id=_site(from_site),
            to_site_id=_site(to_site),
        )
        return f"{code} begun; open it and scan what goes into it"

    return done(presses, act, new_ids.NEW_DIALOG, new_ids.NEW_RECIPIENT)


@page_callback(
    Permission.CUSTODY_HANDLE,
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.accept(ALL), "n_clicks"),
    Input(ids.withdraw(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def answer(_accepts: list[int | None], _withdrawals: list[int | None]) -> Any:
    """Accept all of an offer, or take one's own back."""
    if not ctx.triggered[0]["value"]:
        return no_update
    pressed, principal = ctx.triggered_id, current_principal()
    key = OfferId(UUID(pressed["offer"]))
    with writing() as session:
        if pressed["type"] == ids.accept("")["type"]:
            count = service.accept_offer(session, principal, offer_id=key)
            said = f"{fmt.plural(count, 'sample is', 'samples are')} with you now"
        else:
            count = service.withdraw_offer(session, principal, offer_id=key)
            said = f"{fmt.plural(count, 'sample', 'samples')} no longer offered"
    toast(said)
    return str(new_id())


def _accept_scanned(code: str) -> None:
    """Accept the one tube, and answer the scan by ear and word."""
    principal = current_principal()
    try:
        with writing() as session:
            key = samples_queries.sample_id_of(session, principal, code)
            tube = samples_queries.get_sample(session, principal, key).row.barcode
            offers = queries.offers(session, principal)
            found = [o for o in offers if o.to_id == principal.user_id and tube in o.barcodes]
            if not found:
                answer_scan(Tone.WARN, f"{tube} is not among what you are offered.")
                return
            service.accept_offer(session, principal, offer_id=found[0].id, sample_ids=[key])
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        return
    answer_scan(Tone.OK, f"{tube} is with you now.")


def _lay(code: str, tray: list[str]) -> list[str]:
    principal = current_principal()
    try:
        with reading() as session:
            key = samples_queries.sample_id_of(session, principal, code)
            tube = samples_queries.get_sample(session, principal, key).row.barcode
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        return tray
    if tube in tray:
        answer_scan(Tone.WARN, f"{tube} is scanned already.")
        return tray
    answer_scan(Tone.OK, f"{tube} is to be handed over.")
    return [*tray, tube]


def _chosen(value: str | None, what: str) -> str:
    if not value:
        raise OfferRefused(f"Choose {what} first.")
    return value


def _view(search: str | None) -> str:
    return parse_qs((search or "").lstrip("?")).get("show", [""])[0]


def _site(chosen: str | None) -> UUID | None:
    return UUID(chosen) if chosen and chosen != shipment.ELSEWHERE else None
