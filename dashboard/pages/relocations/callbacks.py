"""Asking for a plan that moves tubes, and answering it."""

from typing import Any
from urllib.parse import parse_qs, unquote

from dash import ALL, Input, Output, State, ctx, no_update, set_props

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.storage import service
from backend.storage.ids import NodeId, NodeKind, RelocationPlanId
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.errors import refusal_text
from dashboard.pages.relocations import ids
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
    if not pressed or not ctx.triggered[0]["value"] or pressed["act"] == ids.CARRY:
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
    Input(ids.act(ids.CARRY), "n_clicks"),
    Input(ids.BOX_CODE, "n_submit"),
    State(ids.BOX_CODE, "value"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def carry(presses: int | None, submits: int | None, code: str | None, search: str | None) -> Any:
    """Record that a whole box stands in its new rack; a refusal stands above the plan."""
    if not (presses or submits) or not code:
        return no_update
    plan = _plan_in(search)
    try:
        with writing() as session:
            said = service.carry_box(
                session, current_principal(), plan_id=plan_id_of(plan), code=code
            )
    except AppError as refusal:
        return review(plan, refusal_text(refusal))
    toast(said)
    return review(plan)


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.REVIEW, "children", allow_duplicate=True),
    Input(shell_ids.live("work"), "data"),
    Input(shell_ids.live("storage"), "data"),
    State(shell_ids.URL, "search"),
    State(ids.REVIEW, "children"),
    prevent_initial_call=True,
)
def show_newest(_work: int | None, _storage: int | None, search: str | None, shown: object) -> Any:
    """Draw the plan once its job has ended; a redraw later would lose the chosen lines."""
    plan = _plan_in(search)
    if not plan or "job-bar" not in str(shown):
        return no_update
    return review(plan)


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
