"""Callbacks of handling, barcodes and lead times."""

from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.samples import issuing, service
from backend.samples.codes import ForeignCodes
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.admin.rules import expiry, ids
from dashboard.pages.admin.rules.layout import handling_list, series_list
from dashboard.session import current_principal

_HANDLING_FIELDS = {
    "thaw_limit": (ids.THAWS, "Thaws", 1_000),
    "good_for_days": (ids.GOOD_FOR, "Good for", 365_000),
    "keep_for_days": (ids.KEEP_FOR, "Kept for", 365_000),
}
_SERIES_FIELDS = {
    "prefix": ids.PREFIX,
    "digits": ids.DIGITS,
    "start_at": ids.START_AT,
}


@page_callback(
    Permission.SAMPLES_CONFIGURE,
    Output(ids.HANDLING, "children"),
    Output(ids.HANDLING_PROBLEMS, "children"),
    Input(ids.HANDLING_SAVE, "n_clicks"),
    State(ids.HANDLING_WHICH, "data"),
    State(ids.THAWS, "value"),
    State(ids.GOOD_FOR, "value"),
    State(ids.KEEP_FOR, "value"),
    State(ids.WITNESSED, "value"),
    prevent_initial_call=True,
)
def save_handling(presses: int | None, which: str, *typed: Any) -> tuple[Any, ...]:
    """Put the next version of a material's rules in force."""
    if not presses:
        return no_update, no_update
    material, witnessed = MaterialType(which), bool(typed[-1])
    try:
        numbers = _numbers(dict(zip(_HANDLING_FIELDS, typed[:-1], strict=True)))
        rules = HandlingRules(**numbers, disposal_witnessed=witnessed)
        with writing() as session:
            made = service.set_handling(
                session, current_principal(), material=material, rules=rules
            )
    except AppError as refusal:
        fields = {name: field for name, (field, _, _) in _HANDLING_FIELDS.items()}
        return no_update, _problems(refusal, fields)
    toast(f"{MATERIAL_NAME[material]}: version {made.version} is in force")
    return handling_list(), []


@page_callback(
    Permission.LABELS_CONFIGURE,
    Output(ids.SERIES, "children"),
    Output(ids.SERIES_PROBLEMS, "children"),
    Input(ids.SERIES_ADD, "n_clicks"),
    State(ids.PREFIX, "value"),
    State(ids.DIGITS, "value"),
    State(ids.START_AT, "value"),
    State(ids.MATERIALS, "value"),
    prevent_initial_call=True,
)
def add_series(presses: int | None, *typed: Any) -> tuple[Any, ...]:
    """Make a series; one that exists is not changed by it."""
    if not presses:
        return no_update, no_update
    prefix, digits, start_at, materials = typed
    wanted = (prefix or "").strip().upper()
    try:
        with writing() as session:
            if any(each.series.prefix == wanted for each in issuing.list_series(session)):
                said = f"There is a series {wanted} already. Choose another prefix."
                raise InvalidInput(said, fields={"prefix": said})
            service.set_series(
                session,
                current_principal(),
                prefix=wanted,
                digits=_whole(digits),
                start_at=_whole(start_at),
                material_types=[MaterialType(each) for each in materials or []],
            )
    except AppError as refusal:
        return no_update, _problems(refusal, _SERIES_FIELDS)
    toast(f"Series {wanted} is made")
    return series_list(), []


@page_callback(
    Permission.LABELS_CONFIGURE,
    Output(ids.SERIES, "children", allow_duplicate=True),
    Input(ids.series_act(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def close_series(_presses: list[int | None]) -> Any:
    """Close the series whose button was pressed, or let it give codes again."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    with writing() as session:
        found = {each.series.prefix: each.series for each in issuing.list_series(session)}
        series = found[pressed["prefix"]]
        service.set_series(
            session,
            current_principal(),
            prefix=series.prefix,
            digits=series.digits,
            material_types=series.material_types,
            is_active=not series.is_active,
        )
    toast(f"Series {series.prefix} {'is closed' if series.is_active else 'gives codes again'}")
    return series_list()


@page_callback(
    Permission.LABELS_CONFIGURE,
    Input(ids.FOREIGN_SAVE, "n_clicks"),
    State(ids.FOREIGN, "value"),
    prevent_initial_call=True,
)
def save_foreign(presses: int | None, accepted: str) -> None:
    """Say which codes from elsewhere registrations take."""
    if not presses:
        return
    with writing() as session:
        service.set_foreign_codes(session, current_principal(), ForeignCodes(accepted))
    toast("Saved. It counts for registrations from now on.")


@page_callback(
    Permission.SAMPLES_CONFIGURE,
    Output(ids.LEADS, "value"),
    Output(ids.LEADS_REASON, "value"),
    Output(ids.LEADS_PROBLEMS, "children"),
    Input(ids.LEADS_SAVE, "n_clicks"),
    State(ids.LEADS, "value"),
    State(ids.LEADS_REASON, "value"),
    prevent_initial_call=True,
)
def save_leads(presses: int | None, typed: str | None, why: str | None) -> tuple[Any, ...]:
    """Set the lead times, and write them as they stand now."""
    if not presses:
        return (no_update,) * 3
    days = [_whole(each) for each in (typed or "").split(",") if each.strip()]
    try:
        with writing() as session:
            after = service.set_lead_days(session, current_principal(), days=days, reason=why)
    except AppError as refusal:
        return no_update, no_update, _problems(refusal, {"days": ids.LEADS})
    toast("Saved. The next search is tomorrow morning.")
    return expiry.written(after), "", []


def _numbers(typed: dict[str, str | None]) -> dict[str, int | None]:
    """Return what was typed as whole numbers; every fault is said at once."""
    faults, found = {}, dict[str, int | None]()
    for name, text in typed.items():
        _, label, most = _HANDLING_FIELDS[name]
        wanted = (text or "").strip()
        found[name] = _whole(wanted) if wanted else None
        if wanted and not 1 <= _whole(wanted) <= most:
            faults[name] = f"{label} must be 1 to {most:,}, or empty to ask nothing."
    if faults:
        raise InvalidInput(" ".join(faults.values()), fields=faults)
    return found


def _whole(typed: str | None) -> int:
    """Return a whole number; what is none is 0, which no rule takes."""
    text = (typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _problems(refusal: AppError, fields: dict[str, str]) -> Any:
    said = {fields[name]: text for name, text in refusal.fields.items() if name in fields}
    return error_summary(said or {next(iter(fields.values())): refusal.message}).children
