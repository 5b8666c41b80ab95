"""Moving a sensor to another unit, and taking it out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dash import Input, Output, State, ctx, html, no_update

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.telemetry import sensor_moving
from backend.telemetry.errors import SensorInAlarm, SensorRefused
from backend.telemetry.ids import SensorId
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.admin.forms import by_field, shown
from dashboard.pages.register.receiving import local_instant
from dashboard.pages.sensors import ids
from dashboard.pages.sensors.callbacks import limits_of, unit_of
from dashboard.session import current_principal

_FIELDS: Mapping[str, str] = {
    "unit": ids.MOVE_UNIT,
    "limits": ids.MOVE_SETPOINT,
    "warning": ids.MOVE_WARNING,
    "alarm": ids.MOVE_ALARM,
    "moved_at": ids.MOVE_AT,
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
    unit_id, *limits, at, reason = ((text or "").strip() for text in typed)
    sensor_id = SensorId(UUID(sensor))
    try:
        with writing() as session:
            match ctx.triggered_id:
                case ids.TAKE_OUT:
                    said = _taken_out(session, sensor_id, reason)
                case _:
                    said = _moved(session, sensor_id, unit_id, limits, _instant(at), reason)
    except SensorInAlarm as refusal:
        summary, *lines = shown(by_field(refusal, _FIELDS), _FIELDS)
        way = html.P(html.A("Go to the alarm", href=f"/alarms?alarm={refusal.alarm_id}"))
        return (no_update, [*summary, way], *lines)
    except AppError as refusal:
        return (no_update, *shown(by_field(refusal, _FIELDS), _FIELDS))
    toast(said)
    return ([], *_NOTHING)


def _moved(  # noqa: PLR0917 -- the fields of the form
    session: WriteSession,
    sensor_id: SensorId,
    unit_id: str,
    limits: list[str],
    at: datetime | None,
    reason: str,
) -> str:
    unit = unit_of(session, unit_id)
    moved = sensor_moving.move_sensor(
        session,
        current_principal(),
        sensor_id=sensor_id,
        unit=unit,
        limits=limits_of(limits),
        reason=reason,
        moved_at=at,
    )
    if at is None:
        return f"The sensor stands in {unit.label} from now on"
    went = fmt.plural(moved.readings, "reading", "readings")
    ended = fmt.plural(moved.alarms_ended, "alarm", "alarms")
    since = fmt.moment(at, lab_zone())
    return f"The sensor stands in {unit.label} since {since}: {went} went with it, {ended} ended"


def _instant(text: str) -> datetime | None:
    try:
        return local_instant(text)
    except InvalidInput as error:
        said = "Write when it was moved as date and time, or leave it empty."
        raise SensorRefused(said, fields={"moved_at": said}) from error


def _taken_out(session: WriteSession, sensor_id: SensorId, reason: str) -> str:
    sensor_moving.disconnect_sensor(
        session, current_principal(), sensor_id=sensor_id, reason=reason
    )
    return "The sensor stands in no unit; its readings stay"
