"""The views of the Custody page. Views in, components out."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.core.principal import UserId
from backend.custody.ids import Cause, GapKind
from backend.custody.views import ChainLink, CheckoutView, FindingView, HeldTube, OfferView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.custody import ids, parcel_parts

CAUSES: dict[Cause, str] = {
    Cause.PLACED: "Placed",
    Cause.TAKEN_OUT: "Taken out",
    Cause.TAKEN_IN: "Taken in hand",
    Cause.HANDED_OVER: "Handed over",
    Cause.CHECKED_OUT: "Checked out",
    Cause.LEFT_ON_BENCH: "Left on the bench",
    Cause.PACKED: "Packed",
    Cause.UNPACKED: "Unpacked",
    Cause.SHIPPED: "Shipped",
    Cause.RECEIVED: "Received",
    Cause.ENDED: "Left for good",
}
GAPS: dict[GapKind, str] = {
    GapKind.NO_HOLDER: "Nobody has it",
    GapKind.NOT_WHERE_IT_STANDS: "Record and place differ",
    GapKind.OVERDUE: "Overdue",
    GapKind.UNANSWERED: "No answer",
    GapKind.LONG_ON_BENCH: "Long on the bench",
    GapKind.NO_DUE_DATE: "No date to return it",
    GapKind.NEVER_ARRIVED: "Never arrived",
    GapKind.ARRIVED_DAMAGED: "Arrived damaged",
}


def held(
    tubes: Sequence[HeldTube], sent: Sequence[OfferView], *, zone: ZoneInfo
) -> list[Component]:
    """Draw the tubes in one's hands, and what one has offered and nobody has answered."""
    if not tubes:
        return [
            empty_state(
                "You hold no samples",
                "What you check out, take out of storage or accept from somebody is listed here.",
                icon="box-seam",
            )
        ]
    rows = [
        [
            html.Td(parcel_parts.sample_link(tube.barcode)),
            html.Td(tube.name),
            html.Td(CAUSES[tube.cause]),
            html.Td(fmt.moment(tube.since, zone), className="num", title=_full(tube.since)),
            html.Td("Offered, not answered" if tube.is_offered else "With you"),
        ]
        for tube in tubes
    ]
    heads = ("Sample", "Name", "How it came", "Since", "State")
    offered = [panel("Offered by you", *[_sent(each, zone) for each in sent])] if sent else []
    return [*offered, _table("With you", heads, rows)]


def waiting(offers: Sequence[OfferView], *, zone: ZoneInfo, may_act: bool) -> list[Component]:
    """Draw what others offer: from whom, in what condition, which tubes."""
    if not offers:
        return [
            empty_state(
                "Nothing waits for your answer",
                "When somebody offers you samples, you accept or decline them here.",
                icon="bell",
            )
        ]
    return [_received(offer, zone, may_act=may_act) for offer in offers]


def out(
    checkouts: Sequence[CheckoutView], *, own: UserId | None, zone: ZoneInfo
) -> list[Component]:
    """Draw what is out, those due first at the top."""
    if not checkouts:
        return [
            empty_state(
                "Nothing is checked out",
                "A sample is checked out on its own page: what for, and until when.",
                icon="box-arrow-up",
            )
        ]
    rows = [
        [
            html.Td(parcel_parts.sample_link(each.barcode)),
            html.Td("You" if each.holder_id == own else each.holder_name),
            html.Td(each.purpose),
            html.Td(fmt.moment(each.out_at, zone), className="num", title=_full(each.out_at)),
            html.Td(_due(each)),
        ]
        for each in checkouts
    ]
    return [_table("Checked out", ("Sample", "Holder", "Purpose", "Out since", "Due"), rows)]


def gaps(found: Sequence[FindingView], *, zone: ZoneInfo) -> list[Component]:
    """Draw what the detector holds against the record now."""
    if not found:
        return [
            empty_state(
                "No gap was found",
                "The record is compared every hour: who has what, since when, until when.",
                icon="check-circle",
            )
        ]
    rows = [
        [
            html.Td(parcel_parts.sample_link(each.barcode)),
            html.Td(
                html.Span(
                    [icon("exclamation-triangle-fill", Tone.WARN), GAPS[each.kind]],
                    className="st",
                )
            ),
            html.Td(each.sentence),
            html.Td(fmt.moment(each.opened_at, zone), className="num", title=_full(each.opened_at)),
        ]
        for each in found
    ]
    return [_table("Gaps", ("Sample", "Gap", "What to do", "Found"), rows)]


