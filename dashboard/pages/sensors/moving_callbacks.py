"""Moving a sensor to another unit, and taking it out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dash import Input, Output, State, ctx, no_update

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.telemetry import sensor_moving
from backend.telemetry.ids import SensorId
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id
from dashboard.components.toast import toast
from dashboard.pages.admin.forms import by_field, shown
from dashboard.pages.sensors import ids
from dashboard.pages.sensors.callbacks import limits_of, unit_of
from dashboard.session import current_principal

_FIELDS: Mapping[str, str] = {
    "unit": ids.MOVE_UNIT,
    "limits": ids.MOVE_SETPOINT,
    "warning": ids.MOVE_WARNING,
    "alarm": ids.MOVE_ALARM,
    "reason": ids.MOVE_REASON,
}
_NOTHING = (no_update,) * (len(_FIELDS) + 1)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.MOVE_FORM, "children"),
    Output(ids.MOVE_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _FIELDS.values()],
    Input(ids.MOVE, "n_clicks"),
    Input(ids.TAKE_OUT, "n_clicks"),
    State(ids.MOVED, "data"),
    *[State(field, "value") for field in _FIELDS.values()],
    prevent_initial_call=True,
)
def move(moves: int | None, outs: int | None, sensor: str, *typed: str | None) -> tuple[Any, ...]:
    """Move the sensor or take it out, or say at each field why not; what was typed stays."""
    if not (moves or outs):
        return (no_update, *_NOTHING)
    unit_id, *limits, reason = ((text or "").strip() for text in typed)
    sensor_id = SensorId(UUID(sensor))
    try:
        with writing() as session:
            match ctx.triggered_id:
                case ids.TAKE_OUT:
                    said = _taken_out(session, sensor_id, reason)
                case _:
                    said = _moved(session, sensor_id, unit_id, limits, reason)
    except AppError as refusal:
        return (no_update, *shown(by_field(refusal, _FIELDS), _FIELDS))
    toast(said)
    return ([], *_NOTHING)


def _moved(
    session: WriteSession, sensor_id: SensorId, unit_id: str, limits: list[str], reason: str
) -> str:
    unit = unit_of(session, unit_id)
    sensor_moving.move_sensor(
        session,
        current_principal(),
        sensor_id=sensor_id,
        unit=unit,
        limits=limits_of(limits),
        reason=reason,
    )
    return f"The sensor stands in {unit.label} from now on"


def _taken_out(session: WriteSession, sensor_id: SensorId, reason: str) -> str:
    sensor_moving.disconnect_sensor(
        session, current_principal(), sensor_id=sensor_id, reason=reason
    )
    return "The sensor stands in no unit; its readings stay"
