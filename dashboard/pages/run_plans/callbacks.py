"""Run plans: drawn anew by what happens, lanes changed, runs released."""

from typing import Any
from uuid import UUID

import dash
from dash import ALL, MATCH, Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from pydantic import ValidationError

from backend.auth.views import Locked, Refused
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.released import loading, queries, service
from backend.sequencing.released.schemas import LaneMoveIn, ReleaseIn
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.run_plans import ids, layout, words
from dashboard.session import current_principal
from dashboard.shell_ids import live

_CHANGED = Output(ids.CHANGED, "data", allow_duplicate=True)
_LAST = Output(ids.LAST, "data", allow_duplicate=True)
_WHICH = State(ids.WHICH, "data")
_FIELDS = {
    "flow_cell": (ids.RELEASE_FLOW_CELL, "A flow cell's name has letters, digits, - and _ only."),
    "reagent_kit": (ids.RELEASE_KIT, "A kit's name has letters, digits, - and _ only."),
    "reagents_expire_on": (ids.RELEASE_EXPIRY, "Give the day until which the reagents are good."),
    "dialect": (ids.RELEASE_DIALECT, "Choose the format of the sheet."),
    "meaning": (ids.RELEASE_MEANING, "Choose what your signature means."),
}

Last = list[dict[str, Any]] | None

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.LIST, "children"),
    Input(live("sequencing"), "data"),
    prevent_initial_call=True,
)
def show_list(_version: int | None) -> Component:
    """Draw the list as the rows say now."""
    return layout.listed()


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.BODY, "children"),
    Input(live("sequencing"), "data"),
    Input(ids.CHANGED, "data"),
    Input(ids.LAST, "data"),
    Input(ids.PREVIEW, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_newest(
    _version: int | None,
    _changed: str | None,
    last: Last,
    preview: bool | None,  # noqa: FBT001 what the store holds
    which: dict[str, str],
) -> list[Component]:
    """Draw the run as its rows say now."""
    principal = current_principal()
    with reading() as session:
        plan = queries.get_plan(session, principal, which["code"])
        return layout.body(
            session,
            principal,
            plan,
            which["lane"],
            can_undo=bool(last),
            is_previewed=bool(preview),
        )


@page_callback(
    Permission.SEQUENCING_PLAN,
    _LAST,
    _CHANGED,
    Input(ids.lane(ALL, ALL), "value"),
    Input(ids.way(ALL, ALL, ALL), "n_clicks"),
    Input(ids.MOVED, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def move(_lanes: list[Any], _ways: list[Any], dropped: Any, which: dict[str, str]) -> Any:
    """Put a pool on another lane: by its choice, by a proposal, or dropped there."""
    wish = wished(ctx.triggered_id, ctx.triggered[0]["value"] if ctx.triggered else None, dropped)
    if wish is None:
        return no_update, no_update
    return _moved(which["code"], [wish]), str(new_id())


@page_callback(
    Permission.SEQUENCING_PLAN,
    _LAST,
    _CHANGED,
    Input(ids.UNDO, "n_clicks"),
    State(ids.LAST, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def move_back(presses: int | None, last: Last, which: dict[str, str]) -> Any:
    """Take the last move back."""
    if not presses or not last:
        return no_update, no_update
    _moved(which["code"], [LaneMoveIn.model_validate(each) for each in last])
    return None, str(new_id())


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.PREVIEW, "data"),
    Input(ids.REBALANCE, "n_clicks"),
    prevent_initial_call=True,
)
def preview(presses: int | None) -> Any:
    """Show a better arrangement of the lanes."""
    return True if presses else no_update


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.PREVIEW, "data", allow_duplicate=True),
    Input(ids.DISMISS, "n_clicks"),
    prevent_initial_call=True,
)
def dismiss(presses: int | None) -> Any:
    """Put the arrangement away that nobody accepted."""
    return False if presses else no_update


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.PREVIEW, "data", allow_duplicate=True),
    _LAST,
    _CHANGED,
    Input(ids.accept(MATCH), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
    running=[(Output(ids.accept(MATCH), "disabled"), True, False)],
)
def accept(presses: int | None, which: dict[str, str]) -> Any:
    """Do the moves that were shown; Undo takes them back."""
    pressed = ctx.triggered_id
    if not pressed or not presses:
        return no_update, no_update, no_update
    return False, _moved(which["code"], words.read(pressed["moves"])), str(new_id())


