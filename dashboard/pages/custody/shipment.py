"""One shipment: its packing list by scan, its carrier, and its receipt by scan."""

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.custody import shipment_queries
from backend.custody.ids import ShipmentState
from backend.custody.views import ShipmentLineView, ShipmentView
from backend.storage.ids import NodeId
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.pages.custody import parcel_parts, scan_form
from dashboard.pages.custody import shipment_ids as ids
from dashboard.pages.custody.acting import answers
from dashboard.session import current_principal

STATES: dict[ShipmentState, str] = {
    ShipmentState.DRAFT: "Being packed",
    ShipmentState.PACKED: "Packed",
    ShipmentState.SHIPPED: "Under way",
    ShipmentState.RECEIVED: "Received",
}
ELSEWHERE = "elsewhere"
"""A choice of its own: the empty one is not drawn."""
_HERE = {ShipmentState.DRAFT, ShipmentState.PACKED}
"""It has not left: a sample is in the box and has no condition on arrival yet."""


def shipment_layout(*, code: str, **_: str) -> Page:
    """Draw a shipment; one that is not there and one of other people's samples look the same."""
    principal = current_principal()
    with reading() as session:
        shipment = shipment_queries.get_shipment(session, principal, code)
    may_act = principal.may(Permission.SHIPMENTS_MANAGE)
    return page(
        title=shipment.code,
        breadcrumb=[Crumb("Samples", "/samples"), Crumb("Custody", "/custody?show=shipments")],
        children=[
            *parcel_parts.remembered(ids.WHICH, shipment.code, ids.STORES),
            scan_form.draw(
                ids.SCAN,
                "Scan it, or type its code and press Enter",
                is_shown=takes_codes(shipment, may_act=may_act),
                is_arrival=shipment.state is ShipmentState.SHIPPED,
            ),
            html.Div(body(shipment, may_act=may_act), id=ids.BODY),
            _ship_dialog(),
            parcel_parts.closing_dialog(ids.FINISH, "shipment", "Every sample on the list"),
        ],
    )


def body(shipment: ShipmentView, *, may_act: bool) -> list[Component]:
    """Draw what is known of the shipment, its list, and the next step."""
    facts: list[tuple[str, Component | str]] = [
        ("State", STATES[shipment.state]),
        ("From", shipment.from_site or ""),
        ("To", shipment.recipient),
        ("Condition", shipment.condition),
        ("Carrier", shipment.carrier),
        ("Tracking", shipment.tracking),
        ("Seal number", shipment.seal),
        ("Document", shipment.document),
        ("Expected", _expected(shipment) if shipment.expected_on else ""),
        ("Begun by", shipment.created_by_name),
    ]
    acts = [*_papers(shipment), *(_acts(shipment) if may_act else [])]
    return [
        parcel_parts.facts("Shipment", facts, html.Div(acts, className="row-x") if acts else None),
        _list(shipment, may_act=may_act),
        *parcel_parts.over(shipment.over, "These codes were scanned and are not on the list."),
    ]


def route(shipment: ShipmentView) -> str:
    """Say from where to where it goes."""
    sender = f"{shipment.from_site} to " if shipment.from_site else ""
    return f"{sender}{shipment.recipient}"


def _expected(shipment: ShipmentView) -> Component:
    return parcel_parts.expected(shipment.expected_on, is_late=shipment.is_late)


def _papers(shipment: ShipmentView) -> list[Component]:
    """Offer the packing list once its rows are fixed: a draft on paper would be outdated."""
    if shipment.state is ShipmentState.DRAFT:
        return []
    href = f"/files/shipments/{shipment.code}"
    return [button("Packing list, PDF", href=href, icon="download", download="")]


def _acts(shipment: ShipmentView) -> list[Component]:
    # The button that closes the box always stands there for its callback.
    is_draft = shipment.state is ShipmentState.DRAFT
    acts: list[Component] = [
        html.Span(
            button("Everything is packed", id=ids.PACKED, kind="primary", icon="box-seam"),
            hidden=not is_draft,
        )
    ]
    if shipment.state is ShipmentState.PACKED:
        acts.append(button("Send", kind="primary", icon="truck", opens=ids.SHIP_DIALOG))
    if shipment.state is ShipmentState.SHIPPED:
        acts.append(button("Close", kind="primary", icon="check2", opens=ids.FINISH.dialog))
    return acts


def _list(shipment: ShipmentView, *, may_act: bool) -> Component:
    if not shipment.lines:
        return empty_state(
            "Nothing is in it yet", "Scan each sample that goes into the box.", icon="upc-scan"
        )
    is_here = shipment.state in _HERE
    acts = [_line_act(line, shipment.state) if may_act else None for line in shipment.lines]
    has_acts = any(act is not None for act in acts)
    heads = ["Sample", "Name", "State"]
    heads += ([] if is_here else ["Condition"]) + (["Act"] if has_acts else [])
    body_rows = [
        html.Tr(
            [
                *_line(line, is_here=is_here),
                *([] if is_here else [html.Td(line.condition, className="t2 said")]),
                *([html.Td(act)] if has_acts else []),
            ]
        )
        for line, act in zip(shipment.lines, acts, strict=True)
    ]
    counted = fmt.plural(shipment.samples, "sample", "samples")
    arrived = f", {shipment.arrived} accounted for" if shipment.carrier else ""
    return panel(
        "Packing list",
        parcel_parts.listing(heads, body_rows, "Packing list"),
        meta=f"{counted}{arrived}",
        class_name="sd-history",
    )


