"""Asking for a plan that moves tubes, and answering it."""

from typing import Any
from urllib.parse import parse_qs, unquote

from dash import ALL, Input, Output, State, ctx, no_update, set_props

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.storage import box_undoing, queries, relocation_queries, service
from backend.storage.errors import NodeNotFound, NothingInHand, NotOnTheList, PlanNotOpen
from backend.storage.ids import NodeId, NodeKind, PlanState, RelocationPlanId
from backend.storage.place_kinds import HOLDERS
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import Undo, toast
from dashboard.components.tones import Tone
from dashboard.errors import refusal_text
from dashboard.pages.relocations import ids
from dashboard.pages.relocations.carrying import Told, left_mark, scanned_box, to_carry
from dashboard.pages.relocations.drawing import PATH
from dashboard.pages.relocations.layout import plan_id_of, review
from dashboard.pages.storage.place import locate
from dashboard.session import current_principal


@page_callback(
    Permission.STORAGE_PLAN,
    Input(ids.FREE, "n_clicks"),
    State(ids.BOXES, "value"),
    State(ids.TO_OTHERS, "value"),
    State(shell_ids.URL, "pathname"),
    prevent_initial_call=True,
)
def free_boxes(
    presses: int | None,
    boxes: float | None,
    to_others: bool | None,  # noqa: FBT001 -- a box that is ticked
    pathname: str | None,
) -> None:
    """Ask how to free boxes of the unit that is open."""
    if presses:
        unit_id = _unit_at(pathname)
        with writing() as session:
            plan_id = service.request_consolidation(
                session,
                current_principal(),
                unit_id=unit_id,
                boxes_to_free=None if boxes is None else int(boxes),
                to_other_units=bool(to_others),
            )
        _open(plan_id)


