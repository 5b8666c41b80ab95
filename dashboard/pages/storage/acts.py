"""What people do on the Storage page: take in hand, put, take out, take back."""

from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.storage import queries, service
from backend.storage.ids import NodeId, PlacementId, PlacementSource, PlanId, RackScanId
from backend.storage.place_kinds import HOLDERS
from backend.storage.rules import Position, parse_position
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, field_error
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import Undo, toast, undo_id
from dashboard.components.tones import Tone
from dashboard.errors import refusal_text
from dashboard.pages.storage import bench, box_store, hand, hand_acts, ids, taking_back
from dashboard.pages.storage.bench import Held
from dashboard.pages.storage.drawing import in_hand
from dashboard.pages.storage.hand import Hands
from dashboard.pages.storage.place import href_of
from dashboard.session import current_principal

_HANDLED = (Output(ids.HELD, "data"), Output(ids.CHANGED, "data"))
_AGAIN = tuple(
    Output(output.component_id, output.component_property, allow_duplicate=True)
    for output in _HANDLED
)
Handled = tuple[Any, Any]
"""What is in hand afterwards, and the new mark of a change; no_update where nothing happened."""


@page_callback(
    Permission.STORAGE_PLACE,
    *_HANDLED,
    Output(ids.CODE, "value"),
    Input(ids.CODE, "n_submit"),
    Input(shell_ids.SCAN_PAGE, "data"),
    State(ids.CODE, "value"),
    State(ids.HELD, "data"),
    State(ids.HELD_BOX, "data"),
    State(ids.BOX, "data"),
    prevent_initial_call=True,
)
def take_code(
    _submits: int | None,
    scan: dict[str, Any] | None,
    typed: str | None,
    held: Held | None,
    held_box: Held | None,
    box: dict[str, Any] | None,
) -> tuple[Any, ...]:
    """Do what a scanned or typed code asks for; a refusal is told and the typed code kept."""
    scanned = ctx.triggered_id == shell_ids.SCAN_PAGE and scan is not None
    code = str(scan["code"] if scanned and scan else typed or "").strip()
    if not code:
        return no_update, no_update, no_update
    source = PlacementSource.SCAN if scanned else PlacementSource.MANUAL
    try:
        handled = _follow(code, Hands(held, held_box), box, source)
    except AppError as refusal:
        _refuse(refusal)
        return no_update, no_update, no_update
    return *handled, ""


