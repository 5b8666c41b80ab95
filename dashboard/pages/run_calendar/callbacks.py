"""Calendar: drawn anew by what happens, service times added and removed, runs rescheduled."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.sequencing.booking import service
from backend.sequencing.booking.ids import ServiceId
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, error_summary, field_error
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.run_calendar import forms, ids, layout
from dashboard.session import current_principal
from dashboard.shell_ids import live

_SERVICE_FIELDS = tuple(field for field, _ in forms.SERVICE_FIELDS.values())
_RUN_FIELDS = tuple(field for field, _ in forms.RUN_FIELDS.values())


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.BODY, "children"),
    Input(live("sequencing"), "data"),
    Input(ids.CHANGED, "data"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def show_newest(
    _version: int | None, _changed: str | None, which: dict[str, Any]
) -> list[Component]:
    """Draw the days as the rows say now."""
    return layout.body(date.fromisoformat(which["from"]), which["days"])


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.CHANGED, "data"),
    Input(ids.remove(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def remove_service(_presses: list[int | None]) -> Any:
    """Give the time of a service back to runs."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    key = ServiceId(UUID(pressed["service"]))
    with writing() as session:
        name = service.remove_service(session, current_principal(), service_id=key)
    toast(f"{name} may be planned again in that time")
    return str(new_id())


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.SERVICE_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _SERVICE_FIELDS],
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.SERVICE_SEND, "n_clicks"),
    *[State(field, "value") for field in _SERVICE_FIELDS],
    prevent_initial_call=True,
)
def add_service(presses: int | None, *typed: Any) -> tuple[Any, ...]:
    """Keep an instrument free of runs, or say at each field what to correct."""
    if not presses:
        return (no_update,) * (len(_SERVICE_FIELDS) + 2)
    return _shown(_add_service(*typed), _SERVICE_FIELDS)


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.RUN_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _RUN_FIELDS],
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.RUN_SEND, "n_clicks"),
    *[State(field, "value") for field in _RUN_FIELDS],
    prevent_initial_call=True,
)
def reschedule(presses: int | None, *typed: Any) -> tuple[Any, ...]:
    """Give a planned run another start, or say what stands against it; what was typed stays."""
    if not presses:
        return (no_update,) * (len(_RUN_FIELDS) + 2)
    return _shown(_reschedule(*typed), _RUN_FIELDS)


def _add_service(*typed: Any) -> Mapping[str, str]:
    try:
        wish = forms.parse_service(*typed, zone=lab_zone())
        with writing() as session:
            bar = service.book_service(session, current_principal(), wish=wish)
    except AppError as refusal:
        return forms.at_fields(refusal, forms.SERVICE_FIELDS, otherwise=ids.SERVICE_INSTRUMENT)
    toast(f"{bar.instrument} is in service from {fmt.moment(bar.start, lab_zone())}")
    return {}


def _reschedule(*typed: Any) -> Mapping[str, str]:
    try:
        run, wish = forms.parse_run(*typed, zone=lab_zone())
        with writing() as session:
            bar = service.reschedule_run(session, current_principal(), code=run, wish=wish)
    except AppError as refusal:
        return forms.at_fields(refusal, forms.RUN_FIELDS, otherwise=ids.RUN_START)
    toast(f"{bar.run_code} starts {fmt.moment(bar.start, lab_zone())}")
    return {}


def _shown(problems: Mapping[str, str], fields: tuple[str, ...]) -> tuple[Any, ...]:
    summary = vars(error_summary(problems))["children"]
    changed = no_update if problems else str(new_id())
    return (summary, *(field_error(problems.get(field, "")) for field in fields), changed)
