"""Custody: what is in one's hands, what waits for an answer, what is out, and the gaps."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.custody import incoming_queries, queries, shipment_queries
from backend.custody.ids import ShipmentState
from backend.custody.views import CustodyCounts, OfferView, ShipmentView
from backend.samples import queries as samples_queries
from backend.storage import site_queries
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.components.scan_target import scan_target
from dashboard.laboratory import lab_zone
from dashboard.pages.custody import ids, incoming, offer_dialog, panels, shipment
from dashboard.pages.custody.acting import answers
from dashboard.session import current_principal

PATH = "/custody"
WAITING, OUT, SHIPMENTS, GAPS = "waiting", "out", "shipments", "gaps"
INCOMING = "incoming"
_OTHERS = {WAITING, OUT, SHIPMENTS, INCOMING, GAPS}


def layout(*, show: str = "") -> Page:
    """Draw a view; an unknown one shows what is in one's hands."""
    principal = current_principal()
    with reading() as session:
        counts = queries.counts(session, principal)
        may_act = principal.may(Permission.CUSTODY_HANDLE)
        people = queries.receivers(session, principal) if may_act else []
        offers = _received(queries.offers(session, principal), principal)
        projects = samples_queries.projects(session, principal)
        sites = site_queries.open_sites(session)
        drawn = body(session, principal, show)
    return page(
        title="Custody",
        breadcrumb=[Crumb("Samples", "/samples")],
        tabs=tabs(counts, show),
        children=[
            scan_target(),
            dcc.Store(id=ids.CHANGED),
            dcc.Store(id=ids.CLOSE),
            dcc.Store(id=ids.CLOSE_SINK),
            dcc.Store(id=ids.TRAY, data=[]),
            _tray(is_shown=may_act and show not in _OTHERS),
            html.Div(drawn, id=ids.BODY),
            offer_dialog.draw(ids.OFFER, people, title="Hand over the scanned samples"),
            _decline_dialog(offers),
            shipment.new_dialog(sites),
            incoming.new_dialog(projects),
        ],
    )


def body(session: ReadSession, principal: Principal, show: str) -> list[Component]:
    """Draw a view as the rows say now."""
    zone, may_act = lab_zone(), principal.may(Permission.CUSTODY_HANDLE)
    match show:
        case "waiting":
            offers = _received(queries.offers(session, principal), principal)
            return panels.waiting(offers, zone=zone, may_act=may_act)
        case "out":
            out = queries.checked_out(session, principal)
            return panels.out(out, own=principal.user_id, zone=zone)
        case "shipments":
            may_ship = principal.may(Permission.SHIPMENTS_MANAGE)
            found = shipment_queries.shipments(session, principal)
            return shipment.overview(found, may_act=may_ship)
        case "incoming":
            return incoming.overview(
                incoming_queries.expected(session, principal),
                _between_sites(session, principal),
                may_act=principal.may(Permission.SHIPMENTS_MANAGE),
            )
        case "gaps":
            return panels.gaps(queries.findings(session, principal), zone=zone)
        case _:
            offers = queries.offers(session, principal)
            sent = [offer for offer in offers if offer.from_id == principal.user_id]
            return panels.held(queries.held(session, principal), sent, zone=zone)


def decline_options(session: ReadSession, principal: Principal) -> list[dict[str, str]]:
    """Return the offers that wait for the principal's answer."""
    return _options(_received(queries.offers(session, principal), principal))


def _between_sites(session: ReadSession, principal: Principal) -> list[ShipmentView]:
    """Return the shipments under way from one of the laboratory's sites to another."""
    return [
        each
        for each in shipment_queries.shipments(session, principal)
        if each.state is ShipmentState.SHIPPED and each.from_site
    ]


def _received(offers: Sequence[OfferView], principal: Principal) -> list[OfferView]:
    return [offer for offer in offers if offer.to_id == principal.user_id]


def _options(offers: Sequence[OfferView]) -> list[dict[str, str]]:
    return [
        {
            "value": str(offer.id),
            "label": f"{offer.from_name}: {', '.join(offer.barcodes[:3])}"
            + (f" and {len(offer.barcodes) - 3} more" if len(offer.barcodes) > 3 else ""),  # noqa: PLR2004 -- as many as fit a line
        }
        for offer in offers
    ]


def tabs(counts: CustodyCounts, show: str) -> list[Tab]:
    """Return the views with how much each holds now."""
    out = _with("Checked out", counts.overdue, "overdue")
    known = (
        ("With me", "", counts.held),
        ("Waiting for my answer", WAITING, counts.waiting),
        (out, OUT, counts.out),
        (_with("Shipments", counts.late_shipments, "late"), SHIPMENTS, counts.shipments),
        (_with("Incoming", counts.late_incoming, "late"), INCOMING, counts.incoming),
        ("Gaps", GAPS, counts.gaps),
    )
    selected = show if show in _OTHERS else ""
    return [
        Tab(
            label,
            f"{PATH}?show={name}" if name else PATH,
            count=number,
            selected=name == selected,
        )
        for label, name, number in known
    ]


def _with(name: str, count: int, word: str) -> str:
    return f"{name} ({count} {word})" if count else name


def _tray(*, is_shown: bool) -> html.Div:
    field = dbc.Input(
        id=ids.CODE,
        value="",
        autocomplete="off",
        placeholder="Code",
    )
    return html.Div(
        [
            form_field("Sample to hand over", field),
            html.Div(panels.tray([]), id=ids.TRAY_LIST, className="row-x"),
        ],
        hidden=not is_shown,
        className="panel cu-scan",
    )


def _decline_dialog(offers: Sequence[OfferView]) -> html.Dialog:
    return dialog(
        ids.DECLINE_DIALOG,
        "Decline what is offered",
        error_summary({}, id=ids.DECLINE_PROBLEMS),
        html.P("They stay with the person who offered them, who is told why.", className="t2"),
        form_field("Offer", dbc.Select(id=ids.DECLINE_WHICH, options=_options(offers))),
        form_field("Reason", dbc.Input(id=ids.DECLINE_REASON, value="", maxlength=300)),
        answers("Decide later", "Decline", ids.DECLINE_SEND),
    )
