"""One shipment: its packing list by scan, its carrier, and its receipt by scan."""

from collections.abc import Sequence
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.custody import shipment_queries
from backend.custody.ids import Arrival, ShipmentState
from backend.custody.views import ShipmentLineView, ShipmentView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.scan_target import scan_target
from dashboard.components.tones import Tone
from dashboard.pages.custody import hold_dialog
from dashboard.pages.custody import shipment_ids as ids
from dashboard.pages.custody.acting import answers
from dashboard.session import current_principal

STATES: dict[ShipmentState, str] = {
    ShipmentState.DRAFT: "Being packed",
    ShipmentState.PACKED: "Packed",
    ShipmentState.SHIPPED: "Under way",
    ShipmentState.RECEIVED: "Received",
}
_HERE = {ShipmentState.DRAFT, ShipmentState.PACKED}
"""It has not left: a sample is in the box and has no condition on arrival yet."""
ARRIVALS: dict[Arrival, tuple[str, Tone, str]] = {
    Arrival.EXPECTED: ("check-circle-fill", Tone.OK, "Arrived"),
    Arrival.DAMAGED: ("exclamation-triangle-fill", Tone.WARN, "Damaged"),
    Arrival.WRONG_LABEL: ("exclamation-triangle-fill", Tone.WARN, "Wrong label"),
    Arrival.SHORT: ("x-octagon-fill", Tone.CRIT, "Missing"),
}


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
            scan_target(),
            dcc.Store(id=ids.WHICH, data=shipment.code),
            dcc.Store(id=ids.CHANGED),
            dcc.Store(id=ids.CLOSE),
            dcc.Store(id=ids.CLOSE_SINK),
            _scanning(shipment, may_act=may_act),
            html.Div(body(shipment, may_act=may_act), id=ids.BODY),
            _ship_dialog(),
            _finish_dialog(),
            *hold_dialog.draw(),
        ],
    )


def body(shipment: ShipmentView, *, may_act: bool) -> list[Component]:
    """Draw what is known of the shipment, its list, and the next step."""
    facts = [
        ("State", STATES[shipment.state]),
        ("To", shipment.recipient),
        ("Condition", shipment.condition),
        ("Carrier", shipment.carrier),
        ("Tracking", shipment.tracking),
        ("Seal number", shipment.seal),
        ("Document", shipment.document),
        (
            "Expected",
            fmt.calendar_day(shipment.expected_on, with_year=True) if shipment.expected_on else "",
        ),
        ("Begun by", shipment.created_by_name),
    ]
    rows = [html.Tr([html.Th(name, scope="row"), html.Td(value)]) for name, value in facts if value]
    table = html.Table(html.Tbody(rows), className="tbl flush plain cu-facts")
    acts = [*_papers(shipment), *(_acts(shipment) if may_act else [])]
    return [
        panel("Shipment", table, aside=html.Div(acts, className="row-x") if acts else None),
        _list(shipment, may_act=may_act),
        *([_over(shipment.over)] if shipment.over else []),
    ]


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
        acts.append(button("Close", kind="primary", icon="check2", opens=ids.FINISH_DIALOG))
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
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody(body_rows),
        ],
        className="tbl flush plain",
    )
    counted = fmt.plural(shipment.samples, "sample", "samples")
    arrived = f", {shipment.arrived} accounted for" if shipment.carrier else ""
    return panel(
        "Packing list",
        html.Div(table, className="tbl-x", tabIndex="0"),
        meta=f"{counted}{arrived}",
        class_name="sd-history",
    )


def _line(line: ShipmentLineView, *, is_here: bool) -> list[html.Td]:
    href = f"/samples/{quote(line.barcode, safe='')}"
    said: Component | str = "In the box" if is_here else "Not scanned yet"
    if line.arrival is not None:
        name, tone, words = ARRIVALS[line.arrival]
        said = html.Span([icon(name, tone), words], className="st")
    return [
        html.Td(html.A(line.barcode, href=href, className="mono")),
        html.Td(line.name),
        html.Td(said),
    ]