def chain(links: Sequence[ChainLink], *, zone: ZoneInfo) -> html.Section:
    """Draw every change of hands of a sample, newest first."""
    if not links:
        said = "Nobody is on record as having held it yet."
        return panel("Chain of custody", html.P(said, className="t3"))
    rows = [
        [
            html.Td(fmt.moment(link.at, zone), className="t2 num", title=_full(link.at)),
            html.Td(CAUSES[link.cause]),
            html.Td(link.from_label, className="said"),
            html.Td(link.to_label, className="said"),
            html.Td(_condition(link), className="t2 said"),
            html.Td(_said(link), className="t2 said"),
            html.Td(link.actor_name, className="t2"),
        ]
        for link in reversed(links)
    ]
    heads = ("Time", "Act", "From", "To", "Condition", "Note", "By")
    return _table("Chain of custody", heads, rows)


def tray(barcodes: Sequence[str]) -> list[Component]:
    """Draw what is scanned for a hand-over, and the button that goes on."""
    if not barcodes:
        return [html.Span("Scan the samples that you want to hand over.", className="t2")]
    counted = fmt.plural(len(barcodes), "sample", "samples")
    return [
        html.Span(", ".join(barcodes), className="mono"),
        button(f"Hand over {counted}", kind="primary", icon="people", opens=ids.OFFER.dialog),
    ]


def _received(offer: OfferView, zone: ZoneInfo, *, may_act: bool) -> html.Section:
    counted = fmt.plural(len(offer.barcodes), "sample", "samples")
    acts: list[Component] = [
        button(
            f"Accept {counted}",
            id=ids.accept(str(offer.id)),
            kind="primary",
            icon="check2",
        ),
        button("Decline", opens=ids.DECLINE_DIALOG, icon="x-lg"),
    ]
    said = [
        html.P([icon("thermometer-half"), offer.condition], className="st")
        if offer.condition
        else None,
        html.P(offer.note, className="t2") if offer.note else None,
        html.P([parcel_parts.sample_link(code) for code in offer.barcodes], className="cu-codes"),
        html.Div(acts, className="row-x") if may_act else None,
    ]
    return panel(
        f"{offer.from_name} offers {counted}",
        *[part for part in said if part is not None],
        meta=fmt.moment(offer.offered_at, zone),
        class_name="cu-offer",
    )


def _sent(offer: OfferView, zone: ZoneInfo) -> html.Div:
    counted = fmt.plural(len(offer.barcodes), "sample", "samples")
    words = f"{counted} to {offer.to_name}, {fmt.moment(offer.offered_at, zone)}"
    back = button(f"Withdraw from {offer.to_name}", id=ids.withdraw(str(offer.id)), size="sm")
    return html.Div([html.Span(words), back], className="row-x")


def _due(checkout: CheckoutView) -> Component:
    day = fmt.calendar_day(checkout.due_on, with_year=True)
    if not checkout.is_overdue:
        return html.Span(day, className="num")
    late: list[Component | str] = [
        icon("exclamation-triangle-fill", Tone.WARN),
        f"Overdue since {day}",
    ]
    return html.Span(late, className="st")


def _condition(link: ChainLink) -> str:
    warmth = "" if link.temperature_c is None else fmt.temperature(link.temperature_c)
    return ", ".join(part for part in (warmth, link.condition) if part)


def _said(link: ChainLink) -> str:
    seal = f"Seal {link.seal}" if link.seal else ""
    document = f"Document {link.document}" if link.document else ""
    return ", ".join(part for part in (link.note, seal, document) if part)


def _full(instant: datetime) -> str:
    return fmt.tooltip_time(instant)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[html.Td]]) -> html.Section:
    return panel(
        title,
        parcel_parts.listing(heads, [html.Tr(list(row)) for row in rows], f"{title}, entries"),
        meta=fmt.plural(len(rows), "entry", "entries"),
        class_name="sd-history",
    )
