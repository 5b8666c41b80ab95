"""What people have in their hands: the panel on the Storage page, and what the next scan does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.storage import hand_queries
from backend.storage.hand_views import REMIND_AFTER, HandTray, PersonsTray, TrayItem
from backend.storage.ids import NodeKind
from backend.storage.place_kinds import place_name
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.storage import ids
from dashboard.pages.storage.bench import Held, hold
from dashboard.pages.storage.drawing import in_hand
from dashboard.pages.storage.place import href_of

ALL = "all"
"""In place of a sample: the button that puts everything back."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What the browser remembers: a tube that was scanned, and a box that waits for its rack."""

    tube: Held | None
    box: Held | None


def own_box(held: Mapping[str, str] | None, principal: Principal) -> Mapping[str, str] | None:
    """Return the box that this person holds; a tab may still know what another one held."""
    return held if held and held.get("by") == str(principal.user_id) else None


def next_tube(session: ReadSession, principal: Principal, hands: Hands) -> Held | None:
    """Return the tube that is placed next: the one that was scanned, or the longest in the tray."""
    if in_hand(hands.tube, principal) is not None:
        return hands.tube
    tray = hand_queries.get_tray(session, principal)
    if not tray.items:
        return None
    first = tray.items[0]
    return hold(principal, first.sample_id, first.barcode)


def next_scan(
    hands: Hands, tray: HandTray, principal: Principal, *, can_carry: bool = False
) -> str:
    """Say what the next scan will do; ``can_carry`` where a box is open that may be moved."""
    box = own_box(hands.box, principal)
    if box is not None:
        return f"Next scan: the {goes_to(box)} that {box['label']} goes to."
    tube = in_hand(hands.tube, principal)
    if tube is not None:
        return f"Next scan: the box or position that {tube} goes to."
    if tray.items:
        others = len(tray.items) - 1
        more = f", {fmt.count(others)} more after it" if others else ""
        return f"Next scan: the box or position that {tray.items[0].barcode} goes to{more}."
    if can_carry:
        return (
            "Next scan: a tube to place or move, what is open to move it whole, or a place to open."
        )
    return "Next scan: a tube to place or move, or a place to open."


def kind_of(box: Mapping[str, str]) -> NodeKind:
    """Return the kind of what is carried whole; a tab may remember a box from before."""
    return NodeKind(box.get("kind", NodeKind.BOX))


def carried(box: Mapping[str, str]) -> str:
    """Name what is carried whole as people do: Box B-1, Plate P-7, or a bag by its name."""
    return place_name(kind_of(box), box["label"])


def goes_to(box: Mapping[str, str]) -> str:
    """Say what is scanned next: a rack, or any place around it for a bag."""
    return "place" if kind_of(box) is NodeKind.BAG else "rack"


def tray_panel(tray: HandTray, *, zone: ZoneInfo, now: datetime) -> html.Section:
    """Draw the tubes in the person's own hand, the longest first."""
    everything = button(
        "Put all back", id=ids.put_back(ALL), size="sm", icon="arrow-counterclockwise"
    )
    return panel(
        "In your hand",
        html.Ul(
            [_item(item, zone, now) for item in tray.items],
            className="wt",
            **data(list=""),
            **aria(label="Tubes in your hand"),
        ),
        meta=fmt.plural(len(tray.items), "tube", "tubes"),
        aside=everything if len(tray.items) > 1 else None,
        class_name="bt",
    )


def hands_panel(trays: Sequence[PersonsTray], *, zone: ZoneInfo, now: datetime) -> html.Section:
    """Draw whose hands hold what, for those who answer for storage."""
    rows = [
        html.Li(
            html.Details(
                [
                    html.Summary(
                        [
                            html.Span(tray.user_name, className="md"),
                            html.Span(
                                fmt.plural(len(tray.items), "tube", "tubes"), className="t3 sm"
                            ),
                            _since(tray.items[0].taken_at, zone, now),
                        ]
                    ),
                    html.Ul([html.Li(_words(item)) for item in tray.items]),
                ]
            ),
            **data(row=""),
        )
        for tray in trays
    ]
    held = sum(len(tray.items) for tray in trays)
    return panel(
        "In people's hands",
        html.Ul(rows, className="wt hd-p", **data(list=""), **aria(label="People with tubes")),
        meta=fmt.plural(held, "tube", "tubes"),
        class_name="bt",
    )


def _item(item: TrayItem, zone: ZoneInfo, now: datetime) -> html.Li:
    key = str(item.sample_id)
    back = "Put back" if item.from_path else "Put down"
    return html.Li(
        [
            html.Span([_words(item), _since(item.taken_at, zone, now)], className="wt-w"),
            button(
                "Place",
                id=ids.hold(key),
                kind="ghost",
                size="sm",
                **aria(label=f"Place {item.barcode}"),
            ),
            button(
                back,
                id=ids.put_back(key),
                kind="ghost",
                size="sm",
                **aria(label=f"{back} {item.barcode}"),
            ),
        ],
        **data(row=""),
    )


def _words(item: TrayItem) -> html.Span:
    code = html.A(item.barcode, href=f"/samples/{quote(item.barcode, safe='')}", className="mono")
    if item.from_path is None or item.from_position is None:
        return html.Span(
            [code, html.Span("stood nowhere", className="t3 sm")], className="row-x g6"
        )
    place = html.A(
        f"{item.from_path}, {item.from_position}",
        href=href_of(item.from_path, item.from_position),
        className="mono sm",
    )
    return html.Span([code, html.Span(["from ", place], className="t3 sm")], className="row-x g6")


def _since(taken_at: datetime, zone: ZoneInfo, now: datetime) -> html.Span:
    words = f"since {fmt.moment(taken_at, zone, now=now)}"
    if now - taken_at <= REMIND_AFTER:
        return html.Span(words, className="sm t3")
    return html.Span(
        [icon("exclamation-triangle-fill", Tone.WARN), f"{words}, more than an hour"],
        className="sm hd-late",
    )
