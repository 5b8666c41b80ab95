"""What people do with the tubes of their hand tray, and with a whole box in hand."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from dash import ALL, Input, Output, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.transaction import reading, writing
from backend.samples.ids import SampleId
from backend.storage import box_queries, box_undoing, hand_queries, service
from backend.storage.errors import WrongDestination
from backend.storage.hand_views import HandTray
from backend.storage.ids import NodeId
from backend.storage.place_kinds import KINDS, goals_of, place_name
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import Undo, toast
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.storage import bench, hand, ids
from dashboard.pages.storage.bench import Held
from dashboard.pages.storage.hand import Hands
from dashboard.pages.storage.place import href_of
from dashboard.session import current_principal


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.TRAY, "children"),
    Output(ids.NEXT_SCAN, "children"),
    Input(ids.HELD, "data"),
    Input(ids.HELD_BOX, "data"),
    Input(ids.CHANGED, "data"),
    Input(shell_ids.live("storage"), "data"),
    Input(ids.BOX, "data"),
)
def show_tray(
    held: Held | None,
    held_box: Held | None,
    _changed: str | None,
    _version: int | None,
    box: Mapping[str, Any] | None,
) -> tuple[list[Component], str]:
    """Draw what is in people's hands as the rows say now, and what the next scan will do."""
    principal = current_principal()
    with reading() as session:
        tray = hand_queries.get_tray(session, principal)
        may_see_all = principal.may(Permission.STORAGE_CONFIGURE)
        others = hand_queries.trays(session, principal) if may_see_all else ()
    zone, now = lab_zone(), clock.utc_now()
    drawn: list[Component] = []
    if tray.items:
        drawn.append(hand.tray_panel(tray, zone=zone, now=now))
    if others:
        drawn.append(hand.hands_panel(others, zone=zone, now=now))
    if not principal.may(Permission.STORAGE_PLACE):
        return drawn, ""
    can_carry = box is not None
    return drawn, hand.next_scan(Hands(held, held_box), tray, principal, can_carry=can_carry)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Output(ids.HELD, "data", allow_duplicate=True),
    Input(ids.put_back(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def put_back(_presses: list[int | None]) -> tuple[Any, Any]:
    """Put one tube of the person's tray back, or all of them, to where they came from."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update, no_update
    principal = current_principal()
    with writing() as session:
        tray = hand_queries.get_tray(session, principal)
        samples = _meant(pressed["sample"], tray)
        service.put_hand_back(session, principal, sample_ids=samples)
    said = fmt.plural(len(samples), "tube is", "tubes are")
    toast(f"{said} back where they came from" if len(samples) > 1 else f"{said} back")
    return str(new_id()), None


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.HELD_BOX, "data"),
    Output(ids.HELD, "data", allow_duplicate=True),
    Input(ids.hold_box(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def take_box(_presses: list[int | None]) -> tuple[Any, Any]:
    """Take the box in hand whose button was pressed: the next rack that is scanned takes it."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update, no_update
    return _held_box(NodeId(UUID(pressed["box"]))), None


def take_in_hand(box_id: NodeId) -> None:
    """Take the box in hand whose own code was scanned while it is open."""
    set_props(ids.HELD_BOX, {"data": _held_box(box_id)})


def carries_box(
    meaning: bench.Tube | bench.Place | bench.Spot, hands: Hands, principal: Principal
) -> bool:
    """Move the box in hand when a rack was scanned; False where nothing was to be done with it.

    A tube that is scanned instead is taken in hand, and the box stays where it stands.

    Raises:
        WrongDestination: something else was scanned.
        Otherwise as `move_box`.
    """
    box = hand.own_box(hands.box, principal)
    if box is None:
        return False
    kind = hand.kind_of(box)
    match meaning:
        case bench.Tube():
            set_props(ids.HELD_BOX, {"data": None})
            return False
        case bench.Place() if meaning.kind in KINDS[kind].stands_in:
            _move(NodeId(UUID(box["box"])), meaning.node_id, principal)
            return True
    raise WrongDestination(
        f"{hand.carried(box)} goes to a {goals_of(kind)}. Scan its label, or put the "
        f"{KINDS[kind].word} down."
    )


def take_box_back(move_id: UUID, pathname: str | None) -> None:
    """Put a box back whose move is undone; whoever looks at it goes with it."""
    principal = current_principal()
    with writing() as session:
        left = box_undoing.path_after(session, principal, move_id)
        back = service.undo_box_move(session, principal, move_id=move_id)
    if left is not None and unquote(pathname or "") == f"/storage/{left}":
        set_props(shell_ids.URL, {"href": href_of(back.path)})
    toast(f"{place_name(back.kind, back.label)} stands in {back.path} again")


def _move(box_id: NodeId, rack_id: NodeId, principal: Principal) -> None:
    with writing() as session:
        moved = service.move_box(session, principal, box_id=box_id, rack_id=rack_id)
        move_id = box_undoing.last_move_of(session, principal, box_id)
    words = f"{place_name(moved.kind, moved.label)} stands in {moved.path}"
    toast(words, undo=Undo("storage", {"box_move": str(move_id)}))
    answer_scan(Tone.OK, f"{words}.")
    set_props(ids.HELD_BOX, {"data": None})
    set_props(shell_ids.URL, {"href": href_of(moved.path)})


def _held_box(box_id: NodeId) -> Held:
    principal = current_principal()
    with reading() as session:
        box = box_queries.get_box(session, principal, box_id)
    by = str(principal.user_id)
    held = {
        "box": str(box.id),
        "kind": box.kind.value,
        "label": box.label,
        "path": box.path,
        "by": by,
    }
    where = hand.goes_to(held)
    answer_scan(Tone.OK, f"{hand.carried(held)} in hand. Scan the {where} that it goes to.")
    return held


def _meant(sample: str, tray: HandTray) -> list[SampleId]:
    if sample == hand.ALL:
        return [item.sample_id for item in tray.items]
    return [SampleId(UUID(sample))]
