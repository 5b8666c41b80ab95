"""Sensors: adding one, keeping a calibration, making and taking back tokens of loggers.

What was changed comes back into the lists with the live feed, as it does for everybody else.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from dash import Input, Output, State, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import writing
from backend.storage import queries as storage_queries
from backend.telemetry import device_tokens, sensors
from backend.telemetry.device_tokens import Unit
from backend.telemetry.ids import SensorId, SensorKind
from backend.telemetry.sensors import TemperatureLimits
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id
from dashboard.components.toast import toast
from dashboard.pages.admin.forms import by_field, shown
from dashboard.pages.sensors import ids, loggers
from dashboard.pages.sensors.layout import sensor_list, token_list
from dashboard.session import current_principal
from dashboard.shell_ids import live

_CONFIGURE = Permission.STORAGE_CONFIGURE
_NEW_FIELDS: Mapping[str, str] = {
    "code": ids.NEW_CODE,
    "unit": ids.NEW_UNIT,
    "kind": ids.NEW_KIND,
    "limits": ids.NEW_SETPOINT,
    "warning": ids.NEW_WARNING,
    "alarm": ids.NEW_ALARM,
}
_CALIBRATE_FIELDS: Mapping[str, str] = {
    "correction": ids.CORRECTION,
    "calibrated_on": ids.CALIBRATED_ON,
    "due_on": ids.DUE_ON,
    "certificate": ids.CERTIFICATE,
    "reason": ids.CALIBRATE_REASON,
}
_TOKEN_FIELDS: Mapping[str, str] = {"name": ids.TOKEN_NAME, "sensors": ids.TOKEN_FOR}
_REVOKE_FIELDS: Mapping[str, str] = {"reason": ids.REVOKE_REASON}


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.LIST, "children"),
    Input(live("telemetry"), "data"),
    Input(ids.TICK, "n_intervals"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None, _ticks: int | None) -> list[Component]:
    """Draw the sensors as their rows say now."""
    return sensor_list()


@page_callback(
    _CONFIGURE,
    Output(ids.TOKENS, "children"),
    Input(live("telemetry"), "data"),
    prevent_initial_call=True,
)
def show_newest_tokens(_version: int | None) -> Component:
    """Draw the tokens as their rows say now."""
    return token_list()


@page_callback(
    _CONFIGURE,
    Output(ids.NEW_CODE, "value"),
    Output(ids.NEW_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _NEW_FIELDS.values()],
    Input(ids.NEW_ADD, "n_clicks"),
    *[State(field, "value") for field in _NEW_FIELDS.values()],
    prevent_initial_call=True,
)
def add(presses: int | None, *typed: str | None) -> tuple[Any, ...]:
    """Connect the sensor, or say at each field what to correct; what was typed stays."""
    if not presses:
        return (no_update,) * (len(_NEW_FIELDS) + 2)
    code, unit_id, kind, *limits = ((text or "").strip() for text in typed)
    try:
        with writing() as session:
            unit = unit_of(session, unit_id)
            sensors.add_sensor(
                session,
                current_principal(),
                code=code,
                kind=SensorKind(kind),
                unit_id=unit.unit_id,
                unit_label=unit.label,
                limits=limits_of(limits),
            )
    except AppError as refusal:
        return (no_update, *shown(by_field(refusal, _NEW_FIELDS), _NEW_FIELDS))
    toast(f"{code} is connected to {unit.label}")
    return ("", *shown({}, _NEW_FIELDS))


@page_callback(
    _CONFIGURE,
    Output(ids.CALIBRATE_FORM, "children"),
    Output(ids.CALIBRATE_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _CALIBRATE_FIELDS.values()],
    Input(ids.CALIBRATE, "n_clicks"),
    State(ids.CALIBRATED, "data"),
    *[State(field, "value") for field in _CALIBRATE_FIELDS.values()],
    prevent_initial_call=True,
)
def calibrate(presses: int | None, sensor: str, *typed: str | None) -> tuple[Any, ...]:
    """Keep the calibration, or say at each field what to correct; what was typed stays."""
    nothing = (no_update,) * (len(_CALIBRATE_FIELDS) + 1)
    if not presses:
        return (no_update, *nothing)
    correction, done, due, certificate, reason = ((text or "").strip() for text in typed)
    try:
        with writing() as session:
            sensors.calibrate_sensor(
                session,
                current_principal(),
                sensor_id=SensorId(UUID(sensor)),
                correction=_number("correction", correction),
                calibrated_on=_day("calibrated_on", done),
                due_on=_day("due_on", due) if due else None,
                certificate=certificate,
                reason=reason,
            )
    except AppError as refusal:
        problems = by_field(refusal, _CALIBRATE_FIELDS)
        return (no_update, *shown(problems, _CALIBRATE_FIELDS))
    toast("The calibration is kept")
    return ([], *nothing)


@page_callback(
    _CONFIGURE,
    Output(ids.TOKENS, "children", allow_duplicate=True),
    Output(ids.TOKEN_MADE, "children"),
    Output(ids.TOKEN_NAME, "value"),
    Output(ids.TOKEN_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _TOKEN_FIELDS.values()],
    Input(ids.TOKEN_MAKE, "n_clicks"),
    Input(ids.TOKEN_NAME, "n_submit"),
    State(ids.TOKEN_NAME, "value"),
    State(ids.TOKEN_FOR, "value"),
    prevent_initial_call=True,
)
def make_token(
    presses: int | None, submits: int | None, name: str | None, chosen: str | None
) -> tuple[Any, ...]:
    """Make the token and show it this once, or say at each field what to correct."""
    if not (presses or submits):
        return (no_update,) * (len(_TOKEN_FIELDS) + 4)
    name, chosen = " ".join((name or "").split()), chosen or ""
    is_unit = chosen.startswith(loggers.UNIT)
    try:
        with writing() as session:
            secret = device_tokens.make_device_token(
                session,
                current_principal(),
                name=name,
                unit=unit_of(session, chosen.removeprefix(loggers.UNIT)) if is_unit else None,
                sensor_codes=[] if is_unit else [chosen.removeprefix(loggers.SENSOR)],
            )
    except AppError as refusal:
        problems = by_field(refusal, _TOKEN_FIELDS)
        return (no_update, no_update, no_update, *shown(problems, _TOKEN_FIELDS))
    return (token_list(), loggers.secret_shown(name, secret), "", *shown({}, _TOKEN_FIELDS))


@page_callback(
    _CONFIGURE,
    Output(ids.REVOKE_FORM, "children"),
    Output(ids.REVOKE_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _REVOKE_FIELDS.values()],
    Input(ids.REVOKE, "n_clicks"),
    State(ids.REVOKED, "data"),
    State(ids.REVOKE_REASON, "value"),
    prevent_initial_call=True,
)
def revoke_token(presses: int | None, name: str, reason: str | None) -> tuple[Any, ...]:
    """Take the token back, or say what is missing."""
    nothing = (no_update,) * (len(_REVOKE_FIELDS) + 1)
    if not presses:
        return (no_update, *nothing)
    try:
        with writing() as session:
            device_tokens.revoke_device_token(
                session, current_principal(), name=name, reason=reason or ""
            )
    except AppError as refusal:
        problems = by_field(refusal, _REVOKE_FIELDS)
        return (no_update, *shown(problems, _REVOKE_FIELDS))
    toast(f"The token of {name} holds no longer")
    return ([], *nothing)


def unit_of(session: ReadSession, chosen: str) -> Unit:
    """Return the unit that was chosen. Raises InvalidInput: there is none of this key."""
    known = storage_queries.occupancy_by_unit(session, current_principal())
    found = next((each for each in known if str(each.unit_id) == chosen), None)
    if found is None:
        raise InvalidInput("Choose a storage unit.", fields={"unit": "Choose a storage unit."})
    return Unit(unit_id=found.unit_id, label=found.label)


def limits_of(typed: list[str]) -> TemperatureLimits | None:
    """Return the limits that were typed, None where nothing was. Raises InvalidInput: no number."""
    if not any(typed):
        return None
    setpoint, warning, alarm = typed
    return TemperatureLimits(
        setpoint_c=_number("limits", setpoint),
        warning_high_c=_number("warning", warning),
        alarm_high_c=_number("alarm", alarm) if alarm else None,
    )


def _number(field: str, text: str) -> float:
    """Read a number as people write it: a comma or a true minus will do."""
    try:
        return float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except ValueError as error:
        raise InvalidInput(
            f"“{text}” is no number.", fields={field: "Write a number, such as −80 or 0.3."}
        ) from error


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("That is no day.", fields={field: "Choose a day."}) from error