@page_callback(
    Permission.STORAGE_PLAN,
    Input(ids.SAVE, "n_clicks"),
    State(shell_ids.URL, "pathname"),
    prevent_initial_call=True,
)
def save_contents(presses: int | None, pathname: str | None) -> None:
    """Ask where the contents of the unit that is open could go."""
    if presses:
        unit_id = _unit_at(pathname)
        with writing() as session:
            plan_id = service.request_evacuation(session, current_principal(), unit_id=unit_id)
        _open(plan_id)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.REVIEW, "children"),
    Input(ids.act(ALL), "n_clicks"),
    State(ids.LINES, "selectedRows"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def answer(
    _presses: list[int | None], rows: list[dict[str, Any]] | None, search: str | None
) -> Any:
    """Do what the pressed button says and draw the plan again; a refusal stands above it."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    plan = _plan_in(search)
    try:
        _act(pressed["act"], plan_id_of(plan), rows or [])
    except AppError as refusal:
        return review(plan, refusal_text(refusal))
    return review(plan)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.REVIEW, "children", allow_duplicate=True),
    Output(ids.HELD, "data"),
    Input(shell_ids.SCAN_PAGE, "data"),
    Input(ids.BOX_CODE, "n_submit"),
    State(ids.BOX_CODE, "value"),
    State(ids.HELD, "data"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def carry(
    scan: dict[str, str] | None,
    _submits: int | None,
    typed: str | None,
    held: str | None,
    search: str | None,
) -> tuple[Any, Any]:
    """Take the scanned box in hand, or put it into the rack that is scanned after it."""
    is_scan = ctx.triggered_id == shell_ids.SCAN_PAGE
    code = ((scan or {}).get("code", "") if is_scan else typed or "").strip()
    if not code:
        return no_update, no_update
    plan = _plan_in(search)
    try:
        told = _take_or_put(plan_id_of(plan), code, held or "")
    except AppError as refusal:
        words = refusal_text(refusal)
        answer_scan(Tone.CRIT, words)
        return review(plan, words, Told(held=held or "")), no_update
    answer_scan(Tone.OK, told.sentence)
    return review(plan, told=told), told.held


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.REVIEW, "children", allow_duplicate=True),
    Input(shell_ids.live("work"), "data"),
    Input(shell_ids.live("storage"), "data"),
    State(shell_ids.URL, "search"),
    State(ids.REVIEW, "children"),
    State(ids.HELD, "data"),
    prevent_initial_call=True,
)
def show_newest(
    _work: int | None, _storage: int | None, search: str | None, shown: object, held: str | None
) -> Any:
    """Draw the plan once its job has ended, and when a box was carried or put back elsewhere.

    A redraw at other times would lose the chosen lines.
    """
    plan, drawn = _plan_in(search), str(shown)
    if not plan:
        return no_update
    if "job-bar" in drawn:
        return review(plan)
    if "data-left" not in drawn:
        return no_update
    with reading() as session:
        view = relocation_queries.get_relocation(session, current_principal(), plan_id_of(plan))
    if left_mark(view) in drawn:
        return no_update
    return review(plan, told=Told(held=held or ""))


def _act(name: str, plan_id: RelocationPlanId, rows: list[dict[str, Any]]) -> None:
    principal = current_principal()
    if name == ids.DISCARD:
        with writing() as session:
            service.dismiss_relocation(
                session, principal, plan_id=plan_id, reason="discarded on the page"
            )
        toast("The plan is discarded. Nothing was moved.")
        return
    steps = None if name == ids.ACCEPT else {int(row["step"]) for row in rows}
    if steps is not None and not steps:
        toast("Choose the lines to accept, with their boxes or the space bar.")
        return
    with writing() as session:
        done = service.accept_relocation(session, principal, plan_id=plan_id, steps=steps)
    refused = len(done.refused)
    more = f" {fmt.plural(refused, 'line', 'lines')} had become impossible." if refused else ""
    toast(
        f"{fmt.plural(done.tubes, 'tube', 'tubes')} on the pick list, "
        f"{fmt.plural(done.boxes, 'box', 'boxes')} to be carried.{more}"
    )


def _take_or_put(plan_id: RelocationPlanId, code: str, held: str) -> Told:
    principal = current_principal()
    with reading() as session:
        plan = relocation_queries.get_relocation(session, principal, plan_id)
        found = queries.find_node(session, principal, code)
        place = None if found is None else (found.kind, found.id, found.path)
    if plan.state is not PlanState.ACCEPTED:
        raise PlanNotOpen("Accept the plan first. Nothing is carried before.")
    if place is None:
        raise NodeNotFound(f"There is no box or rack “{code}”. Scan its label.")
    kind, place_id, path = place
    if kind in HOLDERS:
        line = scanned_box(plan, place_id, path)
        if isinstance(line, str):
            raise NotOnTheList(line)
        return Told(sentence=f"{line.barcode} in hand. Scan {line.to_path}.", held=str(place_id))
    in_hand = next((each for each in to_carry(plan) if str(each.from_box_id) == held), None)
    if in_hand is None:
        raise NothingInHand("Scan the box first, then the rack that it goes to.")
    with writing() as session:
        said = service.carry_box(
            session, principal, plan_id=plan_id, code=in_hand.from_path, rack_code=code
        )
        move_id = box_undoing.last_move_of(session, principal, in_hand.from_box_id)
    toast(said, undo=Undo("storage", {"box_move": str(move_id)}))
    return Told(sentence=said)


def _unit_at(pathname: str | None) -> NodeId:
    path = unquote((pathname or "").removeprefix("/storage").strip("/"))
    with reading() as session:
        unit = locate(session, current_principal(), path).at(NodeKind.UNIT)
    assert unit is not None  # noqa: S101 the buttons stand on pages of a unit only
    return unit.id


def _open(plan_id: RelocationPlanId) -> None:
    set_props(shell_ids.URL, {"pathname": PATH, "search": f"?plan={plan_id}"})


def _plan_in(search: str | None) -> str:
    return parse_qs((search or "").lstrip("?")).get("plan", [""])[-1]