@page_callback(
    Permission.SEQUENCING_PLAN,
    _LAST,
    _CHANGED,
    Input(ids.add(MATCH, MATCH), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
    running=[(Output(ids.add(MATCH, MATCH), "disabled"), True, False)],
)
def add(presses: int | None, which: dict[str, str]) -> Any:
    """Load a pool that waits."""
    pressed = ctx.triggered_id
    if not pressed or not presses:
        return no_update, no_update
    wish = LaneMoveIn(pool_id=UUID(pressed["pool"]), from_lane=None, to_lane=pressed["to"])
    _added(which["code"], [wish])
    return None, str(new_id())


@page_callback(
    Permission.SEQUENCING_PLAN,
    _LAST,
    _CHANGED,
    Input(ids.suggest(MATCH), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
    running=[(Output(ids.suggest(MATCH), "disabled"), True, False)],
)
def apply_suggestion(presses: int | None, which: dict[str, str]) -> Any:
    """Load the waiting pools that were suggested."""
    pressed = ctx.triggered_id
    if not pressed or not presses:
        return no_update, no_update
    _added(which["code"], words.read(pressed["moves"]))
    return None, str(new_id())


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.RELEASE_PROBLEMS, "children"),
    Output(ids.CLOSE, "data"),
    _CHANGED,
    Output(ids.RELEASE_PASSWORD, "value"),
    Input(ids.RELEASE_SEND, "n_clicks"),
    State(ids.RELEASE_MEANING, "value"),
    State(ids.RELEASE_DIALECT, "value"),
    State(ids.RELEASE_FLOW_CELL, "value"),
    State(ids.RELEASE_KIT, "value"),
    State(ids.RELEASE_EXPIRY, "value"),
    State(ids.RELEASE_PASSWORD, "value"),
    _WHICH,
    prevent_initial_call=True,
    running=[(Output(ids.RELEASE_SEND, "disabled"), True, False)],
)
def release(presses: int | None, *given: Any) -> tuple[Any, Any, Any, Any]:
    """Sign and release the run, or say everything against it; what was typed stays."""
    *said, password, which = given
    if not presses:
        return no_update, no_update, no_update, no_update
    problems = _release(which["code"], said, password or "")
    if problems:
        return vars(error_summary(problems))["children"], no_update, no_update, no_update
    # A password stays nowhere once it has done its work.
    return [], {"dialog": ids.RELEASE_DIALOG, "at": str(new_id())}, str(new_id()), ""


def wished(pressed: Any, value: Any, dropped: Any) -> LaneMoveIn | None:
    """Return the move that was asked for; None when a choice was only drawn anew."""
    if pressed == ids.MOVED:
        if not dropped:
            return None
        return LaneMoveIn(
            pool_id=UUID(dropped["pool"]), from_lane=dropped["from"], to_lane=dropped["to"]
        )
    if not pressed or not value:
        return None
    to = pressed["to"] if "to" in pressed else int(value)
    if to == pressed["at"]:
        return None
    return LaneMoveIn(pool_id=UUID(pressed["pool"]), from_lane=pressed["at"], to_lane=to)


def _moved(code: str, moves: list[LaneMoveIn]) -> Last:
    """Move and say so; return what would take it back."""
    with writing() as session:
        plan = service.move_pools(session, current_principal(), code=code, moves=moves)
    said = [f"{plan.pool_code(each.pool_id)} moved to lane {each.to_lane}" for each in moves]
    toast(words.listed(said))
    return [
        {"pool_id": str(each.pool_id), "from_lane": each.to_lane, "to_lane": each.from_lane}
        for each in moves
    ]


def _added(code: str, moves: list[LaneMoveIn]) -> None:
    with writing() as session:
        plan = loading.add_pools(session, current_principal(), code=code, moves=moves)
    said = [f"{plan.pool_code(each.pool_id)} on lane {each.to_lane}" for each in moves]
    toast(f"{plan.code} has {words.listed(said)} now")


def _release(code: str, said: list[Any], password: str) -> dict[str, str]:
    """Release; return the sentences against it by field, none when it is done."""
    names = ("meaning", "dialect", "flow_cell", "reagent_kit", "reagents_expire_on")
    typed = {name: value for name, value in zip(names, said, strict=True) if value}
    try:
        wish = ReleaseIn.model_validate(typed)
    except ValidationError as wrong:
        fields = [_FIELDS[str(each["loc"][0])] for each in wrong.errors()]
        return dict(fields)
    try:
        with writing() as session:
            made = service.release_run(
                session, current_principal(), code=code, said=wish, password=password
            )
    except AppError as refusal:
        return {ids.RELEASE_MEANING: refusal.message}
    if isinstance(made, (Refused, Locked)):
        return {ids.RELEASE_PASSWORD: made.message}
    toast(f"{made.label} is released, and its sheet is kept")
    return {}
