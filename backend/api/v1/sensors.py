"""Sensors: which stand where, where one has stood, moving it and taking it out."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.units import SensorOut, sensor_out, unit_of
from backend.core.errors import InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.telemetry import sensor_moving, sensors, standings
from backend.telemetry.device_tokens import Unit
from backend.telemetry.ids import SensorId, SensorKind
from backend.telemetry.sensors import TemperatureLimits

_LONGEST_REASON = 500
_LONGEST_LABEL = 60


class ReasonIn(ApiInput):
    """Why; it is kept with the caller's name."""

    reason: str = Field(min_length=1, max_length=_LONGEST_REASON)


class MoveIn(ReasonIn):
    """Where the sensor goes. Limits are of a temperature, in °C, by default as others there have.

    Without ``alarm_high_c`` the house rules of the unit's class hold. ``moved_at``, by default now,
    dates the move back: what the sensor has measured since goes with it.
    """

    unit: str = Field(min_length=1, max_length=_LONGEST_LABEL, description="ULT-03")
    setpoint_c: float | None = None
    warning_high_c: float | None = None
    alarm_high_c: float | None = None
    moved_at: AwareDatetime | None = None

    def limits(self) -> TemperatureLimits | None:
        """Return the limits that were sent; None where none were."""
        if self.setpoint_c is None and self.warning_high_c is None and self.alarm_high_c is None:
            return None
        if self.setpoint_c is None or self.warning_high_c is None:
            said = "Give setpoint_c and warning_high_c together, or neither."
            raise InvalidInput(said, fields={"setpoint_c": said})
        return TemperatureLimits(
            setpoint_c=self.setpoint_c,
            warning_high_c=self.warning_high_c,
            alarm_high_c=self.alarm_high_c,
        )


class PlacedSensorOut(SensorOut):
    """A sensor in the unit in which it stands."""

    unit_id: UUID
    unit_label: str


class SensorsOut(ApiOutput):
    """The sensors that stand in units, by unit and code."""

    items: list[PlacedSensorOut]
    disconnected: list[str]
    """Codes of those that stand in none."""


class StayOut(ApiOutput):
    """A unit in which the sensor stood; null: from its first reading, or to this day."""

    unit_id: UUID
    unit_label: str
    kind: SensorKind
    since: datetime | None
    until: datetime | None


class StaysOut(ApiOutput):
    """Where a sensor has stood, the newest first."""

    sensor: str
    items: list[StayOut]


def list_sensors(call: Call) -> SensorsOut:
    """Return every sensor."""
    with reading() as session:
        found = standings.list_standings(session, call.caller)
        gone = sensor_moving.list_disconnected(session, call.caller)
    return SensorsOut(
        items=[
            PlacedSensorOut(
                **sensor_out(each).model_dump(), unit_id=each.unit_id, unit_label=each.unit_label
            )
            for each in found
        ],
        disconnected=[each.code for each in gone],
    )


def list_stays(call: Call) -> StaysOut:
    """Return where a sensor has stood."""
    with reading() as session:
        return _stays(session, call)


def move(call: Call) -> object:
    """Put a sensor into another unit, from now on or since it was moved."""
    sent = call.sent(MoveIn)
    with writing() as session:

        def act() -> StaysOut:
            unit = unit_of(session, call.caller, sent.unit)
            sensor_moving.move_sensor(
                session,
                call.caller,
                sensor_id=_sensor(session, call),
                unit=Unit(unit_id=unit.id, label=unit.label),
                limits=sent.limits(),
                reason=sent.reason,
                moved_at=sent.moved_at,
            )
            return _stays(session, call)

        return once(session, call, act)


def disconnect(call: Call) -> object:
    """Take a sensor out of its unit."""
    reason = call.sent(ReasonIn).reason
    with writing() as session:

        def act() -> StaysOut:
            sensor_moving.disconnect_sensor(
                session, call.caller, sensor_id=_sensor(session, call), reason=reason
            )
            return _stays(session, call)

        return once(session, call, act)


def _sensor(session: ReadSession, call: Call) -> SensorId:
    return sensors.sensor_id_of(session, call.caller, call.path["sensor"])


def _stays(session: ReadSession, call: Call) -> StaysOut:
    code = call.path["sensor"].strip()
    found = sensor_moving.list_stays(session, call.caller, code)
    return StaysOut(sensor=code, items=[StayOut.model_validate(each) for each in found])


_TAG = "Telemetry"
_VIEW, _CONFIGURE = Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE
_ONE = "/api/v1/sensors/{sensor}"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sensors",
        handler=list_sensors,
        access=_VIEW,
        summary="Every sensor with its unit, newest value and calibration",
        tag=_TAG,
        answer=SensorsOut,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/stays",
        handler=list_stays,
        access=_VIEW,
        summary="Where a sensor has stood; what it measured then is of that unit",
        tag=_TAG,
        answer=StaysOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/move",
        handler=move,
        access=_CONFIGURE,
        summary="Put a sensor into another unit from now on, or connect it again",
        tag=_TAG,
        body=MoveIn,
        answer=StaysOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/disconnect",
        handler=disconnect,
        access=_CONFIGURE,
        summary="Take a sensor out of its unit; what it sends from now on is not kept",
        tag=_TAG,
        body=ReasonIn,
        answer=StaysOut,
        status=201,
        once=True,
    ),
)