@page_callback(
    Permission.STORAGE_PLACE,
    *_AGAIN,
    Input(ids.put(ALL), "n_clicks"),
    Input(ids.OPENED, "data"),
    State(ids.HELD, "data"),
    State(ids.BOX, "data"),
    prevent_initial_call=True,
)
def put_in_position(
    _presses: list[int | None],
    opened: dict[str, str] | None,
    held: Held | None,
    box: dict[str, Any] | None,
) -> Handled:
    """Put the tube in hand into the position on which Enter, or its button, was pressed."""
    pressed = ctx.triggered_id
    if not ctx.triggered[0]["value"] or not box or in_hand(held, current_principal()) is None:
        return no_update, no_update
    label = (opened or {})["pos"] if pressed == ids.OPENED else pressed["position"]
    position = parse_position(label, box_store.shape_of(box))
    return _put(held or {}, NodeId(UUID(box["id"])), position, PlacementSource.MANUAL)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.HELD, "data", allow_duplicate=True),
    Input(ids.hold(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def take_in_hand(_presses: list[int | None]) -> Any:
    """Take the tube in hand whose button was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    principal = current_principal()
    with reading() as session:
        sample = samples_queries.get_sample(session, principal, UUID(pressed["sample"]))
    return bench.hold(principal, sample.row.id, sample.row.barcode)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.HELD, "data", allow_duplicate=True),
    Input(ids.DROP, "n_clicks"),
    prevent_initial_call=True,
)
def put_down(presses: int | None) -> Any:
    """Forget the tube or box in hand; it stays where it stands."""
    if not presses:
        return no_update
    set_props(ids.HELD_BOX, {"data": None})
    return None


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.IN_HAND, "children"),
    Input(ids.HELD, "data"),
    Input(ids.HELD_BOX, "data"),
    Input(ids.CHANGED, "data"),
)
def show_in_hand(held: Held | None, held_box: Held | None, _changed: str | None) -> list[Component]:
    """Draw what is in hand and where it stands."""
    principal = current_principal()
    carried = hand.own_box(held_box, principal)
    if carried is not None:
        return bench.box_in_hand_line(hand.carried(carried), carried["path"], hand.goes_to(carried))
    barcode = in_hand(held, principal)
    if held is None or barcode is None:
        return []
    key = SampleId(UUID(held["sample"]))
    with reading() as session:
        standing = queries.locations_of(session, principal, [key]).get(key)
    return bench.in_hand_line(barcode, standing)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Output(ids.REASON, "value"),
    Output(error_id(ids.REASON), "children"),
    Input(ids.TAKE_OUT, "n_clicks"),
    Input(ids.REASON, "n_submit"),
    State(ids.REASON, "value"),
    State(ids.CHOSEN_TUBE, "data"),
    prevent_initial_call=True,
)
def take_out(
    _presses: int | None, _submits: int | None, reason: str | None, tube: dict[str, str] | None
) -> tuple[Any, Any, Any]:
    """Take the tube out that the dialog names; without a reason say so and keep it open."""
    if not tube:
        return no_update, no_update, no_update
    if not (reason or "").strip():
        return no_update, no_update, field_error("Say what it is taken out for.")
    sample_id = SampleId(UUID(tube["sample"]))
    with writing() as session:
        stay = service.take_out(
            session, current_principal(), sample_id=sample_id, reason=reason or ""
        )
    undo = Undo("storage", {"placement": str(stay.id)})
    toast(f"{tube['barcode']} taken out of {stay.path}, {stay.position}", undo=undo)
    return str(new_id()), "", None


@page_callback(
    Permission.STORAGE_PLACE,
    Input(undo_id("storage"), "data"),
    State(shell_ids.URL, "pathname"),
    prevent_initial_call=True,
)
def take_back(data: dict[str, str] | None, pathname: str | None) -> None:
    """Take the last step back; works from every page, so the redraw comes with the live feed."""
    if not data or taking_back.carry_out(data):
        return
    if "plan" in data:
        taking_back.take_plan_back(PlanId(UUID(data["plan"])))
        return
    if "scan" in data:
        _take_scan_back(RackScanId(UUID(data["scan"])))
        return
    if "box_move" in data:
        hand_acts.take_box_back(UUID(data["box_move"]), pathname)
        return
    placement_id = PlacementId(UUID(data["placement"]))
    with writing() as session:
        stay = service.undo_placement(session, current_principal(), placement_id=placement_id)
    toast(
        f"It stands in {stay.path}, {stay.position} again" if stay else "It waits for a place again"
    )


def _take_scan_back(scan_id: RackScanId) -> None:
    with writing() as session:
        service.undo_rack(session, current_principal(), scan_id=scan_id)
    toast("Every tube stands where it was recorded before the scan")


def _follow(
    code: str, hands: Hands, box: dict[str, Any] | None, source: PlacementSource
) -> Handled:
    principal = current_principal()
    box_id = NodeId(UUID(box["id"])) if box else None
    with reading() as session:
        meaning = bench.understand(session, principal, code, box_id)
        held = hand.next_tube(session, principal, hands)
    if hand_acts.carries_box(meaning, hands, principal):
        return None, no_update
    is_lid = source is PlacementSource.SCAN and box is not None
    match meaning:
        case bench.Tube():
            answer_scan(Tone.OK, f"{meaning.barcode} in hand.")
            return bench.hold(principal, meaning.sample_id, meaning.barcode), no_update
        case bench.Place() if meaning.kind in HOLDERS and held is not None:
            return _put(held, meaning.node_id, None, source)
        case bench.Spot() if held is not None:
            return _put(held, meaning.box_id, meaning.position, source)
        case bench.Place() if is_lid and meaning.node_id == box_id:
            # The lid that lies open before the scanner: no key is needed to carry it.
            hand_acts.take_in_hand(meaning.node_id)
            return None, no_update
        case bench.Place():
            set_props(shell_ids.URL, {"href": href_of(meaning.path)})
        case bench.Spot():
            _show(meaning.position)
    answer_scan(Tone.OK, f"{code} found.")
    return no_update, no_update


def _put(held: Held, box_id: NodeId, position: Position | None, source: PlacementSource) -> Handled:
    with writing() as session:
        stay = bench.put(
            session,
            current_principal(),
            sample_id=SampleId(UUID(held["sample"])),
            box_id=box_id,
            position=position,
            source=source,
        )
    bench.tell_put(held["barcode"], stay)
    return None, str(new_id())


def _show(position: Position) -> None:
    set_props(shell_ids.URL, {"search": f"?pos={position.label}"})


def _refuse(refusal: AppError) -> None:
    words = refusal_text(refusal)
    toast(words, tone=Tone.WARN)
    answer_scan(Tone.CRIT, words)
