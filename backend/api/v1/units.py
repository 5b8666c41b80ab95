"""A storage unit as it stands: its status, sensors and alarms; opening and closing it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.alarms import AlarmOut
from backend.api.v1.storage import UnitOut
from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.storage import queries, service
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import StorageNode
from backend.telemetry import alarm_queries, standings
from backend.telemetry.alarm_queries import AlarmsWanted
from backend.telemetry.ids import SensorKind
from backend.telemetry.kinds import KINDS
from backend.telemetry.standings import SensorStanding

_LONGEST_REASON = 300
_SHOWN = 200


class SensorOut(ApiOutput):
    """A sensor of the unit; ``value`` in ``measured_in``, null where it never reported."""

    code: str
    kind: SensorKind
    value: float | None
    measured_in: str
    read_at: datetime | None
    is_stale: bool
    is_simulated: bool
    correction: float
    calibrated_on: date | None
    calibration_due_on: date | None


class UnitStandingOut(ApiOutput):
    """A unit as it stands now. ``alarms`` are open, those of a maintenance among them."""

    unit: UnitOut
    setpoint_c: float | None
    sensors: list[SensorOut]
    alarms: list[AlarmOut]


class UnitStatusIn(ApiInput):
    """The new status and why; a backup unit also needs the day of moving back."""

    status: UnitStatus
    reason: str = Field(min_length=1, max_length=_LONGEST_REASON)
    move_back_on: date | None = None


def unit_of(session: ReadSession, caller: Principal, code: str) -> StorageNode:
    """Return the unit with a path or barcode.

    Raises:
        NodeNotFound: no such place, or no unit.
    """
    node = queries.find_node(session, caller, code)
    if node is None or node.kind is not NodeKind.UNIT or node.closed_at is not None:
        raise NodeNotFound(f"There is no unit “{code[:60]}”. Give its path, like ULT-03.")
    return node


def sensor_out(sensor: SensorStanding) -> SensorOut:
    """Return a sensor as the API tells it."""
    return SensorOut(
        code=sensor.code,
        kind=sensor.kind,
        value=sensor.value,
        measured_in=KINDS[sensor.kind].unit,
        read_at=sensor.read_at,
        is_stale=sensor.is_stale,
        is_simulated=sensor.is_simulated,
        correction=sensor.correction,
        calibrated_on=sensor.calibrated_on,
        calibration_due_on=sensor.calibration_due_on,
    )


def get_unit(call: Call) -> UnitStandingOut:
    """Return a unit as it stands."""
    with reading() as session:
        return _standing(session, call.caller, unit_of(session, call.caller, call.path["unit"]))


def set_status(call: Call) -> object:
    """Open or close a unit for samples; what stands in it stays."""
    sent = call.sent(UnitStatusIn)
    with writing() as session:

        def act() -> UnitStandingOut:
            unit = unit_of(session, call.caller, call.path["unit"])
            service.set_unit_status(
                session,
                call.caller,
                unit_id=NodeId(unit.id),
                status=sent.status,
                reason=sent.reason,
                move_back_on=sent.move_back_on,
                today=_today(session, call),
            )
            return _standing(session, call.caller, unit)

        return once(session, call, act)


def _today(session: ReadSession, call: Call) -> date:
    laboratory = auth_queries.get_laboratory(session)
    zone = laboratory.time_zone if laboratory else call.settings.time_zone
    return clock.utc_now().astimezone(ZoneInfo(zone)).date()


def _standing(session: ReadSession, caller: Principal, unit: StorageNode) -> UnitStandingOut:
    occupancy = next(
        each for each in queries.occupancy_by_unit(session, caller) if each.unit_id == unit.id
    )
    alarms = alarm_queries.list_alarms(
        session, caller, AlarmsWanted(is_open=True, unit_id=unit.id), limit=_SHOWN
    )
    return UnitStandingOut(
        unit=UnitOut.model_validate(occupancy),
        setpoint_c=unit.setpoint_c,
        sensors=[
            sensor_out(each) for each in standings.list_standings(session, caller, unit_id=unit.id)
        ],
        alarms=[AlarmOut.model_validate(each) for each in alarms],
    )


_TAG = "Storage"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/storage/units/{unit}",
        handler=get_unit,
        access=Permission.STORAGE_VIEW,
        summary="A unit by its path or barcode: status, how full, sensors and open alarms",
        tag=_TAG,
        answer=UnitStandingOut,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/units/{unit}/status",
        handler=set_status,
        access=Permission.STORAGE_CONFIGURE,
        summary="Open or close a unit for samples; what stands in it stays",
        tag=_TAG,
        body=UnitStatusIn,
        answer=UnitStandingOut,
        status=201,
        once=True,
    ),
)
