"""The chosen position: what stands there, what can be done with it, and where it was before."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.rules import MATERIAL_NAME
from backend.storage.ids import Doubt
from backend.storage.rules import Position
from backend.storage.views import BoxContents, PlacementView, TubeView
from dashboard import format as fmt
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import form_field
from dashboard.components.status import SAMPLE_LOOKS, status_pill
from dashboard.pages.storage import ids
from dashboard.pages.storage.place import href_of

_DOUBTS = {
    Doubt.NO_READ: "not read by the last scan",
    Doubt.SPILLED: "fell out, not put back yet",
    Doubt.NOT_FOUND: "not found when it was to be picked",
}
REASONS = ("Used for extraction", "Used for a library", "Sent out", "Sample check")


def details(
    contents: BoxContents,
    position: Position | None,
    *,
    history: Sequence[PlacementView],
    held: str | None,
    planned: str = "",
    may_place: bool,
    zone: ZoneInfo,
    now: datetime,
) -> list[Component]:
    """Draw the panel; ``held`` is the barcode in hand, ``planned`` the one a plan wants here."""
    if position is None:
        return [html.P("Choose a position to see what stands there.", className="t3")]
    tube = next((each for each in contents.tubes if each.position == position), None)
    if tube is not None and tube.sample_id is not None:
        return _tube(tube, history, may_place=may_place, zone=zone, now=now)
    head = html.Div(html.H3(position.label, className="bx-pos"), className="row-x")
    if tube is not None:
        said = "Taken by a sample of a project that you do not see."
        return [head, html.P(said, className="t2")]
    spot = next((each for each in contents.blocked if each.position == position), None)
    if spot is not None:
        until = f" until {fmt.day(spot.reserved_until, zone)}" if spot.reserved_until else ""
        return [head, html.P(f"Blocked{until}: {spot.reason}", className="t2")]
    return [head, *_free(position, held=held, planned=planned, may_place=may_place)]


def _free(
    position: Position, *, held: str | None, planned: str, may_place: bool
) -> list[Component]:
    words = f"Free, planned for {planned}." if planned else "Free."
    if held and may_place:
        return [
            html.P(words, className="t2"),
            button(
                f"Put {held} here",
                id=ids.put(position.label),
                kind="primary",
                size="sm",
                icon="box-arrow-in-down",
            ),
        ]
    how = f"{words} Scan a tube to put it here." if may_place else words
    return [html.P(how, className="t2")]


def _tube(
    tube: TubeView,
    history: Sequence[PlacementView],
    *,
    may_place: bool,
    zone: ZoneInfo,
    now: datetime,
) -> list[Component]:
    barcode = tube.barcode or ""
    facts: list[tuple[str, str]] = [
        ("Type", MATERIAL_NAME[tube.material_type] if tube.material_type else ""),
        ("Volume", fmt.volume(tube.volume_ul) or "not measured"),
        ("Project", tube.project_code or ""),
        ("Subject", tube.subject_code or "none"),
        ("Stored", fmt.day(tube.placed_at, zone)),
        ("Thaws", fmt.count(tube.thaws)),
    ]
    if tube.doubt is not None:
        facts.append(("Unverified", _DOUBTS[tube.doubt]))
    drawn: list[Component] = [
        html.Div(
            [
                html.H3(tube.position.label, className="bx-pos"),
                status_pill(SAMPLE_LOOKS["in_storage"]),
            ],
            className="row-x",
        ),
        html.P(tube.name, className="md"),
        html.P(html.A(barcode, href=f"/samples/{quote(barcode, safe='')}", className="mono")),
        html.Dl(
            [part for name, value in facts for part in (html.Dt(name), html.Dd(value))],
            className="kv",
        ),
    ]
    if may_place:
        drawn.extend(_acts(tube))
    drawn.append(_history(history, zone, now))
    return drawn


def _acts(tube: TubeView) -> list[Component]:
    return [
        html.Div(
            [
                button(
                    "Move",
                    id=ids.hold(str(tube.sample_id)),
                    size="sm",
                    icon="arrow-left-right",
                    **data(hold=""),
                ),
                button("Take out", size="sm", icon="box-arrow-up", opens=ids.TAKE_OUT_DIALOG),
            ],
            className="row-x g6",
        ),
    ]


def take_out_dialog() -> Component:
    """Draw the question that asks why; which tube it is about, the chosen position says."""
    return dialog(
        ids.TAKE_OUT_DIALOG,
        "Take the tube out?",
        html.P(id=ids.TAKE_OUT_OF, className="t2"),
        form_field(
            "Reason",
            dbc.Input(id=ids.REASON, list=f"{ids.REASON}s", maxLength=300, autocomplete="off"),
            help_text="What it is taken out for; it stays in the custody history.",
        ),
        html.Datalist([html.Option(value=reason) for reason in REASONS], id=f"{ids.REASON}s"),
        html.Div(
            [
                button("Leave it", **data(close="")),
                button("Take out", id=ids.TAKE_OUT, kind="primary"),
            ],
            className="row-x",
        ),
    )


def _history(history: Sequence[PlacementView], zone: ZoneInfo, now: datetime) -> Component:
    stays = [html.Li(_stay(stay, zone, now)) for stay in history]
    return html.Details(
        [
            html.Summary(
                f"Custody, {fmt.plural(len(stays), 'place', 'places')}", className="sm t2"
            ),
            html.Ol(stays, className="cus"),
        ],
        open=len(stays) > 1,
    )


def _stay(stay: PlacementView, zone: ZoneInfo, now: datetime) -> list[Component]:
    came = fmt.moment(stay.placed_at, zone, now=now)
    drawn: list[Component] = [
        html.A(
            f"{stay.path}, {stay.position}",
            href=href_of(stay.path, stay.position),
            className="mono",
        ),
        html.P(f"from {came}, {stay.placed_by}", className="sm t3"),
    ]
    if stay.removed_at is not None:
        left = fmt.moment(stay.removed_at, zone, now=now)
        drawn.append(
            html.P(f"until {left}, {stay.removed_by}: {stay.removal_reason}", className="sm t3")
        )
    return drawn
