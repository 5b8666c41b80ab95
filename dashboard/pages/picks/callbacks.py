"""At the freezer: a scan picks or places, a key says what is wrong, and the last step goes back."""

from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.storage import pick_queries, service
from backend.storage.ids import PickListId, ShortReason
from dashboard.callbacks import page_callback
from dashboard.components.scan_target import answer_scan
from dashboard.components.tones import Tone
from dashboard.errors import refusal_text
from dashboard.pages.picks import bench, ids, words
from dashboard.session import current_principal
from dashboard.shell_ids import SCAN_PAGE, live

_WHICH = State(ids.WHICH, "data")
_AGAIN = (
    Output(ids.SAID, "children", allow_duplicate=True),
    Output(ids.BODY, "children", allow_duplicate=True),
)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.SAID, "children"),
    Output(ids.BODY, "children"),
    Output(ids.CODE, "value"),
    Input(SCAN_PAGE, "data"),
    Input(ids.CODE, "n_submit"),
    State(ids.CODE, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def take_code(
    scan: dict[str, str] | None, _submits: int | None, typed: str | None, which: str
) -> tuple[Any, ...]:
    """Pick the scanned tube, or place what is in the hand; a refusal is told, nothing changes."""
    code = (scan or {}).get("code", "") if ctx.triggered_id == SCAN_PAGE else (typed or "")
    if not code.strip():
        return no_update, no_update, no_update
    try:
        with writing() as session:
            key = _key_of(which)
            step = service.pick(session, current_principal(), list_id=key, barcode=code)
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        return bench.said(Tone.CRIT, refusal.message), no_update, no_update
    answer_scan(Tone.OK, step.sentence)
    return bench.said(Tone.OK, step.sentence), _drawn(which), ""


@page_callback(
    Permission.STORAGE_PLACE,
    *_AGAIN,
    Input(ids.answer(ALL, ALL), "n_clicks"),
    Input(ids.undo(ALL), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def answer(_answers: list[int | None], _undos: list[int | None], which: str) -> tuple[Any, ...]:
    """Say what is wrong with a tube, skip it, take an answer back, or close the list."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update, no_update
    try:
        told = _act(pressed.get("act"), int(pressed["step"]), which)
    except AppError as refusal:
        return bench.said(Tone.CRIT, refusal_text(refusal)), _drawn(which)
    return bench.said(Tone.OK, told), _drawn(which)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.BODY, "children", allow_duplicate=True),
    Input(live("storage"), "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_newest(_version: int | None, which: str) -> list[Component]:
    """Draw the list as it stands after what others have done."""
    return _drawn(which)


def _act(name: str | None, step: int, which: str) -> str:
    principal, key = current_principal(), _key_of(which)
    with writing() as session:
        match name:
            case None:
                line = service.undo_pick(session, principal, list_id=key, step=step)
                return f"{line.barcode} waits in {line.stands_in} again."
            case ids.CLOSE:
                picks = service.close_list(session, principal, list_id=key)
                return f"{picks.label} is closed; {picks.left} left."
            case ids.SKIP:
                line = service.skip_pick(session, principal, list_id=key, step=step)
                return f"{line.barcode} is skipped."
            case _:
                reason = ShortReason(name)
                line = service.short_pick(session, principal, list_id=key, step=step, reason=reason)
                return f"{line.barcode}: {words.SHORTS[reason].lower()}."


def _key_of(which: str) -> PickListId:
    with reading() as session:
        return pick_queries.find_list(session, current_principal(), which).id


def _drawn(which: str) -> list[Component]:
    with reading() as session:
        return bench.body(session, current_principal(), which)
