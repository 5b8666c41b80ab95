"""What people do about a spilled box: say that it fell, scan its tubes, call it off."""

from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.storage import service
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.errors import refusal_text
from dashboard.pages.spills import ids
from dashboard.pages.spills.layout import Answered, body, look
from dashboard.session import current_principal

_WHICH = State(ids.WHICH, "data")


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.BODY, "children"),
    Output(ids.BENCH, "hidden"),
    Input(shell_ids.live("storage"), "data"),
    Input(ids.NEXT, "data"),
    _WHICH,
    prevent_initial_call=True,
)
def show_newest(_version: int | None, answered: Answered | None, which: str) -> tuple[Any, bool]:
    """Draw the box as the rows say now, with the place of the last tube."""
    view, left = look(which)
    return body(view, left, answered), not left


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.PROBLEMS, "children"),
    Output(ids.CODE, "value"),
    Output(ids.NEXT, "data"),
    Input(shell_ids.SCAN_PAGE, "data"),
    Input(ids.CODE, "n_submit"),
    State(ids.CODE, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def take_code(
    scan: dict[str, str] | None, _submits: int | None, typed: str | None, which: str
) -> tuple[Any, ...]:
    """Show where the scanned tube belongs and count it as back."""
    is_scan = ctx.triggered_id == shell_ids.SCAN_PAGE
    code = ((scan or {}).get("code", "") if is_scan else (typed or "")).strip()
    if not code:
        return no_update, no_update, no_update
    view, _ = look(which)
    try:
        with writing() as session:
            back = service.put_back(session, current_principal(), box_id=view.id, barcode=code)
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        told = vars(error_summary({ids.CODE: refusal_text(refusal)}))["children"]
        return told, no_update, no_update
    tone = Tone.WARN if back.was_back else Tone.OK
    answer_scan(tone, f"{back.barcode} goes to {back.position}, {back.left} left.")
    was_back = "yes" if back.was_back else ""
    return [], "", {"barcode": back.barcode, "position": back.position, "was_back": was_back}


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.BODY, "children", allow_duplicate=True),
    Output(ids.BENCH, "hidden", allow_duplicate=True),
    Input(ids.act(ALL), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def answer(_presses: list[int | None], which: str) -> Any:
    """Say that the tubes fell out, or call it off."""
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:
        return no_update, no_update
    view, _ = look(which)
    with writing() as session:
        if ctx.triggered_id["act"] == ids.SPILL:
            fell = service.spill_box(session, current_principal(), box_id=view.id)
            said = f"{fmt.plural(fell, 'tube waits', 'tubes wait')} to be put back"
        else:
            left = service.end_spill(session, current_principal(), box_id=view.id)
            said = f"Called off; {fmt.plural(left, 'tube was', 'tubes were')} not put back"
    toast(said)
    view, outside = look(which)
    return body(view, outside, None), not outside
