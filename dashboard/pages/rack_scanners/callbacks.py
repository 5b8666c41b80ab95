"""Setting up rack scanners, and trying one out."""

from typing import Any
from uuid import UUID

from dash import MATCH, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.devices import RackScanner
from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.storage import rack_scanners, service
from backend.storage.adapters import rack_scanner
from backend.storage.scanner_schemas import ScannerInput
from backend.storage.scanning.spelling import unspelled
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id
from dashboard.components.icon import icon
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.errors import refusal_text
from dashboard.pages.admin.forms import by_field, shown
from dashboard.pages.rack_scanners import ids
from dashboard.pages.rack_scanners.layout import BY_ROWS, fixed_scanners, scanner_id_of
from dashboard.pages.rack_scanners.layout import scanner_list as drawn
from dashboard.session import current_principal

_CONFIGURE = Permission.STORAGE_CONFIGURE
_FIELDS = {
    "name": ids.NAME,
    "host": ids.HOST,
    "port": ids.PORT,
    "dialect": ids.DIALECT,
    "trigger": ids.TRIGGER,
    "terminator": ids.TERMINATOR,
    "delimiter": ids.DELIMITER,
    "by_columns": ids.ORDER,
    "wait_s": ids.WAIT,
}
_FORM = (*_FIELDS.values(), ids.ACTIVE)


@page_callback(
    _CONFIGURE,
    Output(ids.LIST, "children"),
    Output(ids.PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _FIELDS.values()],
    Input(ids.SAVE, "n_clicks"),
    State(ids.EDITED, "data"),
    *[State(field, "value") for field in _FORM],
    prevent_initial_call=True,
)
def save(presses: int | None, edited: str | None, *typed: Any) -> tuple[Any, ...]:
    """Add the scanner, or change the one the form was filled with."""
    if not presses:
        return (no_update,) * (len(_FIELDS) + 2)
    principal, fixed = current_principal(), fixed_scanners()
    try:
        given = _scanner(*typed)
        with writing() as session:
            if edited:
                service.change_scanner(
                    session, principal, scanner_id=UUID(edited), scanner=given, fixed=fixed
                )
            else:
                service.add_scanner(session, principal, scanner=given, fixed=fixed)
    except AppError as refusal:
        return (no_update, *shown(by_field(refusal, _FIELDS), _FIELDS))
    toast(f"{given.name} is saved")
    return (drawn(), *shown({}, _FIELDS))


@page_callback(
    _CONFIGURE,
    Output(ids.said(MATCH), "children"),
    Input(ids.act("test", MATCH), "n_clicks"),
    prevent_initial_call=True,
    running=[(Output(ids.act("test", MATCH), "disabled"), True, False)],
)
def test(presses: int | None) -> Any:
    """Connect to a scanner and say what it answers; no session is open meanwhile."""
    pressed = ctx.triggered_id
    if not presses or not pressed:
        return no_update
    try:
        said = rack_scanner.try_out(current_principal(), _chosen(pressed["scanner"]))
    except AppError as refusal:
        return _told("x-octagon-fill", Tone.CRIT, refusal_text(refusal))
    return _told("check-circle-fill", Tone.OK, said)


def _scanner(*typed: Any) -> ScannerInput:
    """Return what stands in the form. Raises InvalidInput."""
    values = dict(zip((*_FIELDS, "is_active"), typed, strict=True))
    words = {name: unspelled(values[name] or "") for name in ("trigger", "terminator", "delimiter")}
    facts = {name: str(values[name] or "").strip() for name in ("name", "host", "port", "wait_s")}
    return service.check_scanner(
        **facts,
        **words,
        dialect=values["dialect"],
        by_columns=values["by_columns"] != BY_ROWS,
        is_active=bool(values["is_active"]),
    )


def _chosen(key: str) -> RackScanner:
    """Return the scanner of a row's key, or of the variable by its name. Raises ScannerNotFound."""
    for scanner in fixed_scanners():
        if scanner.name == key:
            return scanner
    with reading() as session:
        return rack_scanners.get_scanner(session, current_principal(), scanner_id_of(key)).scanner


def _told(mark: str, tone: Tone, words: str) -> list[Component | str]:
    return [icon(mark, tone), f" {words}"]