def _line_act(line: ShipmentLineView, state: ShipmentState) -> Component | None:
    """Offer what can be done with one sample: out of an open box, or on hold after a bad trip."""
    name = line.barcode
    if state is ShipmentState.DRAFT:
        return button(f"Unpack {name}", id=ids.unpack(name), size="sm", icon="box-arrow-up")
    if line.arrival in {Arrival.DAMAGED, Arrival.WRONG_LABEL, Arrival.SHORT}:
        return button(f"Hold {name}", id=ids.hold(name), size="sm", icon="pause-circle")
    return None


def _over(codes: Sequence[str]) -> html.Section:
    said = "These codes were scanned and are not on the list. Ask the sender."
    return panel("Over", html.P(said, className="t2"), html.P(", ".join(codes), className="mono"))


def takes_codes(shipment: ShipmentView, *, may_act: bool) -> bool:
    """Say whether a scan packs a sample, or receives it."""
    return may_act and shipment.state in {ShipmentState.DRAFT, ShipmentState.SHIPPED}


def _scanning(shipment: ShipmentView, *, may_act: bool) -> html.Div:
    how = [
        {"value": Arrival.EXPECTED.value, "label": "As expected"},
        {"value": Arrival.DAMAGED.value, "label": "Damaged"},
        {"value": Arrival.WRONG_LABEL.value, "label": "Wrong label"},
    ]
    return html.Div(
        [
            error_summary({}, id=ids.PROBLEMS),
            form_field(
                "Sample",
                dbc.Input(id=ids.CODE, value="", autocomplete="off"),
                help_text="Scan it, or type its code and press Enter",
            ),
            html.Div(
                [
                    form_field(
                        "On arrival",
                        dbc.Select(id=ids.HOW, options=how, value=Arrival.EXPECTED.value),
                    ),
                    form_field(
                        "What is wrong",
                        dbc.Input(id=ids.CONDITION, value="", maxlength=300),
                        optional=True,
                    ),
                ],
                id=ids.ON_ARRIVAL,
                className="grid2 cu-arrival",
                hidden=shipment.state is not ShipmentState.SHIPPED,
            ),
        ],
        id=ids.SCANNING,
        hidden=not takes_codes(shipment, may_act=may_act),
        className="panel cu-scan cu-bench",
    )


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


def _finish_dialog() -> html.Dialog:
    box = dbc.Checklist(
        id=ids.FINISH_SHORT,
        options=[{"value": "yes", "label": "What was not scanned is missing"}],
        value=[],
    )
    return dialog(
        ids.FINISH_DIALOG,
        "Close the shipment",
        error_summary({}, id=ids.FINISH_PROBLEMS),
        html.P("Every sample on the list has an outcome then.", className="t2"),
        box,
        answers("Go on scanning", "Close shipment", ids.FINISH_SEND),
    )


def new_dialog() -> html.Dialog:
    """Draw the dialog that begins a shipment."""
    return dialog(
        ids.NEW_DIALOG,
        "Begin a shipment",
        error_summary({}, id=ids.NEW_PROBLEMS),
        form_field("To", dbc.Input(id=ids.NEW_RECIPIENT, value="", maxlength=200)),
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
    heads = ("Shipment", "To", "State", "Samples", "Accounted for", "Expected")
    rows = [
        html.Tr(
            [
                html.Td(
                    html.A(each.code, href=f"/custody/shipments/{each.code}", className="mono")
                ),
                html.Td(each.recipient),
                html.Td(STATES[each.state]),
                html.Td(fmt.count(each.samples), className="num"),
                html.Td(fmt.count(each.arrived), className="num"),
                html.Td(
                    fmt.calendar_day(each.expected_on, with_year=True) if each.expected_on else ""
                ),
            ]
        )
        for each in shipments
    ]
    table = html.Table(
        [html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])), html.Tbody(rows)],
        className="tbl flush plain",
    )
    return [
        panel(
            "Shipments",
            html.Div(table, className="tbl-x", tabIndex="0"),
            aside=begin if may_act else None,
            class_name="sd-history",
        )
    ]
