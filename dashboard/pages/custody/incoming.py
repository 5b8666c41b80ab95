"""Parcels from outside: what is expected, and one parcel received by scan."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.transaction import reading
from backend.custody import incoming_queries
from backend.custody.ids import IncomingState
from backend.custody.views import IncomingLineView, IncomingView, ShipmentView
from backend.samples.views import ProjectView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.pages.custody import incoming_ids as ids
from dashboard.pages.custody import parcel_parts, scan_form, shipment
from dashboard.pages.custody.acting import answers
from dashboard.session import current_principal

PATH = "/custody/incoming"
STATES: dict[IncomingState, str] = {
    IncomingState.EXPECTED: "Expected",
    IncomingState.RECEIVED: "Received",
}


def incoming_layout(*, parcel: str, **_: str) -> Page:
    """Draw a parcel; one that is not there and one of other people's project look the same."""
    principal = current_principal()
    with reading() as session:
        found = incoming_queries.get_incoming(session, principal, parcel)
    may_act = principal.may(Permission.SHIPMENTS_MANAGE)
    return page(
        title=found.code,
        breadcrumb=[Crumb("Samples", "/samples"), Crumb("Custody", "/custody?show=incoming")],
        children=[
            *parcel_parts.remembered(ids.WHICH, found.code, ids.STORES),
            scan_form.draw(
                ids.SCAN,
                "Scan it, or type its code or name and press Enter",
                is_shown=takes_codes(found, may_act=may_act),
            ),
            html.Div(body(found, principal), id=ids.BODY),
            parcel_parts.closing_dialog(ids.END, "parcel", "Everything that the sender named"),
        ],
    )


def takes_codes(parcel: IncomingView, *, may_act: bool) -> bool:
    """Say whether a scan receives a tube."""
    return may_act and parcel.state is IncomingState.EXPECTED


def body(parcel: IncomingView, principal: Principal) -> list[Component]:
    """Draw what is known of the parcel, what the sender named, and what came besides."""
    facts: list[tuple[str, Component | str]] = [
        ("State", STATES[parcel.state]),
        ("From", parcel.sender),
        ("Project", parcel.project),
        ("Carrier", parcel.carrier),
        ("Tracking", parcel.tracking),
        ("Seal number", parcel.seal),
        ("Document", parcel.document),
        ("Expected", parcel_parts.expected(parcel.expected_on, is_late=parcel.is_late)),
        ("Announced by", parcel.created_by_name),
    ]
    close = None
    if takes_codes(parcel, may_act=principal.may(Permission.SHIPMENTS_MANAGE)):
        close = button("Close", kind="primary", icon="check2", opens=ids.END.dialog)
    return [
        parcel_parts.facts("Parcel", facts, close),
        _list(parcel, may_hold=principal.may(Permission.SAMPLES_HOLD)),
        *parcel_parts.over(
            parcel.over, "These codes were scanned and the sender did not name them."
        ),
    ]


def overview(
    parcels: Sequence[IncomingView], shipments: Sequence[ShipmentView], *, may_act: bool
) -> list[Component]:
    """Draw what is expected: announced from outside, and under way between the own sites."""
    begin = button("Announce parcel", kind="primary", icon="plus-lg", opens=ids.NEW_DIALOG)
    if not parcels and not shipments:
        return [
            empty_state(
                "Nothing is expected",
                "A parcel is announced before it comes: who sends it, when, and what is in it.",
                *([begin] if may_act else []),
                icon="box-seam",
            )
        ]
    heads = ("Parcel", "From", "Expected", "State", "Carrier", "Tracking", "Accounted for")
    rows = [*(_addressed(each) for each in shipments), *(_parcel(each) for each in parcels)]
    return [
        panel(
            "Incoming",
            parcel_parts.listing(heads, rows, "Incoming parcels"),
            aside=begin if may_act else None,
            class_name="sd-history cu-parcels",
        )
    ]


