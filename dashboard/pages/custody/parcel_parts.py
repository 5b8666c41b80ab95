"""What the page of a shipment and that of a parcel from outside are made of."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.custody.ids import Arrival
from backend.custody.views import IncomingLineView, ShipmentLineView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.scan_target import scan_target
from dashboard.components.tones import Tone
from dashboard.pages.custody import hold_dialog
from dashboard.pages.custody.acting import answers
from dashboard.pages.custody.parcel_ids import StoreIds

ARRIVALS: dict[Arrival, tuple[str, Tone, str]] = {
    Arrival.EXPECTED: ("check-circle-fill", Tone.OK, "Arrived"),
    Arrival.DAMAGED: ("exclamation-triangle-fill", Tone.WARN, "Damaged"),
    Arrival.WRONG_LABEL: ("exclamation-triangle-fill", Tone.WARN, "Wrong label"),
    Arrival.SHORT: ("x-octagon-fill", Tone.CRIT, "Missing"),
}


def remembered(which_id: str, code: str, stores: StoreIds) -> list[Component]:
    """Draw what every such page has unseen, and the dialog that puts samples on hold."""
    return [
        scan_target(),
        dcc.Store(id=which_id, data=code),
        *(dcc.Store(id=each) for each in stores),
        *hold_dialog.draw(tells=stores.changed),
    ]


def facts(
    title: str, known: Sequence[tuple[str, Component | str]], aside: Component | None
) -> html.Section:
    """Draw what is known of a parcel; what is empty is left out."""
    rows = [html.Tr([html.Th(name, scope="row"), html.Td(value)]) for name, value in known if value]
    table = html.Table(html.Tbody(rows), className="tbl flush plain cu-facts")
    return panel(title, table, aside=aside)


def listing(heads: Sequence[str], rows: Sequence[html.Tr], name: str) -> html.Div:
    """Draw a table that scrolls on a narrow screen."""
    table = html.Table(
        [html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])), html.Tbody(rows)],
        className="tbl flush plain",
    )
    return html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label=name))


def sample_link(barcode: str) -> html.A:
    """Draw the way to a sample's page."""
    return html.A(barcode, href=f"/samples/{quote(barcode, safe='')}", className="mono cu-a")


def outcome(arrival: Arrival | None, otherwise: str) -> Component | str:
    """Say how a tube arrived; ``otherwise`` where nobody has said yet."""
    if arrival is None:
        return otherwise
    name, tone, words = ARRIVALS[arrival]
    return html.Span([icon(name, tone), words], className="st")


def hold_button(
    barcode: str | None, arrival: Arrival | None, button_id: dict[str, object]
) -> Component | None:
    """Offer to put on hold what came damaged or not at all, where a sample carries the code."""
    if barcode is None or arrival in {None, Arrival.EXPECTED}:
        return None
    return button(f"Hold {barcode}", id=button_id, size="sm", icon="pause-circle")


def ask(
    principal: Principal, line: IncomingLineView | ShipmentLineView, which: str
) -> hold_dialog.Asked | None:
    """Return what there is to ask about a tube of a parcel; nothing where it came well."""
    if line.barcode is None or line.arrival in {None, Arrival.EXPECTED}:
        return None
    match line.arrival:
        case Arrival.SHORT:
            reason = f"Missing on arrival of {which}"
        case Arrival.WRONG_LABEL:
            reason = f"Arrived in {which} with a wrong label: {line.condition}"
        case _:
            reason = f"Arrived damaged in {which}: {line.condition}"
    return hold_dialog.ask(principal, [line.barcode], reason)


def expected(day: date | None, *, is_late: bool) -> Component:
    """Draw the day on which a parcel should be there, and that it has passed where it has."""
    if day is None:
        return html.Span("")
    said = fmt.calendar_day(day, with_year=True)
    if not is_late:
        return html.Span(said, className="num")
    late: list[Component | str] = [
        icon("exclamation-triangle-fill", Tone.WARN),
        f"Late since {said}",
    ]
    return html.Span(late, className="st")


def over(codes: Sequence[str], said: str) -> list[Component]:
    """Draw the codes that were scanned and that nobody had announced."""
    told = (
        html.P(f"{said} Ask the sender.", className="t2"),
        html.P(", ".join(codes), className="mono"),
    )
    return [panel("Over", *told)] if codes else []


class ClosingIds(NamedTuple):
    """The ids of a dialog that closes a parcel."""

    dialog: str
    problems: str
    short: str
    send: str


def closing_below(name: str) -> ClosingIds:
    """Return the ids of such a dialog, all below one name."""
    return ClosingIds(*(f"{name}-{part}" for part in ClosingIds._fields))


def closing_dialog(close: ClosingIds, what: str, said: str) -> html.Dialog:
    """Draw the dialog that closes a shipment or a parcel."""
    box = [{"value": "yes", "label": "What was not scanned is missing"}]
    return dialog(
        close.dialog,
        f"Close the {what}",
        error_summary({}, id=close.problems),
        html.P(f"{said} has an outcome then.", className="t2"),
        dbc.Checklist(id=close.short, options=box, value=[]),
        answers("Go on scanning", f"Close {what}", close.send),
    )


def day(typed: str | None) -> date | None:
    """Return a day as it was chosen.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise InvalidInput("Write the day as 2031-01-31.") from error