def _line(line: ShipmentLineView, *, is_here: bool) -> list[html.Td]:
    said = parcel_parts.outcome(line.arrival, "In the box" if is_here else "Not scanned yet")
    return [html.Td(parcel_parts.sample_link(line.barcode)), html.Td(line.name), html.Td(said)]


def _line_act(line: ShipmentLineView, state: ShipmentState) -> Component | None:
    """Offer what can be done with one sample: out of an open box, or on hold after a bad trip."""
    name = line.barcode
    if state is ShipmentState.DRAFT:
        return button(f"Unpack {name}", id=ids.unpack(name), size="sm", icon="box-arrow-up")
    return parcel_parts.hold_button(name, line.arrival, ids.hold(name))


def takes_codes(shipment: ShipmentView, *, may_act: bool) -> bool:
    """Say whether a scan packs a sample, or receives it."""
    return may_act and shipment.state in {ShipmentState.DRAFT, ShipmentState.SHIPPED}


def _ship_dialog() -> html.Dialog:
    return dialog(
        ids.SHIP_DIALOG,
        "Send the shipment",
        error_summary({}, id=ids.SHIP_PROBLEMS),
        html.P("Its carrier holds the samples from then on.", className="t2"),
        form_field("Carrier", dbc.Input(id=ids.SHIP_CARRIER, value="", maxlength=200)),
        form_field(
            "Tracking number",
            dbc.Input(id=ids.SHIP_TRACKING, value="", maxlength=200),
            optional=True,
        ),
        form_field(
            "Seal number", dbc.Input(id=ids.SHIP_SEAL, value="", maxlength=200), optional=True
        ),
        form_field(
            "Document",
            dbc.Input(id=ids.SHIP_DOCUMENT, value="", maxlength=200),
            help_text="Reference of the waybill, permit or agreement",
            optional=True,
        ),
        form_field("Expected on", dbc.Input(id=ids.SHIP_EXPECTED, type="date", value="")),
        answers("Keep it here", "Hand it to the carrier", ids.SHIP_SEND),
    )


def new_dialog(sites: Mapping[NodeId, str]) -> html.Dialog:
    """Draw the dialog that begins a shipment; the own sites are offered where there are several."""
    chosen = [{"value": ELSEWHERE, "label": "None of ours"}]
    chosen += [{"value": str(key), "label": label} for key, label in sites.items()]
    between = html.Div(
        [
            form_field(
                "From our site",
                dbc.Select(id=ids.NEW_FROM_SITE, options=chosen, value=ELSEWHERE),
                help_text="It is packed there",
                optional=True,
            ),
            form_field(
                "To our site",
                dbc.Select(id=ids.NEW_TO_SITE, options=chosen, value=ELSEWHERE),
                help_text="It is received there by scan",
                optional=True,
            ),
        ],
        className="grid2 cu-arrival",
        hidden=len(sites) < 2,  # noqa: PLR2004 -- from one to another
    )
    return dialog(
        ids.NEW_DIALOG,
        "Begin a shipment",
        error_summary({}, id=ids.NEW_PROBLEMS),
        between,
        form_field(
            "To",
            dbc.Input(id=ids.NEW_RECIPIENT, value="", maxlength=200),
            help_text="Somebody else; left empty between our own sites" if len(sites) > 1 else "",
        ),
        form_field(
            "Condition",
            dbc.Input(id=ids.NEW_CONDITION, value="", maxlength=300),
            help_text="Such as dry ice, 10 kg",
            optional=True,
        ),
        answers("Begin none", "Begin it", ids.NEW_SEND),
    )


def overview(shipments: Sequence[ShipmentView], *, may_act: bool) -> list[Component]:
    """Draw the shipments, newest first, and the button that begins one."""
    begin = button("New shipment", kind="primary", icon="plus-lg", opens=ids.NEW_DIALOG)
    if not shipments:
        return [
            empty_state(
                "There is no shipment",
                "A shipment is a packing list, a carrier, and an outcome for every sample.",
                *([begin] if may_act else []),
                icon="truck",
            )
        ]
    heads = ("Shipment", "To", "Expected", "State", "Accounted for")
    rows = [
        html.Tr(
            [
                html.Td(
                    html.A(each.code, href=f"/custody/shipments/{each.code}", className="mono")
                ),
                html.Td(route(each)),
                html.Td(_expected(each)),
                html.Td(STATES[each.state]),
                html.Td(f"{fmt.count(each.arrived)} of {fmt.count(each.samples)}", className="num"),
            ]
        )
        for each in shipments
    ]
    return [
        panel(
            "Shipments",
            parcel_parts.listing(heads, rows, "Shipments"),
            aside=begin if may_act else None,
            class_name="sd-history cu-parcels",
        )
    ]