def new_dialog(projects: Sequence[ProjectView]) -> html.Dialog:
    """Draw the dialog that announces a parcel."""
    options = [
        {"value": each.code, "label": f"{each.code}, {each.name}"}
        for each in projects
        if each.is_open
    ]
    return dialog(
        ids.NEW_DIALOG,
        "Announce a parcel",
        error_summary({}, id=ids.NEW_PROBLEMS),
        html.P("It is received by scan when it is here.", className="t2"),
        html.Div(
            [
                form_field("From", _input(ids.NEW_SENDER)),
                form_field("Project", dbc.Select(id=ids.NEW_PROJECT, options=options)),
                form_field("Expected on", dbc.Input(id=ids.NEW_EXPECTED, type="date", value="")),
                form_field("Carrier", _input(ids.NEW_CARRIER), optional=True),
                form_field("Tracking number", _input(ids.NEW_TRACKING), optional=True),
                form_field("Seal number", _input(ids.NEW_SEAL), optional=True),
            ],
            className="grid2 cu-arrival",
        ),
        form_field("Document", _input(ids.NEW_DOCUMENT), optional=True),
        form_field(
            "What is in it",
            dcc.Textarea(id=ids.NEW_CODES, value="", rows=5, className="form-control"),
            help_text="A barcode or a name to a line",
        ),
        answers("Announce none", "Announce it", ids.NEW_SEND),
        wide=True,
    )


def _input(id: str) -> dbc.Input:
    return dbc.Input(id=id, value="", maxlength=200)


def _parcel(parcel: IncomingView) -> html.Tr:
    return html.Tr(
        [
            html.Td(html.A(parcel.code, href=f"{PATH}/{parcel.code}", className="mono cu-a")),
            html.Td(parcel.sender),
            html.Td(parcel_parts.expected(parcel.expected_on, is_late=parcel.is_late)),
            html.Td(STATES[parcel.state]),
            html.Td(parcel.carrier),
            html.Td(parcel.tracking),
            html.Td(f"{fmt.count(parcel.arrived)} of {fmt.count(parcel.named)}", className="num"),
        ]
    )


def _addressed(sent: ShipmentView) -> html.Tr:
    """Draw a shipment under way from one site of the laboratory to another."""
    return html.Tr(
        [
            html.Td(
                html.A(sent.code, href=f"/custody/shipments/{sent.code}", className="mono cu-a")
            ),
            html.Td(shipment.route(sent)),
            html.Td(parcel_parts.expected(sent.expected_on, is_late=sent.is_late)),
            html.Td(shipment.STATES[sent.state]),
            html.Td(sent.carrier),
            html.Td(sent.tracking),
            html.Td(f"{fmt.count(sent.arrived)} of {fmt.count(sent.samples)}", className="num"),
        ]
    )


def _list(parcel: IncomingView, *, may_hold: bool) -> html.Section:
    acts = [
        parcel_parts.hold_button(line.barcode, line.arrival, ids.hold(line.barcode))
        if may_hold
        else None
        for line in parcel.lines
    ]
    has_acts = any(act is not None for act in acts)
    heads = ["Named", "Arrival", "Condition", "Sample", *(["Act"] if has_acts else [])]
    rows = [
        html.Tr([*_line(line), *([html.Td(act)] if has_acts else [])])
        for line, act in zip(parcel.lines, acts, strict=True)
    ]
    counted = fmt.plural(parcel.named, "sample", "samples")
    return panel(
        "What the sender named",
        parcel_parts.listing(heads, rows, "Named samples"),
        meta=f"{counted}, {parcel.arrived} with an outcome",
        class_name="sd-history",
    )


def _line(line: IncomingLineView) -> list[html.Td]:
    known = parcel_parts.sample_link(line.barcode) if line.barcode else "Not registered"
    return [
        html.Td(line.code, className="mono said"),
        html.Td(parcel_parts.outcome(line.arrival, "Not scanned yet")),
        html.Td(line.condition, className="t2 said"),
        html.Td(known),
    ]
